import { ApplicationFailure } from '@temporalio/activity';
import type { AttentionChoice } from '../domain/decision.js';
import type { Failure } from '../domain/outcome.js';
import { firstFailed, type Check } from '../rules/check.js';
import { isFailureKind, isRetryable, type FailureKind } from '../rules/failure-kind.js';
import type { Journal } from '../rules/journal.js';
import type { PortError } from './ports.js';

/** The first detail of every failure an activity ends with. */
export interface FailureDetail {
  readonly failure: Failure;
  /** What is on record of the script: compensation chooses by it. */
  readonly journal?: Journal | undefined;
  /** The POST or DELETE of this activity may have reached Immuta. */
  readonly sent?: { readonly at: string; readonly perhaps?: true } | undefined;
  /** A statement whose outcome a person has to settle. */
  readonly statement?: { readonly index: number; readonly text: string; readonly lookedAt: string; readonly found: string } | undefined;
  /** What a person may answer about it, where it is not what is asked of every statement. */
  readonly choices?: readonly AttentionChoice[] | undefined;
  /** The statement ran, and what it left in its session is lost with that. */
  readonly sessionLost?: boolean | undefined;
  /** The run was cancelled, and what this activity had in flight is settled. */
  readonly cancelled?: boolean | undefined;
  /** The integration is still `creating` after the verify deadline. */
  readonly stillCreating?: boolean | undefined;
}

/** A step was given up because its run was cancelled; what was in flight is settled. */
export class StepCancelled extends Error {
  readonly kind: FailureKind = 'timeout';
  readonly next = 'Start the run again when it is wanted.';
  readonly ambiguous = false;
}

export function isPortError(error: unknown): error is PortError {
  return error instanceof Error && isFailureKind((error as Partial<PortError>).kind) && typeof (error as Partial<PortError>).next === 'string';
}

/** An error of a port, for what is told and not thrown; any other is thrown on. */
export function asPortError(error: unknown): PortError {
  if (isPortError(error)) return error;
  throw error;
}

/**
 * The only error that leaves an activity, built from an allow-list of plain fields: drivers and HTTP clients carry sockets, headers and tokens.
 * Its type is the failure kind; Temporal tries again only what `isRetryable` names, unless `retry` says otherwise.
 */
export function applicationFailure(
  error: unknown,
  step: string,
  more: Omit<FailureDetail, 'failure'> & { readonly retry?: boolean } = {},
): ApplicationFailure {
  const { retry, ...detail } = more;
  const failure = describe(error, step);
  const cancelled = error instanceof StepCancelled;
  return ApplicationFailure.create({
    type: failure.kind,
    message: failure.message,
    // Not as a `CancelledFailure`: the SDK takes one only once it has heard of the cancellation itself, and our own record hears it earlier.
    nonRetryable: cancelled || !(retry ?? isRetryable(failure.kind)),
    details: [{ failure, ...detail, ...(cancelled ? { cancelled } : {}) } satisfies FailureDetail],
    ...(isPortError(error) && error.retryAfterMs !== undefined ? { nextRetryDelay: error.retryAfterMs } : {}),
  });
}

/** A failure of our own making: what was expected, what arrived, what to do next. */
export function refusal(kind: FailureKind, message: string, next: string): PortError {
  return Object.assign(new Error(message), { kind, next, ambiguous: false });
}

/** Throws at the first check that failed. */
export function refuseFailed(checks: readonly Check[]): void {
  const check = firstFailed(checks);
  if (check !== undefined) throw refusal(check.kind ?? 'invalid-request', check.message, check.cure);
}

function describe(error: unknown, step: string): Failure {
  if (isPortError(error)) return { kind: error.kind, message: error.message, next: error.next, step };
  // Nobody wrote this message for other people's eyes: it stays here.
  const name = error instanceof Error ? error.name : typeof error;
  return {
    kind: 'bad-answer',
    message: `${step} met an unexpected ${name}.`,
    next: 'Report it with the worker log of this time; the run tries again.',
    step,
  };
}
