/** Throws for an empty list: a benchmark without samples has no result. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) throw new RangeError('There is no median of nothing.');
  return (lower + upper) / 2;
}

/** The value that a share of the values does not exceed: 0.95 for the 95th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError('There is no percentile of nothing.');
  return found;
}

export type Interval = readonly [low: number, high: number];

const resamples = 2_000; // the ends of the interval then move by less than the noise between two runs

/** The 95 % interval of the median, or of another statistic, by bootstrap. The same values give the same interval. */
export function bootstrapInterval(values: readonly number[], statistic: (values: readonly number[]) => number = median): Interval {
  const random = seededRandom(values.length);
  const medians = Array.from({ length: resamples }, () => statistic(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)));
  medians.sort((left, right) => left - right);
  return [medians[Math.floor(resamples * 0.025)] ?? Number.NaN, medians[Math.ceil(resamples * 0.975) - 1] ?? Number.NaN];
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
