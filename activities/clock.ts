// Time as the steps see it. They are given it, so that ten thousand runs of them, each with its waits, fit into a few seconds of a test.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** System-wide monotonic clock, in ms: leases are counted on it, here and in the runner. */
  monotonicMs(): number;
  /** Rejects with an `AbortError` when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs something again and again until the returned function is called. */
  every(ms: number, run: () => void): () => void;
  /** Runs something once, unless the process has ended by then. */
  after(ms: number, run: () => void): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  async sleep(ms, signal) {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  after(ms, run) {
    setTimeout(run, ms).unref();
  },
};

/** A time of `Clock.now` as it is recorded and sent. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
