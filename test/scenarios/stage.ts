import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { runMooring, type CommandResult } from '../../dev/command-line.js';
import { startSandbox, type Sandbox, type SandboxWorker } from '../../dev/sandbox.js';
import { SimulatorControl } from '../../dev/simulator-control.js';
import { readKeyRing } from '../../secrets/key-ring.js';
import { connectClient, type TemporalClient } from '../../temporal/connect-client.js';
import { runCommand } from './run-command.js';
import { ownObjects, platforms, type ManifestTarget, type ScenarioPlatform } from './platforms.js';

/** A whole Mooring with a real server of its own, and the hands of a person on it. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly control: SimulatorControl;
  readonly temporal: TemporalClient;
  readonly folder: string;
  worker: SandboxWorker;
  /** Which one `writeManifest` writes of. */
  platform: ScenarioPlatform;
  /** Runs a command to its end, with `StageOptions.commands` as a process. */
  mooring(...args: string[]): Promise<CommandResult>;
  /** `register <key>` with the manifest that `writeManifest` wrote, following it to its end. */
  register(key: string, ...args: string[]): Promise<RunResult>;
  /** `deregister <key> --confirm <key>`, following it to its end. */
  deregister(key: string, ...args: string[]): Promise<RunResult>;
  writeManifest(key: string, entry?: ManifestEntry): Promise<void>;
  handle(key: string): WorkflowHandle;
  close(): Promise<void>;
}

export interface RunResult {
  readonly exitCode: number | null;
  readonly stderr: string;
  // The JSON of the command line is what is judged: its shape is the contract.
  readonly json: Record<string, unknown> & {
    readonly outcome?: string;
    readonly phase?: string;
    readonly failure?: { kind: string; message: string; next: string };
    readonly error?: { kind: string; message: string };
  };
}

export interface ManifestEntry extends ManifestTarget {
  readonly policy?: 'automatic' | 'approval' | 'external';
  readonly expiresAfter?: string;
  /** The whole block, in flow form. */
  readonly immuta?: string;
  /** Lines of the entry besides. */
  readonly more?: readonly string[];
}

type WorkerEnvironment = Readonly<Record<string, string>>;

export interface StageOptions {
  /** More environment for the worker, or what gives it once the simulators stand. */
  readonly worker?: WorkerEnvironment | ((sandbox: Sandbox) => Promise<WorkerEnvironment>);
  /** Keeps what Temporal stores in a file, to be looked at. */
  readonly temporalInFile?: boolean;
  /** The port of the Temporal UI. */
  readonly uiPort?: number;
  /** Where the commands themselves are looked at: each is a process, as a person starts it. Default: they run in this one. */
  readonly commands?: 'processes';
}

export async function openStage({ worker = {}, temporalInFile = false, uiPort, commands }: StageOptions = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-scenario-'));
  const sandbox = await startSandbox({
    folder,
    ...(temporalInFile ? { dbFilename: join(folder, 'temporal.db') } : {}),
    ...(uiPort === undefined ? {} : { ui: true, ports: { ui: uiPort } }),
  });
  const temporal = await connectClient({ ...sandbox.commandEnvironment }, await readKeyRing(sandbox.codecKeysFile));
  const control = new SimulatorControl(sandbox.simulators.control.url);
  const environment = { ...sandbox.commandEnvironment, MOORING_ACTOR: 'requester@example.com' };
  const mooring: Stage['mooring'] = (...args) => (commands === 'processes' ? runMooring : runCommand)(args, { folder, environment });
  const stage: Stage = {
    platform: 'Snowflake',
    sandbox,
    control,
    temporal,
    folder,
    worker: await sandbox.startWorker(typeof worker === 'function' ? await worker(sandbox) : worker),
    mooring,
    async register(key, ...args) {
      const { exitCode, stdout, stderr } = await mooring('register', key, '--json', ...args);
      return { exitCode, stderr, json: JSON.parse(stdout === '' ? '{}' : stdout) as RunResult['json'] };
    },
    async deregister(key, ...args) {
      const { exitCode, stdout, stderr } = await mooring('deregister', key, '--confirm', key, '--json', ...args);
      return { exitCode, stderr, json: JSON.parse(stdout === '' ? '{}' : stdout) as RunResult['json'] };
    },
    writeManifest: (key, entry) => writeFile(join(folder, 'mooring.yaml'), manifest(sandbox, key, stage.platform, entry ?? {})),
    handle: (key) => temporal.client.workflow.getHandle(`connection/${new URL(sandbox.simulators.immuta.url).host}/${key}`),
    async close() {
      await temporal.close();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

function manifest(sandbox: Sandbox, key: string, platform: ScenarioPlatform, entry: ManifestEntry): string {
  const { simulators, secretFolder } = sandbox;
  const lines = [
    `technology: ${platform}`,
    ...platforms[platform].manifestLines(sandbox, entry),
    ...(entry.more ?? []),
    `script: { policy: ${entry.policy ?? 'automatic'}, expiresAfter: ${entry.expiresAfter ?? '1h'} }`,
  ];
  return `immuta: ${entry.immuta ?? `{ url: '${simulators.immuta.url}', secret: 'file:${secretFolder}/immuta.api-key' }`}
connections:
  ${key}:
${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** What waits for a decision under this key, from the command line: asked once the run says so, for a command takes a third of a second of a core. */
export async function pending(
  stage: Stage,
  key: string,
): Promise<{ readonly kind: string; readonly digest: string; readonly workflowId: string; readonly attention?: { id: string } }> {
  await until(async () => {
    const run = await stage
      .handle(key)
      .describe()
      .catch(() => undefined);
    return run?.memo?.['gate'] ?? undefined;
  });
  return until(async () => {
    const { stdout } = await stage.mooring('pending', '--json');
    const { pending: waiting = [] } = JSON.parse(stdout === '' ? '{}' : stdout) as {
      pending?: { connectionKey: string; kind: string; digest: string; workflowId: string; attention?: { id: string } }[];
    };
    return waiting.find(({ connectionKey }) => connectionKey === key);
  });
}

/** Immuta's bootstrap script is this one from now on, however often it is fetched. */
export async function giveScript({ control }: Stage, body: string): Promise<void> {
  await control.faults([{ where: 'immuta:POST /integrations/scripts/create', nth: 0, kind: 'status', status: 200, body }]);
}

/** `account` tells what came instead, when nothing did. */
export async function until<T>(look: () => Promise<T | undefined>, patienceMs = 240_000, account = async () => ''): Promise<T> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`what the test waited for did not come ${await account()}`.trim());
}

/** Statements of a script that the platform executed with success, as their places in it. */
export async function executed(stage: Stage, purpose: 'bootstrap' | 'cleanup'): Promise<number[]> {
  const statements = await stage.control.statements();
  return statements
    .filter(({ status, tag }) => status === 'success' && tag?.includes(`/${purpose}/`))
    .map(({ tag }) => Number(tag?.split('/').at(-2)));
}

/** Nothing of ours on either side. */
export async function leftBehind(stage: Stage): Promise<string[]> {
  const objects = await stage.control.objects();
  const { connections, integrations } = objects.immuta;
  return [...connections.map(() => 'connection'), ...integrations.map(() => 'integration'), ...ownObjects(objects)];
}
