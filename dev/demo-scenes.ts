// The scenes of the demo. Each runs the product as a person would, by its command line, and is judged from the simulators' ledger, never from what
// Mooring says of itself.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../domain/script.js';
import type { TemporalClient } from '../temporal/connect-client.js';
import { runMooring, type CommandResult } from './command-line.js';
import { manifestText, type DemoEntry } from './demo-manifest.js';
import type { Sandbox, SandboxWorker } from './sandbox.js';
import type { LedgerLine, SimulatorControl } from './simulator-control.js';

export interface Stage {
  readonly sandbox: Sandbox;
  readonly control: SimulatorControl;
  readonly temporal: TemporalClient;
  readonly folder: string;
  /** The workers that run now, the newest last. */
  readonly workers: SandboxWorker[];
}

export interface Scene {
  readonly title: string;
  /** Resolves with one sentence of what the ledger shows; throws `SceneFailed` if it shows anything else. */
  play(stage: Stage): Promise<string>;
}

export class SceneFailed extends Error {}

export const scenes: readonly Scene[] = [
  { title: 'Automatic: the worker may run harmless scripts by itself', play: automatic('Snowflake') },
  { title: 'Databricks: the same, through the driver of another platform', play: automatic('Databricks') },
  { title: 'Approval: a person approves by a Temporal signal', play: approval },
  { title: 'Rejection: a person says no, and nothing runs', play: rejection },
  { title: 'Compensation: Immuta answers 422, the cleanup script runs', play: compensation },
  { title: 'Crash: the worker is killed in mid-script, another goes on', play: crash },
  { title: 'Late failure: the connection exists when its integration fails', play: lateFailure },
  { title: 'Deregister: a person approves, Immuta first, then the platform', play: deregistration('Snowflake') },
  { title: 'Deregister Databricks: the same order, the catalog is gone', play: deregistration('Databricks') },
];

function automatic(platform: Platform): Scene['play'] {
  return async (stage) => {
    const key = `demo_automatic_${platform.toLowerCase()}`;
    requireExitCode(await register(stage, { key, platform, policy: 'automatic' }), 0);
    await expectRegistered(stage, key);
    const statements = await expectEachOnce(stage);
    const elsewhere = (await stage.control.statements()).filter(({ simulator }) => simulator !== platform.toLowerCase());
    expect(elsewhere.length === 0, `${elsewhere.length} statements reached another platform`);
    return `${statements} statements ran once each on ${platform}; the connection stands in Immuta.`;
  };
}

async function approval(stage: Stage): Promise<string> {
  const following = register(stage, { key: 'demo_approval', platform: 'Snowflake', policy: 'approval' });
  const { workflowId, digest } = await pendingDecision(stage, 'demo_approval');
  expect((await stage.control.statements()).length === 0, 'a statement ran before anyone approved');
  await stage.temporal.client.workflow.getHandle(workflowId).signal('approve', { digest, by: 'approver@example.com' });
  requireExitCode(await following, 0);
  await expectRegistered(stage, 'demo_approval');
  return `Nothing ran before the signal; then ${await expectEachOnce(stage)} statements once each.`;
}

async function rejection(stage: Stage): Promise<string> {
  const following = register(stage, { key: 'demo_rejected', platform: 'Snowflake', policy: 'approval' });
  const { workflowId, digest } = await pendingDecision(stage, 'demo_rejected');
  await stage.temporal.client.workflow.getHandle(workflowId).signal('reject', { digest, by: 'approver@example.com', comment: 'not this week' });
  requireExitCode(await following, 3);
  const writes = (await stage.control.ledger()).filter(({ kind, read }) => kind === 'statement' && read !== true);
  expect(writes.length === 0, `${writes.length} statements that write reached the platform`);
  await expectClean(stage);
  return 'No statement that writes reached the platform, no connection was created.';
}

async function compensation(stage: Stage): Promise<string> {
  await stage.control.faults([{ where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 422 }]);
  const result = await register(stage, { key: 'demo_compensated', platform: 'Snowflake', policy: 'automatic' });
  requireExitCode(result, 1);
  await expectClean(stage);
  const statements = await stage.control.statements();
  const cleanup = statements.filter(({ tag }) => tag?.includes('/cleanup/'));
  expect(cleanup.length > 0, 'the cleanup script did not run');
  return `The registration was refused; ${cleanup.length} cleanup statements ran, and nothing is left on either side.`;
}

async function crash(stage: Stage): Promise<string> {
  await stage.control.faults([{ where: 'snowflake:query', nth: 0, kind: 'delay', delayMs: 40 }]);
  const following = register(stage, { key: 'demo_crash', platform: 'Snowflake', policy: 'automatic' });
  const before = await until(async () => {
    const statements = await stage.control.statements();
    return statements.length >= 12 ? statements.length : undefined;
  });
  const victim = stage.workers.pop();
  victim?.process.kill('SIGKILL');
  stage.workers.push(await stage.sandbox.startWorker());
  requireExitCode(await following, 0);
  await expectRegistered(stage, 'demo_crash');
  return `Killed after statement ${before}; another worker finished: ${await expectEachOnce(stage)} statements, none twice.`;
}

async function lateFailure(stage: Stage): Promise<string> {
  await stage.control.switches({ creationEnding: 'createError' });
  const result = await register(stage, { key: 'demo_late', platform: 'Snowflake', policy: 'automatic' });
  requireExitCode(result, 1);
  await expectClean(stage);
  await expectRemovalInOrder(stage);
  return 'The connection stood already: it was deleted in Immuta, then its cleanup script ran, and nothing is left on either side.';
}

function deregistration(platform: Platform): Scene['play'] {
  return async (stage) => {
    const key = `demo_deregistered_${platform.toLowerCase()}`;
    requireExitCode(await register(stage, { key, platform, policy: 'automatic' }), 0);
    await expectRegistered(stage, key);
    const following = mooring(stage, { key, platform, policy: 'approval' }, ['deregister', key, '--confirm', key]);
    const { workflowId, digest } = await pendingDecision(stage, key);
    await expectRegistered(stage, key); // nothing is touched before somebody approves
    await stage.temporal.client.workflow.getHandle(workflowId).signal('approve', { digest, by: 'approver@example.com' });
    requireExitCode(await following, 0);
    await expectClean(stage);
    await expectRemovalInOrder(stage);
    return 'The script was fetched, the connection deleted, the script run, in this order; nothing is left on either side.';
  };
}

// ------------------------------------------------------------------------------------------------------------------------- what scenes share

function register(stage: Stage, entry: DemoEntry): Promise<CommandResult> {
  return mooring(stage, entry, ['register', entry.key]);
}

async function mooring(stage: Stage, entry: DemoEntry, command: readonly string[]): Promise<CommandResult> {
  const manifest = join(stage.folder, `${entry.key}.yaml`);
  await writeFile(manifest, manifestText(stage.sandbox, entry));
  const environment = { ...stage.sandbox.commandEnvironment, MOORING_ACTOR: 'requester@example.com' };
  return runMooring([...command, '--manifest', manifest, '--json'], { folder: stage.folder, environment });
}

async function pendingDecision(stage: Stage, key: string): Promise<{ workflowId: string; digest: string }> {
  return until(async () => {
    const { stdout } = await runMooring(['pending', '--json'], { folder: stage.folder, environment: stage.sandbox.commandEnvironment });
    const { pending = [] } = JSON.parse(stdout === '' ? '{}' : stdout) as {
      pending?: { connectionKey: string; workflowId: string; digest: string }[];
    };
    return pending.find(({ connectionKey }) => connectionKey === key);
  });
}

/** Every statement of the bootstrap script was executed, each exactly once, in order. */
async function expectEachOnce(stage: Stage): Promise<number> {
  const places = (await stage.control.statements()).filter(succeeded).map(({ tag }) => Number(tag?.split('/').at(-2)));
  expect(places.length > 0, 'no statement ran');
  expect(
    places.every((place, index) => place === index),
    `the statements ran in the order ${places.join(', ')}`,
  );
  return places.length;
}

async function expectRegistered(stage: Stage, key: string): Promise<void> {
  const { connections } = (await stage.control.objects()).immuta;
  expect(JSON.stringify(connections).includes(`"${key}"`), `Immuta has no connection ${key}`);
}

async function expectClean(stage: Stage): Promise<void> {
  const { immuta, snowflake, databricks } = await stage.control.objects();
  expect(immuta.connections.length === 0 && immuta.integrations.length === 0, 'something is left in Immuta');
  const left = [
    ...snowflake.filter(({ name }) => name === 'IMMUTA' || name === 'IMMUTA_SYSTEM'),
    ...databricks.filter(({ name }) => name === 'immuta' || name.startsWith('immuta.')),
  ];
  expect(left.length === 0, `left on the platform: ${left.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`);
}

/** Script by id, DELETE, Immuta let go of the integration, first cleanup statement. */
async function expectRemovalInOrder(stage: Stage): Promise<void> {
  const ledger = await stage.control.ledger();
  const places = [
    ledger.findIndex(({ route }) => route === '/integrations/{id}/scripts/delete'),
    ledger.findIndex(({ method, route }) => method === 'DELETE' && route === '/data/object/{key}'),
    ledger.findIndex(({ object, change }) => object === 'integration' && change === 'vanished'),
    ledger.findIndex(({ tag }) => tag?.includes('/cleanup/') === true),
  ];
  expect(
    places.every((place, index) => place > (places[index - 1] ?? -1)),
    `the steps of the removal stand in the ledger at ${places.join(', ')}`,
  );
}

function succeeded({ status }: LedgerLine): boolean {
  return status === 'success';
}

function requireExitCode({ exitCode, stdout, stderr }: CommandResult, wanted: number): void {
  expect(exitCode === wanted, `mooring ended with exit code ${exitCode} instead of ${wanted}: ${(stderr || stdout).slice(-600)}`);
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new SceneFailed(otherwise);
}

const patienceMs = 60_000;

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new SceneFailed('what the scene waited for did not come');
}
