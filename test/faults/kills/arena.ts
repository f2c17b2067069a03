// One Temporal server on a file, and lanes: each with simulators, a task queue, a worker and a gate to the server of its own, so that several runs can
// be killed at a time and none of them is hit by the kill of another, but for that of the server, which hits all. Simulators are not shared, because
// Immuta takes one integration for each account.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnections, type Connections } from '../../../client/connections.js';
import { freePort } from '../../../dev/free-port.js';
import { startSandbox, type SandboxWorker } from '../../../dev/sandbox.js';
import { SimulatorControl } from '../../../dev/simulator-control.js';
import { startTemporalServer, type TemporalServer } from '../../../dev/temporal-server.js';
import type { RegistrationRequest } from '../../../domain/registration-request.js';
import { readKeyRing } from '../../../secrets/key-ring.js';
import { connectClient } from '../../../temporal/connect-client.js';
import { accountOf } from '../../scenarios/account.js';
import { LedgerWatch } from './ledger-watch.js';
import { strike, temporalServerAt } from './processes.js';
import { platforms, type ScenarioPlatform } from '../../scenarios/platforms.js';
import { requestOn, timing } from './request-on.js';
import { openRecordGate, type RecordGate } from './record-gate.js';

/** Every statement takes so long: a script then lasts long enough to be hit in its middle. */
const statementMs = 12;
/** A cleanup script is short. */
const cleanupStatementMs = 100;

export interface Lane {
  readonly control: SimulatorControl;
  readonly gate: RecordGate;
  readonly connections: Connections;
  worker: SandboxWorker;
  /** One more of the same. */
  startWorker(): Promise<SandboxWorker>;
  request(connectionKey: string, platform: ScenarioPlatform): RegistrationRequest;
  /** Where a run stands that is not as it should be. */
  account(workflowId: string): Promise<string>;
  /** Nothing registered, nothing on record, every statement slowed down; and its ledger from now on. */
  begin(platform: ScenarioPlatform): Promise<LedgerWatch>;
}

export interface Arena {
  openLane(): Promise<Lane>;
  /** SIGKILL, a moment of nothing, and a new one on the same database. One at a time. */
  killServer(): Promise<void>;
  close(): Promise<void>;
}

export async function openArena(): Promise<Arena> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-kills-'));
  const port = await freePort();
  const start = (): Promise<TemporalServer> => startTemporalServer({ port, dbFilename: join(folder, 'temporal.db') });
  let server = await start();
  const closing: (() => Promise<void>)[] = [];
  let lanes = 0;
  let restarting = Promise.resolve();

  return {
    async openLane() {
      const taskQueue = `lane-${++lanes}`;
      const sandbox = await startSandbox({ folder: join(folder, taskQueue), temporalAddress: server.address });
      const control = new SimulatorControl(sandbox.simulators.control.url);
      const gate = await openRecordGate(server.address);
      const connections = await openConnections({ environment: { ...sandbox.commandEnvironment }, taskQueue, timing, dev: undefined });
      const temporal = await connectClient({ ...sandbox.commandEnvironment }, await readKeyRing(sandbox.codecKeysFile));
      const startWorker = (): Promise<SandboxWorker> =>
        insist(() => sandbox.startWorker({ TEMPORAL_ADDRESS: gate.address, MOORING_TASK_QUEUE: taskQueue }, { ownGroup: true }));
      const lane: Lane = {
        control,
        gate,
        connections,
        worker: await startWorker(),
        startWorker,
        request: (connectionKey, platform) => requestOn(sandbox, platform, connectionKey),
        account: (workflowId) => accountOf(temporal.client, workflowId, join(folder, taskQueue, 'worker.log')),
        async begin(platform) {
          await control.reset();
          const slow = { where: platforms[platform].statement, nth: 0, kind: 'delay' };
          await control.faults([
            { ...slow, delayMs: statementMs },
            { ...slow, delayMs: cleanupStatementMs, matching: '/cleanup/' },
          ]);
          return new LedgerWatch(control);
        },
      };
      closing.push(async () => {
        gate.release();
        await connections.close();
        await temporal.close();
        await sandbox.stop();
        await gate.close();
      });
      return lane;
    },
    killServer() {
      restarting = restarting.then(async () => {
        strike(temporalServerAt(port), 'SIGKILL');
        await server.stop();
        await sleep(betweenServersMs);
        server = await start();
      });
      return restarting;
    },
    async close() {
      await restarting.catch(() => undefined);
      await Promise.all(closing.map((close) => close()));
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Tries again while the server is away, as whoever supervises a worker does. */
export async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + serverBackWithinMs; ; await sleep(200)) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

const serverBackWithinMs = 30_000;

/** Long enough for calls to fail, not only to wait. */
const betweenServersMs = 300;
