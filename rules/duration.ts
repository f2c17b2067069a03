const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it in a manifest: a whole number and a unit, such as `500ms`, `30s`, `15m`, `72h` or `7d`. */
export type DurationText = `${number}${keyof typeof unitMs}`;

export const durationPattern = /^([1-9][0-9]{0,6})(ms|s|m|h|d)$/;

/** Far below what Temporal's timers and JavaScript's dates hold; nobody waits longer for a decision. */
const longestMs = 366 * unitMs.d;

/** Milliseconds of a duration. Throws a `RangeError` for anything that is not one, or is longer than a year. */
export function durationMs(text: string): number {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new RangeError(`"${text}" is not a duration. Write a whole number and ms, s, m, h or d: 30s, 72h.`);
  const milliseconds = Number(count) * unitMs[unit as keyof typeof unitMs];
  if (milliseconds > longestMs) throw new RangeError(`"${text}" is longer than 366d, the longest wait there is.`);
  return milliseconds;
}

export function isDuration(text: unknown): text is DurationText {
  try {
    return typeof text === 'string' && durationMs(text) > 0;
  } catch {
    return false;
  }
}
