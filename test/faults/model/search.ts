// Runs many schedules in threads, and gives what they found: the smallest schedule of each thread that breaks an invariant.
import { Worker } from 'node:worker_threads';
import type { Schedule } from './schedule.js';

export interface Order {
  /** The compiled tree, as a URL with a slash at its end. */
  readonly folder: string;
  readonly seed: number;
  /** How many schedules are drawn from the seed. */
  readonly count: number;
  /** Schedules that are run before those. */
  readonly given: readonly Schedule[];
  /** Each schedule that is drawn is given the traits of one of these. */
  readonly traits: readonly Partial<Schedule>[];
}

export interface Found {
  readonly schedule: Schedule;
  /** Which invariants it breaks, and how; a line each. */
  readonly wrong: readonly string[];
}

export interface Tally {
  readonly runs: number;
  /** Questions that people were asked. */
  readonly asked: number;
  /** Processes killed or stopped, runs cancelled, objects made by others. */
  readonly struck: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface Search extends Tally {
  readonly found: readonly Found[];
}

export interface SearchOptions {
  readonly folder: URL;
  readonly seed: number;
  readonly count: number;
  readonly given?: readonly Schedule[];
  readonly traits?: readonly Partial<Schedule>[] | undefined;
  readonly threads: number;
  readonly onProgress?: (runs: number) => void;
}

export async function search({
  folder,
  seed,
  count,
  given = [],
  traits = [],
  threads,
  onProgress = () => undefined,
}: SearchOptions): Promise<Search> {
  const progress = Array.from({ length: threads }, () => 0);
  const parts = await Promise.all(
    progress.map((_none, place) => {
      const order: Order = {
        folder: folder.href,
        seed: seed + place,
        count: Math.floor((count + place) / threads),
        traits,
        given: given.filter((_schedule, index) => index % threads === place),
      };
      return inThread([order], (runs) => {
        progress[place] = runs;
        onProgress(progress.reduce((sum, each) => sum + each, 0));
      });
    }),
  );
  return parts.flat().reduce((sum, part) => ({
    runs: sum.runs + part.runs,
    asked: sum.asked + part.asked,
    struck: sum.struck + part.struck,
    outcomes: added(sum.outcomes, part.outcomes),
    found: [...sum.found, ...part.found],
  }));
}

/** Carries out orders one after the other in one thread; an answer for each. */
export function inThread(orders: readonly Order[], onProgress: (runs: number) => void = () => undefined): Promise<readonly Search[]> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./search-thread.js', import.meta.url), {
      workerData: { orders },
      resourceLimits: { maxYoungGenerationSizeMb: 128 },
    }); // runs leave much behind at once
    const answers: Search[] = [];
    thread.on('message', (message: { readonly progress: number } | Search) => {
      if ('progress' in message) onProgress(message.progress);
      else if (answers.push(message) === orders.length) resolve(answers);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new Error(`A thread ended with ${code} and without an answer.`)));
  });
}

function added(one: Tally['outcomes'], other: Tally['outcomes']): Tally['outcomes'] {
  const sum: Record<string, number> = { ...one };
  for (const [outcome, count] of Object.entries(other)) sum[outcome] = (sum[outcome] ?? 0) + count;
  return sum;
}
