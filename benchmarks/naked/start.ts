import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { runnerEnvironment } from '../../platforms/runner-environment.js';

export const nakedQueue = 'naked';

export interface NakedWorker {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

export interface Naked {
  /** Starts one worker and waits until it is ready. */
  startWorker(): Promise<NakedWorker>;
  stop(): Promise<void>;
}

/** Builds the bundle, once and ahead, as the product's build does. */
export async function prepareNaked(address: string, folder: string): Promise<Naked> {
  const workflowsPath = fileURLToPath(new URL('./workflows.js', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const bundle = join(folder, 'naked-bundle.cjs');
  await writeFile(bundle, code);
  const workers = new Set<NakedWorker>();
  return {
    async startWorker() {
      const worker = await startWorker([address, bundle, nakedQueue], folder);
      workers.add(worker);
      return worker;
    },
    async stop() {
      await Promise.all([...workers].map((worker) => worker.stop()));
    },
  };
}

const program = fileURLToPath(new URL('./worker.js', import.meta.url));

/** With the environment of a runner: the driver then makes no calls of its own on either side. */
async function startWorker(args: readonly string[], folder: string): Promise<NakedWorker> {
  const child = fork(program, args, { env: runnerEnvironment(process.env, folder), stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
  const [news] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
  if (news !== 'ready') throw new Error(`The naked worker ended with ${String(news)} before it was ready.`);
  return { process: child, stop: () => end(child) };
}

/** Killed, not asked: it holds nothing, and a worker that is asked before it runs never ends. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
