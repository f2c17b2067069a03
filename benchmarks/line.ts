// One line of a result: a number with its interval, its target, and what the interval allows to say about it.
import { bootstrapInterval, median, percentile, type Interval } from './statistics.js';

export type Unit = 'x' | 'ms' | 'MB' | 'MB/s' | 'events' | 'calls';

export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** `uncertain`: the median is on the wrong side of the target, but the 95 % interval reaches across it. */
export type Verdict = 'met' | 'uncertain' | 'missed' | 'for reading';

export interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  /** 95 % of the median, by bootstrap; both ends are the value where it was counted, not measured. */
  readonly interval: Interval;
  /** How many values it is the median of. */
  readonly n: number;
  /** Absent for lines that only explain the others. */
  readonly target?: Target;
  readonly verdict: Verdict;
}

/** The median of values that were measured. */
export function line(what: string, values: readonly number[], unit: Unit, target?: Target): Line {
  const value = median(values);
  const interval = bootstrapInterval(values);
  return { what, value, unit, interval, n: values.length, ...(target === undefined ? {} : { target }), verdict: verdict(value, interval, target) };
}

/** The 95th percentile: what nearly everybody waits at most. */
export function slowestLine(what: string, values: readonly number[], unit: Unit, target?: Target): Line {
  const slowest = (sample: readonly number[]): number => percentile(sample, 0.95);
  const value = slowest(values);
  const interval = bootstrapInterval(values, slowest);
  return { what, value, unit, interval, n: values.length, ...(target === undefined ? {} : { target }), verdict: verdict(value, interval, target) };
}

/** The median of the ratios of two sides, each ratio formed within its round. */
export function ratioLine(what: string, subject: readonly number[], reference: readonly number[], target: Target): Line {
  return line(
    what,
    paired(subject, reference, (mine, other) => mine / other),
    'x',
    target,
  );
}

/** One value for each round. */
export function paired(subject: readonly number[], reference: readonly number[], combine: (subject: number, reference: number) => number): number[] {
  return subject.map((value, round) => combine(value, reference[round] ?? Number.NaN));
}

function verdict(value: number, [low, high]: Interval, target: Target | undefined): Verdict {
  if (target === undefined) return 'for reading';
  if ('atMost' in target) return value <= target.atMost ? 'met' : low <= target.atMost ? 'uncertain' : 'missed';
  return value >= target.atLeast ? 'met' : high >= target.atLeast ? 'uncertain' : 'missed';
}
