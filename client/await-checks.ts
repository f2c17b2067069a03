// Waits for `checkConnection`, and knows the two ways in which it may never answer: workers that cannot read what this command encrypts, and workers
// that are there and do not take it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandleWithStartDetails } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client/lib/errors.js';
import { ApplicationFailure } from '@temporalio/common/lib/failure.js';
import type { FailureKind } from '../rules/failure-kind.js';
import type { checkConnection } from '../workflows/index.js';
import { CommandError } from './command-error.js';

export type CheckAnswer =
  | { readonly kind: 'found'; readonly checkup: Awaited<ReturnType<typeof checkConnection>> }
  /** The workers' keys are not those of this command. */
  | { readonly kind: 'other-key' }
  | { readonly kind: 'not-taken' };

type Handle = WorkflowHandleWithStartDetails<typeof checkConnection>;

const patienceMs = 12_000; // a worker that polls takes a first task within a second; a busy machine has taken five
const eventsOfTakenTask = 4; // started, task scheduled, task started, task completed

/** Rejects when the signal is aborted. Whatever happens, nothing of the check goes on when this has settled. */
export async function awaitChecks(client: Client, handle: Handle, signal: AbortSignal): Promise<CheckAnswer> {
  const given = new AbortController();
  const waiting = AbortSignal.any([signal, given.signal]);
  const answer = client.withAbortSignal(waiting, () => handle.result()).then(readAnswer, readFailure);
  try {
    return await Promise.race([answer, untaken(handle, waiting)]);
  } catch (error) {
    await handle.terminate('nobody waits for the answer any more').catch(() => undefined); // it writes nothing: an orphan does no harm
    throw error;
  } finally {
    given.abort();
    await answer.catch(() => undefined);
  }
}

function readAnswer(checkup: Awaited<ReturnType<typeof checkConnection>>): CheckAnswer {
  return 'undecodable' in checkup ? { kind: 'other-key' } : { kind: 'found', checkup };
}

function readFailure(error: unknown): CheckAnswer {
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  if (error.cause.type === ('secret-unavailable' satisfies FailureKind)) return { kind: 'other-key' };
  throw new CommandError('failed', `The workers could not check: ${error.cause.message}`, 'See that workers and commands have the same version.');
}

/** Settles only when no worker has taken the first task in time. */
async function untaken(handle: Handle, signal: AbortSignal): Promise<CheckAnswer> {
  await sleep(patienceMs, undefined, { signal });
  const { historyLength } = await handle.describe();
  if (historyLength >= eventsOfTakenTask) return new Promise(() => undefined); // its steps have deadlines of their own
  await handle.terminate('no worker took it').catch(() => undefined);
  return { kind: 'not-taken' };
}
