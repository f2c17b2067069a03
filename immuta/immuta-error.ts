import type { FailureKind } from '../rules/failure-kind.js';

/** What an `ImmutaError` says besides its kind and its message. */
export interface ImmutaErrorFacts {
  readonly next: string;
  readonly ambiguous?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly status?: number | undefined;
  readonly integrationId?: number | undefined;
}

/**
 * Every failure of the Immuta client. It satisfies the port's error structurally and carries no cause: what fetch and ky throw holds headers,
 * sockets and bodies. Server text in `message` went through `ServerText` first.
 */
export class ImmutaError extends Error {
  readonly kind: FailureKind;
  /** What a person should do next. */
  readonly next: string;
  /** True if Immuta may have carried the request out although no usable answer came. Only writes can be. */
  readonly ambiguous: boolean;
  /** How long Immuta asked to wait, at most five minutes. */
  readonly retryAfterMs: number | undefined;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;
  /** The integration that stands in the way, where Immuta named one. */
  readonly integrationId: number | undefined;

  constructor(kind: FailureKind, message: string, facts: ImmutaErrorFacts) {
    super(message);
    this.name = 'ImmutaError';
    this.kind = kind;
    this.next = facts.next;
    this.ambiguous = facts.ambiguous ?? false;
    this.retryAfterMs = facts.retryAfterMs;
    this.status = facts.status;
    this.integrationId = facts.integrationId;
  }
}
