import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { durationMs } from '../rules/duration.js';
import { isWorthAnother } from '../rules/patience.js';
import { systemClock, type Clock } from './clock.js';

/**
 * A step that Temporal tries again until the run's verify deadline is over, counted from its first attempt. A retry policy counts attempts, not time, and a
 * schedule-to-close timeout would end an attempt that is under way; so it is the failure that says whether it is the last.
 */
export function withPatience<Input extends { readonly request: ConnectionRequest }, Result>(
  step: (input: Input) => Promise<Result>,
  clock: Pick<Clock, 'now'> = systemClock,
): (input: Input) => Promise<Result> {
  return async (input) => {
    try {
      return await step(input);
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable === true) throw error; // such as a request that cannot be read
      const { attempt, scheduledTimestampMs } = activityInfo();
      const { type, message, details, nextRetryDelay } = error;
      const again = isWorthAnother({
        attempt,
        elapsedMs: clock.now() - scheduledTimestampMs,
        retryAfterMs: typeof nextRetryDelay === 'number' ? nextRetryDelay : undefined, // as `applicationFailure` gives it
        patienceMs: durationMs(input.request.timing.verifyDeadline),
      });
      if (again) throw error;
      throw ApplicationFailure.nonRetryable(message, type, ...(details ?? []));
    }
  };
}
