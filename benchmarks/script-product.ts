// The product's script activity, in its own worker, and a workflow around it that does nothing else.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { RunScriptInput } from '../activities/run-script.js';
import type { Sandbox } from '../dev/sandbox.js';
import type { Platform } from '../domain/script.js';
import { Secret } from '../domain/secret.js';
import { platformOpener, type PlatformOptions } from '../platforms/runner-pool.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { createScriptSeal } from '../secrets/sealed-script.js';
import { planScript } from '../sql/plan-script.js';
import { createDataConverter } from '../temporal/data-converter.js';
import { requestOn } from './request.js';
import type { Stage } from './stage.js';

const workflowQueue = 'benchmark';

/** Gives the function that runs the statements once, in a workflow of its own. */
export async function scriptRunner(
  { sandbox, temporal }: Stage,
  platform: Platform,
  statements: readonly string[],
): Promise<(how: { readonly historyReadable: boolean; readonly platformQueue?: string }) => Promise<void>> {
  const text = `${statements.join(';\n')};\n`;
  const request = requestOn(platform, sandbox, 'script');
  const sealed = createScriptSeal(await readKeyRing(sandbox.scriptKeysFile)).seal({
    platform,
    purpose: 'bootstrap',
    text,
    statementHashes: planScript(text, platform, 'bootstrap').hashes,
  });
  const session = await platformOpener(platformOptions(sandbox))(request.target, new AbortController().signal);
  const { identity } = session;
  await session.kill();
  return async ({ historyReadable, platformQueue = 'mooring-platform' }) => {
    const input: RunScriptInput = {
      request,
      script: sealed,
      decisions: [{ by: 'policy', verdict: 'approve', channel: 'policy', at: new Date().toISOString() }],
      identity,
      historyReadable,
      targets: [],
    };
    await temporal.client.workflow.execute('oneScript', { workflowId: randomUUID(), taskQueue: workflowQueue, args: [platformQueue, input] });
  };
}

/** For runners that are opened here, in the process of the benchmark, rather than in a worker. */
export function platformOptions({ authorityFile, simulators }: Sandbox): PlatformOptions {
  return {
    allowedHosts: [],
    databricksHosts: [simulators.databricks.host],
    allowLoopback: true,
    environment: { ...process.env, NODE_EXTRA_CA_CERTS: authorityFile },
    resolveSecret: async (reference) => new Secret((await readFile(reference.replace(/^file:/, ''), 'utf8')).trim()),
  };
}

/** The workflow runs here, its activity in the product's worker. */
export async function startScriptWorkflows({ sandbox }: Stage): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: sandbox.address });
  const worker = await Worker.create({
    connection,
    taskQueue: workflowQueue,
    workflowsPath: fileURLToPath(new URL('./script-workflow.js', import.meta.url)),
    dataConverter: createDataConverter(await readKeyRing(sandbox.codecKeysFile), 'default'),
  });
  const running = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
