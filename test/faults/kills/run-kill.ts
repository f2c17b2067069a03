// One registration that is killed at one point, and what became of it. Questions that it asks are answered as a person would: by looking at the platform.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunName } from '../../../client/connections.js';
import { isOpen, viewOf, type RunState } from '../../../client/run-state.js';
import type { RunView } from '../../../domain/outcome.js';
import { platforms } from '../../scenarios/platforms.js';
import { insist, type Arena, type Lane } from './arena.js';
import type { LedgerWatch } from './ledger-watch.js';
import { runnersOf, strike } from './processes.js';
import { heartbeatTimeoutMs, quietPeriodMs } from './request-on.js';
import type { Kill } from './schedule.js';
import { judge, type Verdict } from './verdict.js';

export interface KillResult extends Verdict {
  readonly kill: Kill;
  /** The point was reached, and the victim was killed there. */
  readonly struck: boolean;
  readonly asked: number;
  readonly seconds: number;
}

/** A run that has not ended by then is stuck. The slowest outlive their server, and wait 60 s for the answer to a request that got none. */
const patienceMs = 180_000;

export async function runKill(arena: Arena, lane: Lane, name: string, kill: Kill): Promise<KillResult> {
  const begun = Date.now();
  const ledger = await lane.begin(kill.platform);
  const request = lane.request(name, kill.platform);
  const history = { where: `${kill.platform.toLowerCase()}:history`, nth: 0, kind: 'refuse' };
  if (kill.history === 'unreadable') await lane.control.faults([history]);
  const started = await insist(() => lane.connections.start(request));
  if (started.kind !== 'started') throw new Error(`${name} is registered already`);
  const run = started.run;
  const runId = run.runId ?? '';
  const ended = new AbortController();
  const following = follow(ledger, lane, run).finally(() => ended.abort());
  const killing = killAt({ arena, lane, ledger, runId, ended: ended.signal }, kill);
  if (kill.history === 'lost') {
    await ledger.until(({ tag }) => tag?.includes(`mooring/${runId}/`) === true, ended.signal); // preflight is over
    await lane.control.faults([history]);
  }
  const [{ view, asked, stuck }, aftermath] = await Promise.all([following, killing]);
  await aftermath.end();
  await ledger.catchUp();
  ledger.stop();
  const verdict = judge(kill, ledger, view);
  const unexpected = stuck === undefined ? verdict.dirty : [stuck];
  const dirty = unexpected.length === 0 ? [] : [...unexpected, await insist(() => lane.account(run.workflowId))];
  return {
    kill,
    struck: aftermath.struck,
    asked,
    seconds: (Date.now() - begun) / 1_000,
    ...verdict,
    dirty,
  };
}

interface Aftermath {
  readonly struck: boolean;
  /** Ends what is left of the victim. */
  readonly end: () => Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

interface Scene {
  readonly arena: Arena;
  readonly lane: Lane;
  readonly ledger: LedgerWatch;
  readonly runId: string;
  readonly ended: AbortSignal;
}

async function killAt({ arena, lane, ledger, runId, ended }: Scene, kill: Kill): Promise<Aftermath> {
  const { control } = lane;
  const { statement: where, lacksPrivilege } = platforms[kill.platform];
  const tag = (script: string, index: number): string => `mooring/${runId}/${script}/${index}/`;
  const { point, script } = kill;
  if (script === 'cleanup') await control.faults([{ where, nth: 1, kind: 'refuse', code: lacksPrivilege, matching: tag('bootstrap', 20) }]);
  const carriedOut = (index: number): Promise<boolean> =>
    ledger.until((line) => line.kind === 'statement' && line.status === 'success' && line.tag?.includes(tag(script, index)) === true, ended);

  let reached: boolean;
  switch (point.at) {
    case 'in-flight': {
      const matching = tag(script, point.index);
      await control.faults([{ where, nth: 1, matching, ...fates[point.fate] }]);
      reached = await ledger.until((line) => line.kind === 'fault' && line['matching'] === matching, ended);
      break;
    }
    case 'acknowledged':
      reached = await carriedOut(point.index);
      break;
    case 'before-record':
    case 'before-send': {
      reached = await carriedOut(point.index);
      const held = lane.gate.hold(point.at === 'before-record' ? 'before' : 'after').then(() => true);
      const over = new Promise<boolean>((resolve) => {
        ended.addEventListener('abort', () => resolve(false), { once: true });
      });
      reached &&= await Promise.race([held, over]);
      break;
    }
    case 'stale-record': {
      const held = lane.gate.holdBack(point.nth);
      // One that is waited for lets nothing go on before it arrives.
      reached = await Promise.race([carriedOut(point.index), held.then(async () => await sleep(overtakenWithinMs, true))]);
      lane.gate.release();
      await sleep(arrivesWithinMs);
      break;
    }
    case 'random':
      reached = await carriedOut(0);
      await sleep(point.afterMs);
  }
  if (!reached || ended.aborted) {
    lane.gate.release();
    return { struck: false, end: nothing };
  }
  return await kills[kill.victim](arena, lane);
}

const overtakenWithinMs = 1_000;
/** On loopback. The next record, which would mend it, comes some statements later. */
const arrivesWithinMs = 10;

/** What arrives late arrives within the quiet period, which is what that is for; what runs long is seen running after it. */
const fates = {
  lost: { kind: 'silence-before' },
  applied: { kind: 'silence-after' },
  late: { kind: 'late', delayMs: quietPeriodMs / 2 },
  long: { kind: 'delay', delayMs: 2 * quietPeriodMs + heartbeatTimeoutMs },
} as const;

const kills: Readonly<Record<Kill['victim'], (arena: Arena, lane: Lane) => Promise<Aftermath>>> = {
  async worker(_arena, lane) {
    lane.worker.process.kill('SIGKILL');
    return replaced(lane);
  },
  async group(_arena, lane) {
    strike(-(lane.worker.process.pid ?? 0), 'SIGKILL');
    return replaced(lane);
  },
  async runner(_arena, lane) {
    const runners = runnersOf(lane.worker.process.pid ?? 0);
    for (const runner of runners) strike(runner, 'SIGKILL');
    lane.gate.release();
    return { struck: runners.length > 0, end: nothing };
  },
  async server(arena, lane) {
    const killed = arena.killServer();
    lane.gate.release();
    await killed;
    return { struck: true, end: nothing };
  },
  'frozen-worker': (_arena, lane) => frozen(lane, lane.worker.process.pid ?? 0),
  'frozen-group': (_arena, lane) => frozen(lane, -(lane.worker.process.pid ?? 0)),
};

async function replaced(lane: Lane): Promise<Aftermath> {
  lane.gate.release(); // what waited there is from the dead, and goes nowhere
  lane.worker = await lane.startWorker();
  return { struck: true, end: nothing };
}

/** Wakes when its lease has ended and another has begun where it stopped. Both live until the run has ended. */
async function frozen(lane: Lane, whom: number): Promise<Aftermath> {
  const before = lane.worker;
  strike(whom, 'SIGSTOP');
  try {
    lane.worker = await lane.startWorker();
    await sleep(heartbeatTimeoutMs + quietPeriodMs);
  } finally {
    lane.gate.release(); // a record of the old attempt now arrives late
    strike(whom, 'SIGCONT');
  }
  return { struck: true, end: () => before.stop() };
}

async function follow(
  ledger: LedgerWatch,
  lane: Lane,
  run: RunName,
): Promise<{ readonly view: RunView; readonly asked: number; readonly stuck?: string }> {
  const answered = new Set<string>();
  for (const deadline = Date.now() + patienceMs; ; await sleep(lookEveryMs)) {
    const state = await insist(() => lane.connections.describe(run));
    if (!isOpen(state)) return { view: viewOf(state), asked: answered.size };
    if (Date.now() > deadline) return { view: viewOf(state), asked: answered.size, stuck: `stuck in ${state.phase ?? 'no phase'}` };
    const attention = state.gate?.attention;
    if (attention !== undefined && !answered.has(attention.id) && (await answer(ledger, lane, run, state))) answered.add(attention.id);
  }
}

const lookEveryMs = 200;

/** Looks in the ledger, as a person looks at the platform, and says what is there. Anything but a lost answer is tried again. */
async function answer(ledger: LedgerWatch, lane: Lane, run: RunName, state: RunState): Promise<boolean> {
  const attention = state.gate?.attention;
  if (attention === undefined) return false;
  await ledger.catchUp();
  const { statement } = attention;
  const script = attention.id.startsWith('outcome-unknown') ? 'bootstrap' : 'cleanup';
  const ran = statement !== undefined && ledger.carriedOut(run.runId ?? '', script).some(({ index }) => index === statement.index);
  const choice = statement === undefined ? 'retry' : ran ? 'ran' : 'not-run';
  const comment = 'looked at the query history';
  const { accepted } = await insist(() => lane.connections.resolve(run, { attention: attention.id, choice, by: 'operator@example.com', comment }));
  return accepted === true;
}
