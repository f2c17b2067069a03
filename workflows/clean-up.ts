// Runs a cleanup script that was decided on, and proves that what it drops is gone. Between two tries it remembers where the script stopped: what was
// acknowledged is not sent again, and a person's word on a statement that nobody can know of is taken along.
import type { RunScriptInput } from '../activities/run-script.js';
import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { AttentionChoice } from '../domain/decision.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Attention } from '../domain/outcome.js';
import type { ObjectReference, Plan } from '../domain/plan.js';
import type { SealedScript } from '../domain/script.js';
import { dropped } from '../rules/left-over.js';
import { platformFacts } from '../rules/platform-facts.js';
import type { Activities } from './activity-options.js';
import { failureOf } from './failure-of.js';
import type { ProgressBoard } from './progress-board.js';

/** Why it is not done yet, and what may be left: the question that a person is asked. */
export type Unfinished = Pick<Attention, 'reason' | 'left' | 'choices' | 'statement'>;

/** A script, and the plan in which people see what it drops. */
export interface Cleanup {
  readonly cleanup: SealedScript;
  readonly plan: Plan;
}

export class CleanUp {
  readonly #request: ConnectionRequest;
  readonly #activities: Activities;
  readonly #board: ProgressBoard;
  #reached:
    | {
        readonly sha256: string;
        readonly resume: NonNullable<RunScriptInput['resume']> | 'ran';
        /** The statement that a person is asked about. */
        readonly unknown?: number | undefined;
      }
    | undefined;

  constructor(request: ConnectionRequest, activities: Activities, board: ProgressBoard) {
    this.#request = request;
    this.#activities = activities;
    this.#board = board;
  }

  /** `undefined` when everything that the script drops was seen to be gone. Failures of the steps are an answer here; it does not throw them. */
  async attempt({ cleanup: script, plan }: Cleanup, { identity, historyReadable }: PlatformPreflight): Promise<Unfinished | undefined> {
    const targets = dropped({ cleanup: plan.scripts.find(({ purpose }) => purpose === 'cleanup') });
    try {
      if (this.#resume(script) !== 'ran') await this.#runScript(script, identity, historyReadable);
      const after = await this.#stillThere(targets);
      if (after.length === 0) return undefined;
      this.#reached = undefined; // from the start: it did not do what it says
      return { reason: 'The cleanup script ran, and yet something it drops is still there.', left: after, choices: ['retry', 'abandon'] };
    } catch (error) {
      const { failure, journal, statement } = failureOf(error);
      if (journal !== undefined) this.#reached = { sha256: script.sha256, resume: { journal }, unknown: statement?.index };
      return {
        reason: `The cleanup failed: ${failure.message} ${failure.next}`,
        left: targets.map(({ kind, name }) => `perhaps ${kind} ${name}`),
        choices: statement === undefined ? ['retry', 'abandon'] : ['ran', 'not-run', 'retry', 'abandon'],
        statement,
      };
    }
  }

  /** Takes a person's answer to the statement whose outcome could not be known. */
  settle(choice: AttentionChoice): void {
    const reached = this.#reached;
    if (reached === undefined || reached.resume === 'ran' || (choice !== 'ran' && choice !== 'not-run')) return;
    const { journal } = reached.resume;
    const settled = choice === 'not-run' ? { ...journal, mayHaveSentThrough: journal.acknowledgedThrough } : journal;
    const ranThrough = choice === 'ran' ? reached.unknown : undefined;
    this.#reached = { ...reached, resume: { journal: settled, ranThrough } };
  }

  #resume(script: SealedScript): RunScriptInput['resume'] | 'ran' {
    return this.#reached?.sha256 === script.sha256 ? this.#reached.resume : undefined;
  }

  async #runScript(script: SealedScript, identity: RunScriptInput['identity'], historyReadable: boolean): Promise<void> {
    const resume = this.#resume(script);
    const run = await this.#activities.runCleanup({
      request: this.#request,
      script,
      decisions: this.#board.decisions,
      identity,
      historyReadable,
      targets: [],
      ...(resume === undefined || resume === 'ran' ? {} : { resume }),
    });
    this.#reached = { sha256: script.sha256, resume: 'ran' };
    this.#board.noteScript({ purpose: 'cleanup', sha256: script.sha256, statements: run.statements, ran: run.ran, skipped: run.skipped });
  }

  async #stillThere(targets: readonly ObjectReference[]): Promise<readonly string[]> {
    const objects = targets.filter(({ kind }) => platformFacts[this.#request.target.technology].lookable.has(kind));
    if (objects.length === 0) return [];
    const states = await this.#activities.inspectPlatform({ request: this.#request, objects });
    return states.filter(({ exists }) => exists).map(({ object }) => `${object.kind} ${object.name}`);
  }
}
