import { z } from 'zod';
import { durationMs, isDuration, type DurationText } from '../rules/duration.js';

const Duration = z.custom<DurationText>(isDuration, { error: 'must be a whole number and ms, s, m, h or d, at most 366d: 30s, 15m, 72h' });

/** Node ends a timer of more than 24.8 days at once: a quiet period of a month would be none. A day is longer than any of these waits has use for. */
const longestWaitMs = 24 * 60 * 60_000;
const Wait = Duration.refine((text) => durationMs(text) <= longestWaitMs, { error: 'must be at most 24h' });

/**
 * Every wait of a run. It is part of the workflow's input because workflow code reads no environment.
 * - `quietPeriod`: how long after the death of a sender nothing it sent can still arrive. Platform workers refuse less than 30 s unless they may talk to loopback.
 * - `heartbeatTimeout`: how long a lease lasts. Platform workers refuse less than 5 s unless they may talk to loopback.
 * - `verifyDeadline`: how long an integration may stay `creating` before a person is asked.
 * - `pollInterval`: the pause between two looks at Immuta.
 */
export const Timing = z.strictObject({
  quietPeriod: Wait.default('30s'),
  heartbeatTimeout: Wait.default('10s'),
  verifyDeadline: Wait.default('15m'),
  pollInterval: Wait.default('5s'),
});
export type Timing = z.infer<typeof Timing>;

export { Duration };
