// What is killed, where, and when: drawn from a seed, so that a schedule that failed can be run again. Points are named by what the outside can see:
// the platform's ledger, and the calls between worker and Temporal server.
import { seededRandom } from '../../../benchmarks/statistics.js';
import type { ScenarioPlatform } from '../../scenarios/platforms.js';

/**
 * - `worker`: SIGKILL, and with it its runner; `group`: the worker and its runner at one blow; `runner`: the runner alone.
 * - `frozen-worker`, `frozen-group`: SIGSTOP until another worker has taken over, then SIGCONT.
 * - `server`: SIGKILL of the Temporal server, which comes back on the same database.
 */
export const victims = ['worker', 'runner', 'group', 'frozen-worker', 'frozen-group', 'server'] as const;
export type Victim = (typeof victims)[number];

export type Point =
  /** Statement `index` has left and was not answered: it never arrived, it arrives after the kill, it runs long, or it was carried out. */
  | { readonly at: 'in-flight'; readonly index: number; readonly fate: 'lost' | 'late' | 'long' | 'applied' }
  /** Statement `index` was carried out and acknowledged; whatever the worker does next. */
  | { readonly at: 'acknowledged'; readonly index: number }
  /** The first record after statement `index` has left the worker and not reached the server. */
  | { readonly at: 'before-record'; readonly index: number }
  /** The first record after statement `index` is stored, and the worker does not know it yet: what it covers has not been sent. */
  | { readonly at: 'before-send'; readonly index: number }
  /** The n-th record of the run reaches the server only when statement `index` was carried out, after records that left later. */
  | { readonly at: 'stale-record'; readonly index: number; readonly nth: number }
  /** So long after the first statement of the script. */
  | { readonly at: 'random'; readonly afterMs: number };

export interface Kill {
  readonly number: number;
  readonly platform: ScenarioPlatform;
  readonly victim: Victim;
  readonly script: 'bootstrap' | 'cleanup';
  readonly point: Point;
  /** Whether the platform's history can be read: always, never, or no more after preflight. Where it cannot, a person is asked. */
  readonly history: 'readable' | 'unreadable' | 'lost';
}

/** Every fifth kill meets a compensation, and every seventh finds no history. Platforms, victims and points take turns, so that few kills meet all. */
export function schedule(count: number, seed: number, platforms: readonly ScenarioPlatform[]): readonly Kill[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const points = shuffled(
    ['lost', 'late', 'long', 'applied', 'acknowledged', 'before-record', 'before-send', 'stale-record', 'random'] as const,
    random,
  );
  const turns = shuffled(victims, random);
  return Array.from({ length: count }, (_, number) => {
    const history = number % 7 !== 6 ? 'readable' : number % 14 === 6 ? 'unreadable' : 'lost';
    const script = history === 'readable' && number % 5 === 4 ? 'cleanup' : 'bootstrap';
    const round = Math.floor(number / victims.length);
    const turn = history === 'readable' ? number + round : Math.floor(number / 7); // both platforms meet a history that is silent
    const platform = platforms[turn % platforms.length] ?? 'Snowflake';
    const victim = turns[number % victims.length] ?? 'worker';
    if (history !== 'readable') {
      const fate = below(2) === 0 ? 'applied' : 'lost';
      const indexes = unrepeatable[platform];
      return { number, platform, victim, script, history, point: { at: 'in-flight', index: indexes[below(indexes.length)] ?? 0, fate } };
    }
    const drawn = points[(number + round) % points.length] ?? 'random';
    const name = script === 'cleanup' && notInCleanup[platform].includes(drawn) ? 'acknowledged' : drawn;
    return { number, platform, victim, script, history, point: pointOf(name, script, below(lengths[platform][script]), below) };
  });
}

/** Bootstrap scripts of the simulators have some statements more than that. */
const lengths = { Snowflake: { bootstrap: 25, cleanup: 3 }, Databricks: { bootstrap: 25, cleanup: 1 } } as const;
/** Bare CREATEs whose answer is lost without a history: a procedure only a person can look for, a catalog proves by itself that it was made. */
const unrepeatable = { Snowflake: [10, 11], Databricks: [0] } as const;
/** The first record of a run is one of its bootstrap script, and one record covers the whole cleanup script of Databricks. */
const notInCleanup: Readonly<Record<ScenarioPlatform, readonly string[]>> = {
  Snowflake: ['stale-record'],
  Databricks: ['stale-record', 'before-record', 'before-send'],
};
/** While the rest of the script runs on the slowed platform. */
const longestRandomMs = { bootstrap: 300, cleanup: 150 } as const;

function pointOf(name: string, script: Kill['script'], index: number, below: (limit: number) => number): Point {
  switch (name) {
    case 'lost':
    case 'late':
    case 'long':
    case 'applied':
      return { at: 'in-flight', index, fate: name };
    case 'acknowledged':
      return { at: name, index };
    case 'before-record':
    case 'before-send':
      return { at: name, index: Math.max(index - 1, 0) }; // behind the last statement there may be no record
    case 'stale-record':
      return { at: name, index: below(2), nth: 1 + below(2) }; // later statements have another record behind them
    default:
      return { at: 'random', afterMs: below(longestRandomMs[script]) };
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}

export function describeKill({ number, platform, victim, script, point, history }: Kill): string {
  const where = point.at === 'random' ? `${point.afterMs} ms into` : `${point.at === 'in-flight' ? point.fate : point.at} ${point.index} of`;
  return `${number + 1}: ${platform}, ${victim}, ${where} the ${script} script${history === 'readable' ? '' : `, history ${history}`}`;
}
