import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { RunView } from '../domain/outcome.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { handedOver } from '../rules/run-elsewhere.js';
import { activitiesFor } from './activity-options.js';
import { AttentionGate } from './attention-gate.js';
import { Compensation } from './compensation.js';
import { DecisionGate } from './decision-gate.js';
import { endFailed, endUndecided, endWell } from './end.js';
import { prepare, type Prepared } from './prepare.js';
import { ProgressBoard } from './progress-board.js';
import { readInput, refuseWithoutLock } from './read-input.js';
import { recordReveals } from './reveal-record.js';
import { bootstrapOf, lookForMarks, runElsewhere } from './run-elsewhere.js';
import { summaryOf } from './resume-script.js';
import { createWithPeople, runWithPeople } from './with-people.js';

/** Brings one connection under Immuta: plan, decision, bootstrap script, registration, verification; and undoes it when that fails. */
export async function registerConnection(input: RegistrationRequest): Promise<RunView> {
  const request = readInput(input);
  refuseWithoutLock(request);
  const board = new ProgressBoard('register', request);
  const gate = new DecisionGate(board);
  const attention = new AttentionGate(board, request.requester);
  recordReveals(board);
  const activities = activitiesFor(request.timing);
  const undo = new Compensation(request, activities, board, attention);
  const people = { attention, board, undo };

  try {
    const looked = await prepare(activities, request, workflowInfo().firstExecutionRunId);
    if (looked.kind === 'unchanged') return await endWell(board, 'unchanged', { integrationId: looked.integrationId });

    const verdict = looked.prepared.policy.effective === 'external' ? await haveRun(looked) : await gate.pass(looked.prepared, request);
    if (verdict === 'rejected' || verdict === 'expired') return await endUndecided(verdict, board, undo);
    if (verdict === 'approved') await run(looked);

    board.say('registering', 'creating the connection, then waiting until its integration is enabled');
    undo.notePost();
    const { integrationId } = await createWithPeople(activities.createConnection, people, request);
    return await endWell(board, 'registered', { integrationId });
  } catch (error) {
    return await CancellationScope.nonCancellable(() => endFailed(error, board, undo));
  }

  async function run({ prepared, platform }: Planned): Promise<void> {
    const script = prepared.bootstrap;
    board.enter('running', `the bootstrap script, ${script.statementHashes.length} statements`);
    undo.noteScript(prepared, platform);
    const ran = await runWithPeople(activities.runBootstrap, people, {
      request,
      script,
      decisions: board.decisions,
      identity: platform.identity,
      historyReadable: platform.historyReadable,
      targets: undo.targets,
    });
    undo.noteJournal(ran.journal);
    board.noteScript(summaryOf(script, ran));
  }

  /** A person runs it elsewhere. From the moment it can be taken, something of it may be left. */
  async function haveRun({ prepared, platform }: Planned): Promise<'ran' | 'rejected' | 'expired'> {
    const before = await lookForMarks(activities, { request, prepared });
    undo.noteScript(prepared, { ...platform, existing: [...platform.existing, ...before] });
    undo.noteJournal(handedOver(bootstrapOf(prepared), before, new Date().toISOString()));
    const verdict = await runElsewhere(activities, { gate, attention, board }, { request, prepared, before });
    if (verdict !== 'ran') return verdict;
    board.enter('running', 'the bootstrap script was run elsewhere, and what it makes is there');
    const { sha256, statementHashes } = prepared.bootstrap;
    board.noteScript({ purpose: 'bootstrap', sha256, statements: statementHashes.length, ran: 0, skipped: statementHashes.length });
    return verdict;
  }
}

type Planned = Prepared & { readonly kind: 'planned' };
