// What leaves `platforms/` when something goes wrong. A driver's error carries sockets, tokens and the text of the statement, so it is never
// passed on: an error is rebuilt from a few plain fields, and the same fields are all that crosses from the runner process to the worker.
import { isFailureKind } from '../rules/failure-kind.js';
import type { FailureKind } from '../rules/failure-kind.js';

/** The fields of a platform error, and nothing else of it. `code` and `sqlState` are the platform's own words for what went wrong. */
export interface PlainPlatformError {
  readonly kind: FailureKind;
  /** What was expected and what arrived. Never the platform's own text, which quotes statements. */
  readonly message: string;
  /** What to do next. */
  readonly next: string;
  /** True if the statement may have been carried out although no usable answer came. */
  readonly ambiguous: boolean;
  readonly queryId?: string | undefined;
  readonly code?: string | undefined;
  readonly sqlState?: string | undefined;
}

export class PlatformError extends Error implements PlainPlatformError {
  override readonly name = 'PlatformError';
  readonly kind: FailureKind;
  readonly next: string;
  readonly ambiguous: boolean;
  readonly queryId: string | undefined;
  readonly code: string | undefined;
  readonly sqlState: string | undefined;

  constructor(fields: PlainPlatformError) {
    super(fields.message);
    this.kind = fields.kind;
    this.next = fields.next;
    this.ambiguous = fields.ambiguous;
    this.queryId = fields.queryId;
    this.code = fields.code;
    this.sqlState = fields.sqlState;
  }

  /** The allow-list: what may cross a process boundary. */
  plain(): PlainPlatformError {
    const { kind, message, next, ambiguous, queryId, code, sqlState } = this;
    return { kind, message, next, ambiguous, queryId, code, sqlState };
  }

  /** Rebuilds an error that crossed a process boundary; whatever else arrived with it is dropped. */
  static from(fields: PlainPlatformError): PlatformError {
    return new PlatformError({
      kind: isFailureKind(fields.kind) ? fields.kind : 'bad-answer',
      message: String(fields.message),
      next: String(fields.next),
      ambiguous: fields.ambiguous !== false,
      queryId: optionalText(fields.queryId),
      code: optionalText(fields.code),
      sqlState: optionalText(fields.sqlState),
    });
  }
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
