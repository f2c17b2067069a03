// Deleting the connection is the point of no return. Before the DELETE left, a failure or a cancellation ends the run with nothing touched. After it may
// have left the run only goes forward: it looks again, and asks a person when looking does not help.
import { CancellationScope, sleep } from '@temporalio/workflow';
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
  readonly at: string;
  /** Why it is not known to be done; absent when another look is all it takes. */
  readonly failure?: Failure | undefined;
}

async function firstTry(activities: Activities, input: DeleteConnectionInput): Promise<SentDelete | undefined> {
  try {
    await activities.deleteConnection(input);
    return undefined;
  } catch (error) {
    const { sent, unheard, failure } = failureOf(error);
    if (sent !== undefined) return { ...sent, failure };
    const at = new Date().toISOString();
    if (!unheard || (await CancellationScope.nonCancellable(() => stillStands(activities, input)))) throw error;
    return { at };
  }
}

/** Whether the connection stands after an attempt of which nothing was heard. What cannot be looked at counts as deleted: that way leads forward. */
async function stillStands(activities: Activities, { request }: DeleteConnectionInput): Promise<boolean> {
  await sleep(request.timing.quietPeriod, { summary: 'nothing that was sent can still arrive after this' });
  try {
    return (await activities.prepareRemoval({ request })).kind === 'plan';
  } catch {
    return false;
  }
}

async function insist(activities: Activities, { attention, board }: People, input: DeleteConnectionInput, first: SentDelete): Promise<void> {
  const { connectionKey } = input.request;
  const left = [`perhaps connection ${connectionKey}`, `perhaps integration ${input.integrationId}`, 'everything that the cleanup script drops'];
  for (let { at, failure } = first; ; ) {
    if (failure !== undefined) {
      const answer = await attention.ask('delete', { reason: `${failure.message} ${failure.next}`, choices: ['retry', 'abandon'], left });
      if (answer.choice === 'abandon') throw new Abandoned(left);
      board.enter('deleting', 'looking again');
    }
    try {
      await activities.deleteConnection({ ...input, sent: { at } });
      return;
    } catch (error) {
      const step = failureOf(error);
      failure = step.failure;
      at = step.sent?.at ?? at;
    }
  }
}
