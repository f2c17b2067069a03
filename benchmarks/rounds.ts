// Ratios are formed inside one round: what slows the machine for a second slows both sides of it. Each round runs every side once, in a random
// order, so that neither always finds the caches as the other left them.

import { setTimeout as sleep } from 'node:timers/promises';

/** The samples of each side; the same place in two lists is the same round. */
export type Samples<Side extends string> = Readonly<Record<Side, readonly number[]>>;

export interface RoundOptions {
  readonly rounds: number;
  /** Rounds before the first that counts: code is compiled, connections are open. Default: 1. */
  readonly warmups?: number;
  /** A pause before each turn, ms: what the turn before left running must not slow this one. Default: none. */
  readonly settleMs?: number;
}

/** Runs every side once a round. A measurement that throws ends it all: a round with a failed side has no ratio. */
export async function interleave<Side extends string>(
  sides: Readonly<Record<Side, () => number | Promise<number>>>,
  { rounds, warmups = 1, settleMs = 0 }: RoundOptions,
): Promise<Samples<Side>> {
  const names = Object.keys(sides) as Side[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, number[]>;
  for (let round = -warmups; round < rounds; round++) {
    for (const name of shuffled(names)) {
      await sleep(settleMs);
      const sample = await sides[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** Longer than the product's worker takes to start its next runner after a session has ended. */
export const nextRunnerMs = 500;

/** How long it takes, in ms. */
export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}
