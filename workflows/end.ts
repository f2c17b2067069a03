// How runs end. The outcome is written into the memo first: a cancelled run can carry no result, and commands read only the memo.
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import type { Failure, OutcomeName, RunView } from '../domain/outcome.js';
import type { Compensation } from './compensation.js';
import { failureOf } from './failure-of.js';
import type { ProgressBoard } from './progress-board.js';
import { Abandoned } from './with-people.js';

/** Ends a run that completes in Temporal. */
export async function endWell(
  board: ProgressBoard,
  outcome: OutcomeName,
  changes: Partial<Pick<RunView, 'integrationId' | 'leftBehind' | 'failure'>> = {},
): Promise<RunView> {
  const view = board.end(outcome, changes);
  // Shielded: in a cancelled run every wait throws, and a run that has said how it ended must not go on to undo.
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  return view;
}

/** Undoes what a failed or cancelled registration left, and ends it accordingly. Call it shielded from cancellation. */
export async function endFailed(error: unknown, board: ProgressBoard, undo: Compensation): Promise<RunView> {
  if (error instanceof Abandoned) return endWell(board, 'abandoned', { leftBehind: error.left });
  const { failure, journal, sent, cancelled, neverBegan, statement } = failureOf(error);
  undo.noteJournal(journal);
  if (statement !== undefined) undo.noteSeenTo();
  if (neverBegan) undo.noteNeverBegan();
  undo.noteSent(sent?.at);
  if (!cancelled) board.note({ failure });
  const undone = await undo.run();
  if (undone.kind === 'abandoned') return endWell(board, 'abandoned', { leftBehind: undone.left });
  return close(board, undone.kind === 'nothing' ? 'failed' : 'compensated', failure, cancelled);
}

/** Ends a registration whose plan people did not want. Nothing ran, unless a person was to run it elsewhere: then that is looked at first. */
export async function endUndecided(verdict: 'rejected' | 'expired', board: ProgressBoard, undo: Compensation): Promise<RunView> {
  const undone = await CancellationScope.nonCancellable(() => undo.run());
  return undone.kind === 'abandoned' ? endWell(board, 'abandoned', { leftBehind: undone.left }) : endWell(board, verdict);
}

/** Ends a deregistration that stopped before its DELETE, or that a person closed with something left. Call it shielded from cancellation. */
export async function endUntouched(error: unknown, board: ProgressBoard): Promise<RunView> {
  if (error instanceof Abandoned) return endWell(board, 'abandoned', { leftBehind: error.left });
  const { failure, cancelled } = failureOf(error);
  if (!cancelled) board.note({ failure });
  return close(board, 'failed', failure, cancelled);
}

/** A failure that the workflow itself found, in the form in which a step has one. */
export function stepFailure(failure: Failure): ApplicationFailure {
  return ApplicationFailure.create({ type: failure.kind, message: failure.message, nonRetryable: true, details: [{ failure }] });
}

async function close(board: ProgressBoard, outcome: 'failed' | 'compensated', failure: Failure, cancelled: boolean): Promise<never> {
  if (cancelled) {
    await endWell(board, 'cancelled');
    throw new CancelledFailure(failure.message);
  }
  const view = await endWell(board, outcome);
  throw ApplicationFailure.create({ type: failure.kind, message: failure.message, nonRetryable: true, details: [view] });
}
