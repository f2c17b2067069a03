import { z } from 'zod';
import { durationPattern, type DurationText } from '../rules/duration.js';

const Duration = z.custom<DurationText>((text) => typeof text === 'string' && durationPattern.test(text), {
  error: 'must be a whole number and ms, s, m, h or d: 30s, 15m, 72h',
});

/**
 * Every wait of a run. It is part of the workflow's input because workflow code reads no environment.
 * - `quietPeriod`: how long after the death of a sender nothing it sent can still arrive. Platform workers refuse less than 30 s unless they may talk to loopback.
 * - `heartbeatTimeout`: how long a lease lasts. Platform workers refuse less than 5 s unless they may talk to loopback.
 * - `verifyDeadline`: how long an integration may stay `creating` before a person is asked.
 * - `pollInterval`: the pause between two looks at Immuta.
 */
export const Timing = z.strictObject({
  quietPeriod: Duration.default('30s'),
  heartbeatTimeout: Duration.default('10s'),
  verifyDeadline: Duration.default('15m'),
  pollInterval: Duration.default('5s'),
});
export type Timing = z.infer<typeof Timing>;

export { Duration };
