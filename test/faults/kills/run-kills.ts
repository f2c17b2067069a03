// Kills real processes of real runs: a Temporal server, workers, runners with the vendors' drivers, simulators that keep the ledger by which all is judged.
import type { ScenarioPlatform } from '../../scenarios/platforms.js';
import { openArena, type Arena } from './arena.js';
import { runKill, type KillResult } from './run-kill.js';
import { describeKill, schedule, type Kill } from './schedule.js';

export interface KillOptions {
  readonly count: number;
  /** The same seed gives the same schedule. */
  readonly seed: number;
  /** In turns. */
  readonly platforms: readonly ScenarioPlatform[];
  /** Runs side by side. */
  readonly lanes: number;
  /** Hears of every kill when its run has ended. */
  readonly say: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  /** Runs that went on after the kill and ended as they should. */
  readonly resumed: number;
  /** Statements that were carried out more often than once, or never. */
  readonly twice: number;
  readonly skipped: number;
  /** Repeated where no history could tell, harmlessly. */
  readonly repeated: number;
  readonly asked: number;
  /** Runs after which the world is not as they say. */
  readonly dirty: number;
  /** What is wrong, a line for each run; empty when nothing is. */
  readonly wrong: readonly string[];
  readonly seed: number;
}

/** Runs the schedule of a seed. What is wrong is in the report; it rejects only if it could not run it. */
export async function runKills({ count, seed, platforms, lanes, say }: KillOptions): Promise<KillReport> {
  const arena = await openArena();
  try {
    return report(await inLanes(arena, lanes, say, schedule(count, seed, platforms)), seed);
  } finally {
    await arena.close();
  }
}

async function inLanes(arena: Arena, lanes: number, say: KillOptions['say'], kills: readonly Kill[]): Promise<KillResult[]> {
  const waiting = [...kills];
  const results: KillResult[] = [];
  const work = async (): Promise<void> => {
    const lane = await arena.openLane();
    for (let kill = waiting.shift(); kill !== undefined; kill = waiting.shift()) {
      const result = await runKill(arena, lane, `kill_${kill.number}`, kill);
      results.push(result);
      say(describeResult(result));
    }
  };
  const lost = (error: unknown): never => {
    waiting.length = 0; // no lane begins another, and none is left behind
    throw error;
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(lanes, kills.length) }, () => work().catch(lost)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}

function report(results: readonly KillResult[], seed: number): KillReport {
  const sum = (count: (result: KillResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  return {
    kills: sum(({ struck }) => (struck ? 1 : 0)),
    resumed: sum(({ struck, dirty }) => (struck && dirty.length === 0 ? 1 : 0)),
    twice: sum(({ twice }) => twice.length),
    skipped: sum(({ skipped }) => skipped),
    repeated: sum(({ repeated }) => repeated),
    asked: sum(({ asked }) => asked),
    dirty: sum(({ dirty }) => (dirty.length > 0 ? 1 : 0)),
    wrong: results.filter((result) => wrongs(result).length > 0).map(describeResult),
    seed,
  };
}

function wrongs({ struck, twice, skipped, dirty }: KillResult): readonly string[] {
  return [
    ...(struck ? [] : ['the point was not reached']),
    ...twice.map((which) => `executed twice: ${which}`),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...dirty,
  ];
}

function describeResult(result: KillResult): string {
  const { kill, asked, seconds } = result;
  const wrong = wrongs(result);
  const end = wrong.length > 0 ? `WRONG: ${wrong.join('; ')}` : asked > 0 ? `well, asked ${asked}` : 'well';
  return `${describeKill(kill)}: ${end} (${seconds.toFixed(1)} s)`;
}

/** One line for people. */
export function reportText({ kills, resumed, twice, skipped, repeated, asked, dirty, seed }: KillReport): string {
  return `${kills} kills, ${resumed} resumed, ${twice} executed twice, ${skipped} skipped, ${asked} asked, ${dirty} dirty closes; ${repeated} repeated harmlessly without a history (seed ${seed})`;
}
