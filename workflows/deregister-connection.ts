import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { DeregistrationRequest } from '../domain/deregistration-request.js';
import type { RunView } from '../domain/outcome.js';
import { activitiesFor } from './activity-options.js';
import { AttentionGate } from './attention-gate.js';
import { CleanUp, type Cleanup } from './clean-up.js';
import { DecisionGate } from './decision-gate.js';
import { deleteWithPeople, type People } from './delete-with-people.js';
import { endUntouched, endWell } from './end.js';
import { prepareRemoval } from './prepare-removal.js';
import { ProgressBoard } from './progress-board.js';
import { recordReveals } from './reveal-record.js';
import { readInput, refuseWithoutLock } from './read-input.js';
import { Abandoned } from './with-people.js';

/** Takes one connection out of Immuta: plan, decision, DELETE; then only forward: cleanup script, verified absence. */
export async function deregisterConnection(input: DeregistrationRequest): Promise<RunView> {
  const request = readInput(input);
  refuseWithoutLock(request);
  const board = new ProgressBoard('deregister', request);
  const gate = new DecisionGate(board);
  const attention = new AttentionGate(board, request.requester);
  recordReveals(board);
  const activities = activitiesFor(request.timing);
  const people = { attention, board };

  try {
    const looked = await prepareRemoval(activities, request, workflowInfo().firstExecutionRunId);
    if (looked.kind === 'unchanged') return await endWell(board, 'unchanged');
    const { prepared, platform } = looked;
    const { integrationId, childCeiling, createdAt } = prepared;

    const verdict = await gate.pass(prepared, request);
    if (verdict !== 'approved') return await endWell(board, verdict);

    board.note({ integrationId });
    board.enter('deleting', 'the connection in Immuta, then waiting until Immuta let go of its integration');
    await deleteWithPeople(activities, people, { request, integrationId, childCeiling, createdAt });

    return await CancellationScope.nonCancellable(async () => {
      board.say('cleaning', `the cleanup script, ${prepared.cleanup.statementHashes.length} statements`);
      await cleanWithPeople(new CleanUp(request, activities, board), people, prepared, platform);
      return await endWell(board, 'deregistered');
    });
  } catch (error) {
    return await CancellationScope.nonCancellable(() => endUntouched(error, board));
  }
}

/** Goes on until everything is gone; throws `Abandoned` when a person closes it with something left. */
async function cleanWithPeople(cleanUp: CleanUp, { attention, board }: People, prepared: Cleanup, platform: PlatformPreflight): Promise<void> {
  for (;;) {
    const unfinished = await cleanUp.attempt(prepared, platform);
    if (unfinished === undefined) return;
    const { ask = 'cleanup', ...question } = unfinished;
    const answer = await attention.ask(ask, question);
    if (answer.choice === 'abandon') throw new Abandoned(unfinished.left);
    cleanUp.settle(answer);
    board.enter('cleaning', 'the cleanup script goes on');
  }
}
