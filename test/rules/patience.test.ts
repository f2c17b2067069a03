import { describe, expect, it } from 'vitest';
import { isWorthAnother, persistent } from '../../rules/patience.js';

const quarterOfAnHour = 15 * 60_000;

describe('a step that failed for a passing reason', () => {
  it.each([
    [8, 26_000, true],
    [15, 8 * 60_000, true],
    [22, 14 * 60_000, true],
    [22, 14 * 60_000 + 1, false],
    [9, quarterOfAnHour, false],
  ])('at attempt %i, after %i ms, within a quarter of an hour: tried again is %s', (attempt, elapsedMs, expected) => {
    expect(isWorthAnother({ attempt, elapsedMs, patienceMs: quarterOfAnHour })).toBe(expected);
  });

  it('is tried eight times however short the patience', () => {
    expect([7, 8].map((attempt) => isWorthAnother({ attempt, elapsedMs: 60_000, patienceMs: 1 }))).toEqual([true, false]);
  });

  it('is not tried again where whoever refused asks for a longer wait than there is', () => {
    const late = { attempt: 9, elapsedMs: 60_000, patienceMs: quarterOfAnHour };
    expect([840_000, 840_001].map((retryAfterMs) => isWorthAnother({ ...late, retryAfterMs }))).toEqual([true, false]);
  });

  it('reaches the default patience of a quarter of an hour long before the last attempt that Temporal makes', () => {
    expect(persistent.maximumAttempts).toBeGreaterThan(60);
  });
});
