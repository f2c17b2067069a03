import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import type { FailureDetail } from '../activities/application-failure.js';
import { readJournal } from '../rules/journal.js';

export interface StepFailure extends FailureDetail {
  /** The run was cancelled; `failure` says at which step. */
  readonly cancelled: boolean;
}

/** What a failed step left behind, whether it failed, was cancelled, or was never heard of again. Rethrows what is not the step's doing. */
export function failureOf(error: unknown): StepFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const step = error instanceof ActivityFailure ? error.activityType : 'run';
  if (cause instanceof ApplicationFailure && isDetail(cause.details?.[0])) return { ...cause.details[0], cancelled: false };
  if (isCancellation(error)) {
    const detail = cause instanceof CancelledFailure ? partialDetail(cause.details[0]) : {};
    return {
      ...detail,
      failure: { kind: 'timeout', message: 'The run was cancelled.', next: 'Start it again when it is wanted.', step },
      cancelled: true,
    };
  }
  if (cause instanceof TimeoutFailure) {
    const detail = heartbeatDetail(cause.lastHeartbeatDetails);
    const message = `No worker finished ${step} in time.`;
    return {
      ...detail,
      failure: { kind: 'timeout', message, next: 'See that workers run and reach both sides, then start again.', step },
      cancelled: false,
    };
  }
  throw error;
}

function isDetail(detail: unknown): detail is FailureDetail {
  return typeof detail === 'object' && detail !== null && 'failure' in detail;
}

function partialDetail(detail: unknown): Partial<FailureDetail> {
  return typeof detail === 'object' && detail !== null ? detail : {};
}

/** The last record of an attempt that was never heard of again: the journal of a script, or the time a POST was sent. */
function heartbeatDetail(details: unknown): Partial<FailureDetail> {
  const journal = readJournal(details);
  if (journal !== undefined) return { journal };
  const at = typeof details === 'object' && details !== null && 'at' in details ? details.at : undefined;
  return typeof at === 'string' ? { sent: { at } } : {};
}
