const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time as people write it in a manifest: a whole number and a unit, such as `500ms`, `30s`, `15m`, `72h` or `7d`. */
export type DurationText = `${number}${keyof typeof unitMs}`;

export const durationPattern = /^([1-9][0-9]{0,6})(ms|s|m|h|d)$/;

/** Milliseconds of a duration. Throws a `RangeError` for anything that is not one. */
export function durationMs(text: string): number {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new RangeError(`"${text}" is not a duration. Write a whole number and ms, s, m, h or d: 30s, 72h.`);
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}
