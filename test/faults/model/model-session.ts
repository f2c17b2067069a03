// A session with the model's platform, in a runner of its own: what the product's runner pool, runner and adapters promise to the activities. The gate
// before every statement and the reading of histories and objects are the product's own functions.
import type { ObjectState, OpenPlatform, PlatformSession, StatementRecord } from '../../../activities/ports.js';
import { activityInfo } from '@temporalio/activity';
import type { ObjectReference } from '../../../domain/plan.js';
import type { Check } from '../../../rules/check.js';
import type { Fates } from './fates.js';
import type { RunLedger } from './ledger.js';
import type { Machine } from './machine.js';
import type { Arrival, Ended, ModelPlatform } from './model-platform.js';
import { PortFailure } from './port-failure.js';
import type { Product } from './product.js';
import type { Schedule, StatementFate } from './schedule.js';
import type { World } from './world.js';
import { databaseName, ownNames, privileged, runtimeNames } from './script-texts.js';

export interface SessionWorld {
  readonly machine: Machine;
  /** Stops and dies with its worker, unless it is the worker alone that is stopped. */
  readonly runners: Machine;
  readonly fates: Fates;
  readonly ledger: RunLedger;
  readonly platform: ModelPlatform;
  readonly schedule: Schedule;
  readonly product: Product;
}

interface Settle {
  fail(error: PortFailure): void;
  done(queryId: string, heard: () => void): void;
}

type Statement = Parameters<PlatformSession['execute']>[0];

/** How far two clocks that were compared over a network may be judged wrong: less than the product allows for. */
const clockErrorMs = 200;

export function platformOpener(around: SessionWorld): OpenPlatform {
  return (_target, signal) =>
    new Promise((resolve, reject) => {
      const { machine, fates } = around;
      const { activityId, attempt } = activityInfo();
      machine.deliver(() => {
        fates.comes('open');
        if (signal.aborted) return reject(sessionOver('the attempt was cancelled', false));
        machine.after(machine.world.between(200, 1_500), () => {
          if (signal.aborted) return reject(sessionOver('the attempt was cancelled', false));
          if (fates.readFails()) return reject(new PortFailure('unreachable', 'The platform did not answer the login.', false));
          resolve(new ModelSession(around, signal, { activity: activityId, attempt }));
        });
      });
    });
}

class ModelSession implements PlatformSession {
  readonly identity = privileged;
  readonly clockOffsetMs: number;
  readonly #around: SessionWorld;
  readonly #attempt: { readonly activity: string; readonly attempt: number };
  readonly #session: Arrival['session'] = { role: undefined };
  readonly #signal: AbortSignal;
  readonly #pending = new Set<(error: PortFailure) => void>();
  #decided: readonly string[] | undefined;
  #over: string | undefined;
  readonly #abort = (): void => this.#end('the attempt was cancelled');

  constructor(around: SessionWorld, signal: AbortSignal, attempt: { readonly activity: string; readonly attempt: number }) {
    this.#around = around;
    this.#attempt = attempt;
    this.clockOffsetMs = around.schedule.platformSkewMs + around.machine.world.between(-clockErrorMs, clockErrorMs);
    this.#signal = signal;
    signal.addEventListener('abort', this.#abort, { once: true });
    around.runners.onDeath(() => this.#end('its process ended unexpectedly'));
  }

  async preflight(): Promise<{ readonly checks: readonly Check[]; readonly existing: readonly ObjectState[] }> {
    const { schedule } = this.#around;
    const database = { kind: schedule.platform === 'Snowflake' ? 'database' : 'catalog', name: databaseName(schedule.platform) } as const;
    const existing = await this.inspect(ownNames(schedule.platform));
    const stands = existing.some(({ object, exists }) => exists && object.kind === database.kind);
    const history = schedule.history !== 'unreadable';
    const check = { name: database.kind, message: 'looked', cure: 'look' };
    return {
      checks: [
        stands ? { ...check, status: 'failed', kind: 'already-exists' } : { ...check, status: 'passed' },
        { ...check, name: 'query history', status: history ? 'passed' : 'warning' },
      ] as readonly Check[],
      existing,
    };
  }

  decide(statementHashes: readonly string[]): Promise<void> {
    return this.#read('decide', () => {
      this.#decided = statementHashes;
    });
  }

  inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
    this.#around.fates.comes('look');
    return this.#read('inspect', () =>
      objects.map((object) => {
        this.#around.platform.sees(object);
        const thing = this.#around.platform.find(object);
        if (thing === undefined) return { object, exists: false };
        return { object, exists: true, createdAt: new Date(thing.createdAt).toISOString(), owner: thing.owner };
      }),
    );
  }

  async history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> {
    const { product, schedule, ledger } = this.#around;
    const rows = async () => {
      const found = await this.#read('history', () => this.#historyRows(since)).catch(() => 'unavailable' as const);
      if (typeof found === 'string') ledger.historyFailed = true;
      return found;
    };
    return await product.readHistory(schedule.platform, rows, tagPrefix, since);
  }

  /** The model does not tell where a session stands: then the script's own statements are said again. */
  moveTo(): Promise<undefined> {
    return this.#read('moveTo', () => undefined);
  }

  async cancel(queryId: string): Promise<'asked' | 'impossible'> {
    if (this.#around.schedule.platform === 'Databricks') return 'impossible';
    return await this.#read('cancel', () => {
      this.#around.platform.cancel(queryId);
      return 'asked' as const;
    });
  }

  execute(statement: Statement): Promise<{ readonly queryId: string }> {
    const { machine, runners, fates } = this.#around;
    return new Promise((resolve, reject) => {
      fates.comes('send');
      machine.deliver(() => {
        if (this.#over !== undefined) return reject(sessionOver(this.#over, false));
        const settle = this.#expect(statement.timeoutMs, resolve, reject);
        // The message reaches the runner, which looks once more: it may have slept meanwhile.
        machine.world.after(machine.world.between(1, 5), () => runners.deliver(() => this.#leave(statement, settle)));
      });
    });
  }

  async close(): Promise<void> {
    if (this.#over === undefined) await this.#read('close', () => undefined).catch(() => undefined);
    this.#end('it was closed');
  }

  kill(): Promise<void> {
    this.#end('it was killed');
    return new Promise((resolve) => this.#around.machine.after(5, resolve));
  }

  /** One answer, or one failure: the runner's death, its deadline, what the runner says. */
  #expect(timeoutMs: number, resolve: (done: { readonly queryId: string }) => void, reject: (error: Error) => void): Settle {
    const { machine } = this.#around;
    let open = true;
    const fail = (error: PortFailure): void => {
      if (!open) return;
      open = false;
      this.#pending.delete(fail);
      if (error.ambiguous) this.#end('the outcome of its statement was unclear');
      machine.after(2, () => reject(error));
    };
    this.#pending.add(fail);
    const withdraw = machine.after(timeoutMs, () => fail(new PortFailure('timeout', 'A statement was to end in time and did not.', true)));
    const done = (queryId: string, heard: () => void): void => {
      if (!open) return;
      open = false;
      withdraw();
      this.#pending.delete(fail);
      machine.after(2, () => {
        heard();
        resolve({ queryId });
      });
    };
    return { fail, done };
  }

  /** In the runner: the gate, then the network. */
  #leave(statement: Statement, settle: Settle): void {
    if (this.#over !== undefined) return;
    const { machine, fates, platform, product, schedule } = this.#around;
    const { world } = machine;
    try {
      product.refuseUndecided(this.#decided, statement);
      product.refuseLate(statement, world.elapsedMs);
    } catch (error) {
      return settle.fail(PortFailure.of(error));
    }
    platform.expects(statement.text);
    fates.comes('left');
    const fate = fates.statement();
    if (fate === 'cut-before') return void world.after(world.between(10, 400), () => settle.fail(cut()));
    if (fate === 'silent-before') return;
    const wayMs = fate === 'late' ? world.between(2_000, quietMs - 3_000) : world.between(20, 120);
    if (fate === 'late') world.after(world.between(10, 400), () => settle.fail(cut()));
    const wantsMs = fate === 'long' ? longMs(world) : fate === 'endless' ? endlessMs : world.between(20, 1_500);
    // The session has a timeout of its own. That a platform does not keep it is met only where its history can show it.
    const ownTimeoutMs =
      fate === 'endless' && schedule.history === 'readable' && schedule.reads.length === 0 ? Infinity : statement.timeoutMs - 2_000;
    const arrival = {
      ...statement,
      session: this.#session,
      attempt: this.#attempt,
      leftAt: world.now,
      forMs: Math.min(wantsMs, ownTimeoutMs),
      hollow: fate === 'hollow' && statement.text.startsWith('DROP'),
      refused: fate === 'refused' || wantsMs > ownTimeoutMs,
    };
    world.after(wayMs, () => platform.arrive(arrival, (end) => this.#answer(fate, end, settle, statement)));
  }

  /** The way back. */
  #answer(fate: StatementFate | undefined, { queryId, failure }: Ended, settle: Settle, { text }: Statement): void {
    const { runners, fates, ledger } = this.#around;
    const { world } = runners;
    fates.comes('applied');
    if (fate === 'late' || fate === 'silent-after') return;
    if (fate === 'cut-after') return void world.after(5, () => settle.fail(cut()));
    if (fate === 'garbage')
      return void world.after(5, () => settle.fail(new PortFailure('bad-answer', 'The platform answered in a way that nobody understands.', true)));
    world.after(world.between(5, 60), () =>
      runners.deliver(() => {
        fates.comes('answered');
        if (failure !== undefined) return settle.fail(new PortFailure(failure, `The platform refused: ${failure}.`, false, queryId));
        settle.done(queryId, () => {
          const line = ledger.platform.find((each) => each.queryId === queryId);
          if (line !== undefined && text === line.text) line.heardAt = world.now;
        });
      }),
    );
  }

  /** Read-only, or a word to the runner: may fail, never does harm. */
  #read<T>(what: string, read: () => T): Promise<T> {
    const { machine, fates } = this.#around;
    return new Promise((resolve, reject) => {
      machine.deliver(() => {
        if (this.#over !== undefined) return reject(sessionOver(this.#over, false));
        const fail = (error: PortFailure): void => void machine.after(1, () => reject(error));
        this.#pending.add(fail);
        machine.after(machine.world.between(5, 300), () => {
          if (!this.#pending.delete(fail)) return;
          if (what !== 'decide' && what !== 'close' && fates.readFails())
            return reject(new PortFailure('unreachable', `The platform did not answer ${what}.`, false));
          resolve(read());
        });
      });
    });
  }

  #historyRows(since: string): readonly StatementRecord[] | 'unavailable' | 'full' {
    const { schedule, platform, ledger } = this.#around;
    if (schedule.history === 'unreadable') return 'unavailable';
    const begun = ledger.platform.length > 0;
    if (begun && schedule.history === 'lost') return 'unavailable';
    if (begun && schedule.history === 'full') return 'full';
    return platform.history(Date.parse(since)).map(({ tag, queryId, state, at }) => ({
      tag,
      queryId,
      state: state === 'running' ? 'running' : state === 'failed' ? 'failed' : 'succeeded',
      startedAt: platform.toPlatformTime(at),
    }));
  }

  #end(why: string): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    this.#signal.removeEventListener('abort', this.#abort);
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const fail of pending) fail(sessionOver(why, true));
  }
}

/** What a network may hold back at most, after its sender is gone. */
export const quietMs = runtimeNames.quietPeriodMs;

/** Most end within a few leases; some take about as long as the product lets any statement take. */
function longMs(world: World): number {
  return world.between(0, 9) === 0 ? world.between(29 * 60_000, 33 * 60_000) : world.between(8_000, 60_000);
}

const endlessMs = 6 * 60 * 60_000;

function cut(): PortFailure {
  return new PortFailure('unreachable', 'The connection was cut.', true);
}

function sessionOver(why: string, inFlight: boolean): PortFailure {
  return new PortFailure('unreachable', `The session is over: ${why}.`, inFlight);
}
