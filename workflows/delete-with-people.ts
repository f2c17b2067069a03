// Deleting the connection is the point of no return. Before the DELETE left, a failure or a cancellation ends the run with nothing touched. After it may
// have left the run only goes forward: it looks again, and asks a person when looking does not help.
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Sent } from '../activities/create-connection.js';
import type { DeleteConnectionInput } from '../activities/delete-connection.js';
import type { Failure } from '../domain/outcome.js';
import type { Activities } from './activity-options.js';
import type { AttentionGate } from './attention-gate.js';
import { failureOf } from './failure-of.js';
import type { ProgressBoard } from './progress-board.js';
import { Abandoned } from './with-people.js';

export interface People {
  readonly attention: AttentionGate;
  readonly board: ProgressBoard;
}

/** Returns when Immuta let go. Rethrows what stopped it before anything was sent; throws `Abandoned` when a person gives up. */
export async function deleteWithPeople(activities: Activities, people: People, input: DeleteConnectionInput): Promise<void> {
  const sent = await firstTry(activities, input);
  if (sent !== undefined) await CancellationScope.nonCancellable(() => insist(activities, people, input, sent));
}

interface SentDelete {
  readonly sent: Sent;
  /** Why it is not known to be done; absent when another look is all it takes. */
  readonly failure?: Failure | undefined;
}

async function firstTry(activities: Activities, input: DeleteConnectionInput): Promise<SentDelete | undefined> {
  try {
    await activities.deleteConnection(input);
    return undefined;
  } catch (error) {
    const { sent, unheard, failure } = failureOf(error);
    if (sent !== undefined) return { sent, failure };
    if (!unheard) throw error;
    const stands = await CancellationScope.nonCancellable(() => lookAgain(activities, input));
    if (stands === 'stands') throw error;
    const at = new Date().toISOString();
    return stands === 'gone' ? { sent: { at } } : { sent: { at, perhaps: true }, failure: stands };
  }
}

/** Whether the connection stands after an attempt of which nothing was heard, or why that cannot be seen. */
async function lookAgain(activities: Activities, { request }: DeleteConnectionInput): Promise<'stands' | 'gone' | Failure> {
  await sleep(request.timing.quietPeriod, { summary: 'nothing that was sent can still arrive after this' });
  try {
    return (await activities.prepareRemoval({ request })).kind === 'plan' ? 'stands' : 'gone';
  } catch (error) {
    const { failure } = failureOf(error);
    const message = `The run was cancelled or lost sight of before it was known whether the DELETE was sent. ${failure.message}`;
    return { ...failure, message, next: 'Look at the connection in Immuta, then answer: retry goes on with the deletion, abandon closes the run.' };
  }
}

async function insist(activities: Activities, { attention, board }: People, input: DeleteConnectionInput, first: SentDelete): Promise<void> {
  const { connectionKey } = input.request;
  const left = [`perhaps connection ${connectionKey}`, `perhaps integration ${input.integrationId}`, 'everything that the cleanup script drops'];
  for (let { sent, failure } = first; ; ) {
    if (failure !== undefined) {
      const answer = await attention.ask('delete', { reason: `${failure.message} ${failure.next}`, choices: ['retry', 'abandon'], left });
      if (answer.choice === 'abandon') throw new Abandoned(left);
      board.enter('deleting', 'looking again');
    }
    try {
      await activities.deleteConnection({ ...input, sent });
      return;
    } catch (error) {
      const step = failureOf(error);
      failure = step.failure;
      sent = step.sent ?? sent;
    }
  }
}
