import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { FailureDetail } from '../activities/application-failure.js';
import type { Failure } from '../domain/outcome.js';
import { readJournal } from '../rules/journal.js';
import { readable } from './activity-options.js';

export interface StepFailure extends FailureDetail {
  /** The run was cancelled; `failure` says at which step. */
  readonly cancelled: boolean;
  /** The step was cancelled before it was given to any worker: nothing of it was ever sent. */
  readonly neverBegan: boolean;
  /** What the last attempt did was not heard of: it may have sent what it was there to send. */
  readonly unheard: boolean;
}

/** What a failed step left behind, whether it failed, was cancelled, or was never heard of again. Rethrows what is not the failure of a step. */
export function failureOf(error: unknown): StepFailure {
  if (error instanceof ActivityFailure) return { unheard: false, ...ofActivity(error), neverBegan: false };
  if (error instanceof ApplicationFailure && isDetail(error.details?.[0]))
    return { ...error.details[0], cancelled: false, neverBegan: false, unheard: false }; // found by the workflow itself
  if (isCancellation(error)) return { failure: cancelledAt('run'), cancelled: true, neverBegan: true, unheard: false };
  throw error;
}

function ofActivity({ activityType: step, cause }: ActivityFailure): Omit<StepFailure, 'neverBegan' | 'unheard'> & { readonly unheard?: boolean } {
  const detail: unknown = cause instanceof ApplicationFailure ? readable(cause.details?.[0]) : undefined;
  if (isDetail(detail)) return { ...detail, cancelled: detail.cancelled === true };
  if (cause instanceof CancelledFailure) return { failure: cancelledAt(step), cancelled: true, unheard: true }; // between two attempts: what the last one did is unknown
  if (cause instanceof TimeoutFailure) {
    const message = `No worker finished ${step} in time.`;
    const failure = { kind: 'timeout' as const, message, next: 'See that workers run and reach both sides, then start again.', step };
    return { ...heartbeatDetail(readable(cause.lastHeartbeatDetails)), failure, cancelled: false };
  }
  // Made by the SDK or the server, not by us: what the step did is unknown, and compensation has to look.
  const message = `${step} ended in a way that this run does not know.`;
  return {
    failure: { kind: 'bad-answer', message, next: 'Look at the activity in the Temporal UI and at the log of the worker.', step },
    cancelled: false,
    unheard: true,
  };
}

function cancelledAt(step: string): Failure {
  return { kind: 'timeout', message: 'The run was cancelled.', next: 'Start it again when it is wanted.', step };
}

function isDetail(detail: unknown): detail is FailureDetail {
  return typeof detail === 'object' && detail !== null && 'failure' in detail;
}

/** The last record of an attempt that was never heard of again: the journal of a script, or the time a POST was sent. */
function heartbeatDetail(details: unknown): Partial<FailureDetail> {
  const journal = readJournal(details);
  if (journal !== undefined) return { journal };
  const at = typeof details === 'object' && details !== null && 'at' in details ? details.at : undefined;
  return typeof at === 'string' ? { sent: { at } } : {};
}
