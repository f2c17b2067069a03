// What a runner looks at right before it sends a statement of a script: that it is the decided one, and that its lease has not ended.
import { createHash } from 'node:crypto';
import { PlatformError } from './platform-error.js';
import type { StatementToRun } from './runner-messages.js';

/** Throws `script-refused` unless the SHA-256 of the text stands at its index in what was decided. */
export function refuseUndecided(decided: readonly string[] | undefined, { index, text }: Pick<StatementToRun, 'index' | 'text'>): void {
  const expected = decided?.[index];
  const actual = createHash('sha256').update(text, 'utf8').digest('hex');
  if (expected === actual) return;
  throw new PlatformError({
    kind: 'script-refused',
    message:
      expected === undefined
        ? `Statement ${index + 1} stands in no decided script. It was not sent.`
        : `Statement ${index + 1} was decided with SHA-256 ${expected.slice(0, 12)}, but the text to run has ${actual.slice(0, 12)}. It was not sent.`,
    next: 'Start the run again, so that a person decides on what would really run.',
    ambiguous: false,
  });
}

/** Throws `timeout` at and after the end of the lease. `nowMs` is a reading of `monotonicMs`. */
export function refuseLate({ index, leaseEndsAt }: Pick<StatementToRun, 'index' | 'leaseEndsAt'>, nowMs: number): void {
  const lateMs = nowMs - leaseEndsAt;
  if (lateMs < 0) return;
  throw new PlatformError({
    kind: 'timeout',
    message: `The lease of this attempt ended ${Math.round(lateMs)} ms before statement ${index + 1} was to be sent. It was not sent.`,
    next: 'Nothing to do: the next attempt looks at what ran and goes on from there.',
    ambiguous: false,
  });
}
