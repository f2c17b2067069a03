import { Context } from '@temporalio/activity';
import { systemClock, type Clock } from './clock.js';

/** This often in a heartbeat timeout; the SDK passes on at most one a second (worker/main.ts). */
const beats = 4;

/**
 * An activity that only looks, and tells the server all the while that it is alive: by the answers it hears of a cancellation, and a worker that died is
 * noticed after the heartbeat timeout. Not for an activity that writes: its heartbeats are its record (`awaited-heartbeat.ts`).
 */
export function keepHeard<Input extends unknown[], Result>(
  look: (...input: Input) => Promise<Result>,
  clock: Pick<Clock, 'every'> = systemClock,
): (...input: Input) => Promise<Result> {
  return async (...input) => {
    const activity = Context.current();
    const { heartbeatTimeoutMs = 0 } = activity.info;
    const stop = heartbeatTimeoutMs > 0 ? clock.every(heartbeatTimeoutMs / beats, () => activity.heartbeat()) : () => undefined;
    try {
      return await look(...input);
    } catch (error) {
      if (activity.cancellationDetails?.cancelRequested === true) return await activity.cancelled; // it failed because it was cut; rejects
      throw error;
    } finally {
      stop();
    }
  };
}
