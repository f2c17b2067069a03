// Two steps that may need a person in the middle: a statement whose outcome cannot be known, and an integration that stays `creating` too long.
import { CancellationScope } from '@temporalio/workflow';
import type { CreatedConnection } from '../activities/create-connection.js';
import type { RunScriptInput, ScriptRun } from '../activities/run-script.js';
import type { AttentionChoice } from '../domain/decision.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { emptyJournal } from '../rules/journal.js';
import { isSame } from '../rules/left-over.js';
import { databaseOf } from '../rules/platform-facts.js';
import type { Activities } from './activity-options.js';
import type { AttentionGate } from './attention-gate.js';
import type { Compensation } from './compensation.js';
import { failureOf } from './failure-of.js';
import type { ProgressBoard } from './progress-board.js';
import { resumed } from './resume-script.js';

/** A person closed the run with something left. */
export class Abandoned extends Error {
  readonly left: readonly string[];

  constructor(left: readonly string[]) {
    super('abandoned');
    this.left = left;
  }
}

export interface People {
  readonly attention: AttentionGate;
  readonly board: ProgressBoard;
  readonly undo: Compensation;
}

/** Runs a script to its end. `undo` in an answer rethrows the step's failure, so that compensation sees it. */
export async function runWithPeople(run: Activities['runBootstrap'], { attention, board, undo }: People, input: RunScriptInput): Promise<ScriptRun> {
  let resume: RunScriptInput['resume'];
  for (;;) {
    try {
      return await run({ ...input, ...(resume === undefined ? {} : { resume }) });
    } catch (error) {
      const { statement, journal: known, failure, choices = unknownChoices, sessionLost = false } = failureOf(error);
      undo.noteJournal(known); // the run may be cancelled while the question is open
      if (statement === undefined) throw error;
      const left = input.targets.map(({ kind, name }) => `perhaps ${kind} ${name}`);
      const reason = choices === unknownChoices ? failure.message : `${failure.message} ${failure.next}`;
      const answer = await attention.ask(sessionLost ? 'session-lost' : 'outcome-unknown', { reason, choices, statement, left });
      if (answer.choice === 'abandon') throw new Abandoned(left);
      if (answer.choice === 'undo') throw error;
      const journal = known ?? emptyJournal;
      resume = resumed(journal, answer.choice, statement.index, sessionLost);
      board.enter('running', `the ${input.script.purpose} script goes on`);
    }
  }
}

const unknownChoices: readonly AttentionChoice[] = ['ran', 'not-run', 'retry', 'undo', 'abandon'];

/** Creates the connection and waits until its integration is enabled, asking a person when that takes longer than the verify deadline. */
export async function createWithPeople(
  create: Activities['createConnection'],
  { attention, board, undo }: People,
  request: RegistrationRequest,
): Promise<CreatedConnection> {
  let sent: { readonly at: string } | undefined;
  for (;;) {
    try {
      if (sent === undefined) return await create({ request });
      const resumed = { request, sent };
      return await CancellationScope.nonCancellable(() => create(resumed)); // the connection stands: a cancel comes too late
    } catch (error) {
      const detail = failureOf(error);
      undo.noteSent(detail.sent?.at); // the run may be cancelled while the question is open
      if (detail.stillCreating !== true) throw error;
      const database = databaseOf(request.target);
      const others = undo.targets.filter((other) => !isSame(other, database)).map(({ kind, name }) => `perhaps ${kind} ${name}`);
      const left = [`connection ${request.connectionKey}`, `${database.kind} ${database.name}`, ...others];
      const answer = await attention.ask('verify', { reason: detail.failure.message, choices: ['retry', 'undo', 'abandon'], left });
      if (answer.choice === 'abandon') throw new Abandoned(left);
      if (answer.choice === 'undo') throw error;
      sent = detail.sent;
      board.enter('registering', 'waiting on until the integration is enabled');
    }
  }
}
