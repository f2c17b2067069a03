// The SDK's own heartbeat is throttled and not awaited: what it holds may be lost with the worker. This one has been stored by the server when it
// returns, and is therefore fit to be a write-ahead record.
import { activityInfo, cancellationDetails, cancellationSignal, getClient, heartbeat } from '@temporalio/activity';
import { ActivityCancelledError } from '@temporalio/client';
import { refusal } from './application-failure.js';

export interface HeartbeatRecord<T> {
  /** Resolves when the server has stored the details. Rejects when the activity was cancelled just now, or is no longer ours. */
  readonly store: (details: T) => Promise<void>;
  /** Aborts when the run is cancelled or the worker shuts down. */
  readonly stop: AbortSignal;
  /** True if it was the run that was cancelled: then what is in flight is settled before the activity ends. */
  readonly cancelled: () => boolean;
}

/**
 * What the last attempt left on record, `undefined` if nothing. A record that cannot be read is not no record: this attempt would start over what
 * is done. It throws a `PortError`, and another attempt waits for a worker that has the key.
 */
export function recorded<T>(read: (details: unknown) => T | undefined): T | undefined {
  const details: unknown = activityInfo().heartbeatDetails;
  if (details === undefined || details === null) return undefined;
  const record = read(details);
  if (record !== undefined) return record;
  throw refusal(
    'bad-answer',
    'What earlier attempts of this step have done is on record, and this worker cannot read it.',
    'Give every worker all keys in MOORING_CODEC_KEYS, the newest one first only when all have it.',
  );
}

export function openRecord<T>(): HeartbeatRecord<T> {
  const { taskToken } = activityInfo();
  const client = getClient();
  const never = new AbortController().signal;
  const stop = new AbortController();
  let cancelled = false;
  const signal = cancellationSignal();
  signal.addEventListener('abort', () => {
    cancelled ||= cancellationDetails()?.cancelRequested ?? false;
    stop.abort();
  });
  if (signal.aborted) stop.abort();

  return {
    async store(details) {
      try {
        // An activity's client gives up with its cancellation; what is settled after it still needs its lease.
        await client.withAbortSignal(never, () => client.activity.heartbeat(taskToken, details));
      } catch (error) {
        if (!(error instanceof ActivityCancelledError)) throw error;
        // The server stored it all the same; only the first news of the cancellation has to interrupt.
        const known = cancelled;
        cancelled = true;
        stop.abort();
        if (!known) throw error;
      }
      heartbeat(details); // else the SDK's own timer ends the attempt although the server has it alive
    },
    stop: stop.signal,
    cancelled: () => cancelled || cancellationDetails()?.cancelRequested === true,
  };
}
