// How long a step is tried again that writes, or that an undo leans on. An Immuta or a platform that is away for minutes is no reason to ask a person;
// one that is away for longer is. The waits between attempts double, from a fifth of a second up to a minute.
import { durationMs } from './duration.js';

/** Temporal's retry policy of such a step. The last attempt is for a worker that dies of the step itself, and so never says that it failed. */
export const persistent = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 100 } as const;

/** With their waits half a minute: a shorter deadline does not make anybody give up at a hiccup. */
const fewestAttempts = 8;

export interface FailedAttempt {
  /** The first is 1. */
  readonly attempt: number;
  /** Since the first attempt was due. */
  readonly elapsedMs: number;
  /** What whoever refused asks for, instead of the policy's wait. */
  readonly retryAfterMs?: number | undefined;
  /** The verify deadline of the run. */
  readonly patienceMs: number;
}

/** Whether another attempt would begin in time. */
export function isWorthAnother({ attempt, elapsedMs, retryAfterMs = waitAfter(attempt), patienceMs }: FailedAttempt): boolean {
  return attempt < fewestAttempts || elapsedMs + retryAfterMs <= patienceMs;
}

function waitAfter(attempt: number): number {
  const { initialInterval, backoffCoefficient, maximumInterval } = persistent;
  return Math.min(durationMs(maximumInterval), durationMs(initialInterval) * backoffCoefficient ** (attempt - 1));
}
