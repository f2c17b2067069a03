// How long a run stands still when its worker dies in mid-script, or is told to end. Timed by the platform's ledger: from the signal to the end
// of the first statement of the next session. After a kill the server waits for the lease to end, and the next attempt for the quiet period, because what the
// dead worker sent may still arrive; a worker that is told to end hands over at once.
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnections, type Connections } from '../client/connections.js';
import { sandboxTiming, type SandboxWorker } from '../dev/sandbox.js';
import type { LedgerLine } from '../dev/simulator-control.js';
import { connectionWorkflowId } from '../rules/workflow-id.js';
import { durationMs } from '../rules/duration.js';
import type { Benchmark } from './benchmark.js';
import { line, slowestLine } from './line.js';
import { registrationRequest } from './request.js';
import type { Stage } from './stage.js';

const heartbeatTimeoutMs = durationMs(sandboxTiming.heartbeatTimeout);
const quietPeriodMs = durationMs(sandboxTiming.quietPeriod);

const resume: Benchmark = {
  name: 'resume',
  summary: 'a worker is killed in mid-script, and another goes on',
  async run({ quick, stage: open }) {
    const stage = await open();
    const trials = quick ? 1 : 20;
    const found = await repeated(stage, trials, { signal: 'SIGKILL', inFlight: 'silence-after' });
    const absent = await repeated(stage, trials, { signal: 'SIGKILL', inFlight: 'silence-before' });
    const within = { atMost: heartbeatTimeoutMs + 1_500 };
    return [
      slowestLine('killed, the statement in flight found by its tag, p95', found.ms, 'ms', within),
      line('killed, the statement in flight found by its tag', found.ms, 'ms'),
      slowestLine('killed, the statement in flight never arrived, p95', absent.ms, 'ms'),
      line('killed, the statement in flight never arrived', absent.ms, 'ms'),
      line('heartbeat timeout', [heartbeatTimeoutMs], 'ms'),
      line('quiet period, part of both', [quietPeriodMs], 'ms'),
      line('statements repeated or skipped after kills', [found.wrong + absent.wrong], 'calls', { atMost: 0 }),
    ];
  },
};

const handOver: Benchmark = {
  name: 'hand-over',
  summary: 'a worker is told to end in mid-script, and another goes on',
  async run({ quick, stage: open }) {
    const { ms, wrong } = await repeated(await open(), quick ? 2 : 20, { signal: 'SIGTERM' });
    return [
      slowestLine('ended by SIGTERM, p95', ms, 'ms', { atMost: 1_000 }),
      line('ended by SIGTERM', ms, 'ms', { atMost: 1_000 }),
      line('statements repeated or skipped after SIGTERM', [wrong], 'calls', { atMost: 0 }),
    ];
  },
};

export const resumption: readonly Benchmark[] = [resume, handOver];

interface Strike {
  readonly signal: 'SIGKILL' | 'SIGTERM';
  /** What becomes of the statement that is in flight at a kill: it was carried out, or it never arrived; neither is answered. */
  readonly inFlight?: 'silence-after' | 'silence-before';
}

interface Trials {
  readonly ms: readonly number[];
  /** Statements that ran more often than once, or never. */
  readonly wrong: number;
}

async function repeated(stage: Stage, trials: number, strike: Strike): Promise<Trials> {
  const { timing } = registrationRequest(stage.sandbox, 'timing');
  const connections = await openConnections({ environment: { ...stage.sandbox.commandEnvironment }, taskQueue: 'mooring', timing, dev: undefined });
  const ms: number[] = [];
  let wrong = 0;
  let worker = await stage.sandbox.startWorker();
  try {
    for (let trial = 0; trial < trials; trial++) {
      const next = await struck(stage, connections, worker, strike);
      ({ worker } = next);
      ms.push(next.ms);
      wrong += next.wrong;
    }
    return { ms, wrong };
  } finally {
    await worker.stop();
    await connections.close();
  }
}

/** The statement that is in flight at a kill, and the one after which a worker is told to end. */
const place = 12;
const statementMs = 30;
let keys = 0;

async function struck(
  stage: Stage,
  connections: Connections,
  worker: SandboxWorker,
  { signal, inFlight }: Strike,
): Promise<{ readonly ms: number; readonly wrong: number; readonly worker: SandboxWorker }> {
  const { control, sandbox, temporal } = stage;
  await control.reset();
  await control.switches({ creatingMs: 0 });
  const slow = { where: 'snowflake:write', nth: 0, kind: 'delay', delayMs: statementMs };
  await control.faults(
    inFlight === undefined ? [slow] : [slow, { where: 'snowflake:write', nth: 1, kind: inFlight, matching: `/bootstrap/${place}/` }],
  );
  const request = registrationRequest(sandbox, `struck_${++keys}`);
  const started = await connections.start(request);
  if (started.kind !== 'started') throw new Error('The registration was not started.');
  // A deployment starts the new worker before it ends the old one; whoever restarts a dead one does so at once.
  const relief = signal === 'SIGTERM' ? await sandbox.startWorker() : undefined;
  await seen(stage, inFlight === undefined ? (entry) => (placeOf(entry) ?? 0) >= place : (entry) => entry['matching'] !== undefined);
  const struckAt = Date.now();
  worker.process.kill(signal);
  const successor = relief ?? (await sandbox.startWorker());
  await temporal.client.workflow.getHandle(connectionWorkflowId(request.immuta.url, request.connectionKey)).result();
  await worker.stop();
  const ran = carriedOut(await control.ledger());
  return { ms: firstOfAnotherSession(ran) - struckAt, wrong: wrongs(ran), worker: successor };
}

async function seen({ control }: Stage, fits: (entry: LedgerLine) => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) {
    if ((await control.ledger()).some(fits)) return;
  }
  throw new Error('The script did not come to its middle.');
}

/** The place of a statement in the bootstrap script; undefined for everything else, also for what restores a session. */
function placeOf({ kind, status, tag }: LedgerLine): number | undefined {
  const [, index] = kind === 'statement' && status === 'success' ? (/\/bootstrap\/(\d+)\//.exec(tag ?? '') ?? []) : [];
  return index === undefined ? undefined : Number(index);
}

interface CarriedOut {
  readonly place: number;
  readonly sessionId: unknown;
  readonly at: number;
}

function carriedOut(ledger: readonly LedgerLine[]): readonly CarriedOut[] {
  return ledger.flatMap((entry) => {
    const place = placeOf(entry);
    return place === undefined ? [] : [{ place, sessionId: entry['sessionId'], at: Date.parse(String(entry['time'])) }];
  });
}

function firstOfAnotherSession(ran: readonly CarriedOut[]): number {
  const next = ran.find(({ sessionId }) => sessionId !== ran[0]?.sessionId);
  if (next === undefined) throw new Error('The script ended before its worker did.');
  return next.at;
}

function wrongs(ran: readonly CarriedOut[]): number {
  const places = new Set(ran.map(({ place }) => place));
  const skipped = Math.max(...places) + 1 - places.size;
  return ran.length - places.size + skipped;
}
