// The SDK's own heartbeat is throttled and not awaited: what it holds may be lost with the worker. This one has been stored by the server when it
// returns, and is therefore fit to be a write-ahead record.
//
// The SDK has to be told all the same, or its own timer ends an attempt that the server has alive; and it tells the server at a time of its own, over
// a connection that nobody waits for. What it was told may therefore take the place of a record that was stored later. So it is told only what stays
// true whatever is sent meanwhile: it may know less than the record, never allow less.
import { activityInfo, Context } from '@temporalio/activity';
import { ActivityCancelledError } from '@temporalio/client/lib/errors.js';
import { refusal } from './application-failure.js';
import { systemClock, type Clock } from './clock.js';

export interface HeartbeatRecord<T> {
  /** Resolves when the server has stored the details. Rejects when the activity was cancelled just now, or is no longer ours. */
  readonly store: (details: T) => Promise<void>;
  /** Stores again what `store` was given last, or `first` if it was not called yet: a renewal that waited for its turn knows nothing older. */
  readonly renew: (first: T) => Promise<void>;
  /**
   * Throws a `PortError` when the lease has ended: the heartbeat timeout, counted from when the last record that was stored had been sent. A worker that
   * was stopped between its record and its request must not send it when it wakes: by then another attempt has looked, and has decided on what it saw.
   */
  readonly mayLeave: () => void;
  /** To be called when nothing of this attempt is on its way any more: its end then carries these details, and nothing vaguer. */
  readonly conclude: (details: T) => void;
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

/** After this share of the heartbeat timeout the SDK is told again: before its timer ends, and seldom, because a stored record is the better one. */
const tellAfter = 2 / 3;

/** `vaguer` gives the details that stay true whatever this attempt sends after it. */
export function openRecord<T>(vaguer: (details: T) => T, clock: Pick<Clock, 'monotonicMs'> = systemClock): HeartbeatRecord<T> {
  // Kept, and not asked for again: the SDK tells of a cancellation from outside of every activity, and there nobody knows which one this is.
  const activity = Context.current();
  const { client, cancellationSignal: signal } = activity;
  const { taskToken, heartbeatTimeoutMs = 0 } = activity.info;
  const heard = (): boolean => activity.cancellationDetails?.cancelRequested ?? false;
  let toldAt = -Infinity;
  let leaseEndsAt = -Infinity;
  const never = new AbortController().signal;
  const stop = new AbortController();
  let cancelled = false;
  signal.addEventListener('abort', () => {
    cancelled ||= heard();
    stop.abort();
  });
  if (signal.aborted) stop.abort();

  const storeNow = async (details: T): Promise<void> => {
    const sentAt = clock.monotonicMs();
    if (sentAt - toldAt >= heartbeatTimeoutMs * tellAfter) {
      toldAt = sentAt;
      activity.heartbeat(vaguer(details)); // before the record, so that the record most often comes after it
    }
    try {
      // An activity's client gives up with its cancellation; what is settled after it still needs its lease.
      await client.withAbortSignal(never, () => client.activity.heartbeat(taskToken, details));
      leaseEndsAt = sentAt + heartbeatTimeoutMs;
    } catch (error) {
      if (!(error instanceof ActivityCancelledError)) throw error;
      leaseEndsAt = sentAt + heartbeatTimeoutMs;
      // The server stored it all the same; only the first news of the cancellation has to interrupt.
      const known = cancelled;
      cancelled = true;
      stop.abort();
      if (!known) throw error;
    }
  };
  let previous = Promise.resolve();
  let latest: { readonly details: T } | undefined;
  // One after the other: a renewal that is overtaken would take the place of what was stored after it, and know less.
  const inTurn = async (details: () => T): Promise<void> => {
    const turn = previous.then(() => storeNow(details()));
    previous = turn.catch(() => undefined);
    await turn;
  };

  return {
    async store(details) {
      latest = { details };
      await inTurn(() => details);
    },
    renew: (first) => inTurn(() => (latest === undefined ? first : latest.details)),
    mayLeave() {
      if (clock.monotonicMs() < leaseEndsAt) return;
      throw refusal(
        'timeout',
        'The lease of this attempt ended before its request was to leave. It was not sent.',
        'Nothing to do: the next attempt looks at what stands, and goes on from there.',
      );
    },
    conclude: (details) => activity.heartbeat(details),
    stop: stop.signal,
    cancelled: () => cancelled || heard(),
  };
}
