import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { RunView } from '../domain/outcome.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { activitiesFor } from './activity-options.js';
import { AttentionGate } from './attention-gate.js';
import { Compensation } from './compensation.js';
import { DecisionGate } from './decision-gate.js';
import { endFailed, endWell } from './end.js';
import { prepare } from './prepare.js';
import { ProgressBoard } from './progress-board.js';
import { readInput, refuseWithoutLock } from './read-input.js';
import { createWithPeople, runWithPeople } from './with-people.js';

/** Brings one connection under Immuta: plan, decision, bootstrap script, registration, verification; and undoes it when that fails. */
export async function registerConnection(input: RegistrationRequest): Promise<RunView> {
  const request = readInput(input);
  refuseWithoutLock(request);
  const board = new ProgressBoard('register', request);
  const gate = new DecisionGate(board);
  const attention = new AttentionGate(board, request.requester);
  const activities = activitiesFor(request.timing);
  const undo = new Compensation(request, activities, board, attention);
  const people = { attention, board, undo };

  try {
    const looked = await prepare(activities, request, workflowInfo().firstExecutionRunId);
    if (looked.kind === 'unchanged') return await endWell(board, 'unchanged', { integrationId: looked.integrationId });
    const { prepared, platform } = looked;

    const verdict = await gate.pass(prepared, request);
    if (verdict !== 'approved') return await endWell(board, verdict);

    board.enter('running', `the bootstrap script, ${prepared.bootstrap.statementHashes.length} statements`);
    undo.noteScript(prepared, platform);
    const script = prepared.bootstrap;
    const run = await runWithPeople(activities.runBootstrap, people, {
      request,
      script,
      decisions: board.decisions,
      identity: platform.identity,
      historyReadable: platform.historyReadable,
      targets: undo.targets,
    });
    undo.noteJournal(run.journal);
    board.noteScript({ purpose: script.purpose, sha256: script.sha256, statements: run.statements, ran: run.ran, skipped: run.skipped });

    board.say('registering', 'creating the connection, then waiting until its integration is enabled');
    undo.notePost();
    const { integrationId } = await createWithPeople(activities.createConnection, people, request);
    return await endWell(board, 'registered', { integrationId });
  } catch (error) {
    return await CancellationScope.nonCancellable(() => endFailed(error, board, undo));
  }
}
