import { isFailureKind, type FailureKind } from '../../../rules/failure-kind.js';
import type { PortError } from '../../../activities/ports.js';

/** What the model's platform and Immuta reject with: the shape that every port promises. */
export class PortFailure extends Error implements PortError {
  readonly kind: FailureKind;
  readonly next = 'Look.';
  readonly ambiguous: boolean;
  readonly queryId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, ambiguous: boolean, queryId?: string, retryAfterMs?: number) {
    super(message);
    this.kind = kind;
    this.ambiguous = ambiguous;
    this.queryId = queryId;
    this.retryAfterMs = retryAfterMs;
  }

  /** The same error as it crosses from one process to another. */
  static of(error: unknown): PortFailure {
    const { kind, message, ambiguous } = error as Partial<PortError>;
    return new PortFailure(isFailureKind(kind) ? kind : 'bad-answer', String(message), ambiguous !== false);
  }
}
