// Runs a cleanup script that was decided on, and proves that what it drops is gone. Between two tries it remembers where the script stopped: what was
// acknowledged is not sent again, and a person's word on a statement that nobody can know of is taken along. Under the policy `external` it runs
// nothing: it asks for the script to be run elsewhere, and believes that it was when what can be looked up is gone.
import type { RunScriptInput } from '../activities/run-script.js';
import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { Decision } from '../domain/decision.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Attention } from '../domain/outcome.js';
import type { ObjectReference, Plan } from '../domain/plan.js';
import type { SealedScript } from '../domain/script.js';
import { dropped } from '../rules/left-over.js';
import { isLookable } from '../rules/platform-facts.js';
import type { Activities } from './activity-options.js';
import { ranCleanup, type Answered } from './attention-gate.js';
import { failureOf } from './failure-of.js';
import type { ProgressBoard } from './progress-board.js';
import { resumed, summaryOf } from './resume-script.js';

/** Why it is not done yet, and what may be left: the question that a person is asked. */
export type Unfinished = Pick<Attention, 'reason' | 'left' | 'choices' | 'statement'> &
  Partial<Pick<Attention, 'digest'>> & {
    /** The name under which it is asked, where it has one of its own. */
    readonly ask?: typeof ranCleanup | 'outcome-unknown' | undefined;
  };

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
        /** The statement that a person is asked about, and whether it ran and left something in a session that is lost. */
        readonly asked?: { readonly index: number; readonly sessionLost: boolean } | undefined;
      }
    | undefined;
  /** Somebody says that this script was run elsewhere. */
  #said: { readonly sha256: string; readonly decision: Decision | undefined } | undefined;
  #asked: string | undefined;

  constructor(request: ConnectionRequest, activities: Activities, board: ProgressBoard) {
    this.#request = request;
    this.#activities = activities;
    this.#board = board;
  }

  /** `undefined` when everything that the script drops was seen to be gone. Failures of the steps are an answer here; it does not throw them. */
  async attempt(cleanup: Cleanup, platform: PlatformPreflight): Promise<Unfinished | undefined> {
    const { plan } = cleanup;
    const targets = dropped({ cleanup: plan.scripts.find(({ purpose }) => purpose === 'cleanup') });
    return this.#request.script.policy === 'external' ? this.#attemptElsewhere(cleanup, targets) : this.#attemptHere(cleanup, targets, platform);
  }

  async #attemptHere(
    { cleanup: script }: Cleanup,
    targets: readonly ObjectReference[],
    { identity, historyReadable }: PlatformPreflight,
  ): Promise<Unfinished | undefined> {
    try {
      if (this.#resume(script) !== 'ran') await this.#runScript(script, identity, historyReadable);
      const after = await this.#stillThere(targets);
      if (after.length === 0) return undefined;
      this.#reached = undefined; // from the start: it did not do what it says
      return { reason: 'The cleanup script ran, and yet something it drops is still there.', left: after, choices: ['retry', 'abandon'] };
    } catch (error) {
      const { failure, journal, statement, choices = ['ran', 'not-run', 'retry', 'abandon'], sessionLost = false } = failureOf(error);
      const asked = statement === undefined ? undefined : { index: statement.index, sessionLost };
      if (journal !== undefined) this.#reached = { sha256: script.sha256, resume: { journal }, asked };
      return {
        reason: `The cleanup failed: ${failure.message} ${failure.next}`,
        left: targets.map(({ kind, name }) => `perhaps ${kind} ${name}`),
        choices: statement === undefined ? ['retry', 'abandon'] : choices.filter((choice) => choice !== 'undo'), // this is the undo
        statement,
      };
    }
  }

  /** Nothing is run here. What cannot be looked up is gone by the word of the person alone. */
  async #attemptElsewhere({ cleanup: script, plan }: Cleanup, targets: readonly ObjectReference[]): Promise<Unfinished | undefined> {
    const said = this.#said?.sha256 === script.sha256 ? this.#said : undefined;
    const before = this.#resume(script) === 'ran';
    this.#said = undefined;
    this.#asked = script.sha256;
    const question = { choices: ['ran', 'abandon'], digest: plan.digest, ask: ranCleanup } as const;
    if (said === undefined && !before) {
      const left = targets.map(({ kind, name }) => `${kind} ${name}`);
      return { ...question, left, reason: 'The cleanup script waits to be run elsewhere. When all of it ran, answer "ran" with the digest.' };
    }
    const by = said?.decision?.by ?? 'Somebody';
    this.#reached = undefined;
    try {
      const still = await this.#stillThere(targets);
      if (still.length > 0)
        return {
          ...question,
          left: still,
          reason: `${by} said that the cleanup script ran, but what it drops is still there. Run all of it, then answer "ran" again.`,
        };
    } catch (error) {
      const { failure } = failureOf(error);
      const left = targets.map(({ kind, name }) => `perhaps ${kind} ${name}`);
      return {
        ...question,
        left,
        reason: `${by} said that the cleanup script ran, but it could not be looked at: ${failure.message} ${failure.next}`,
      };
    }
    this.#reached = { sha256: script.sha256, resume: 'ran' };
    if (said?.decision !== undefined) this.#board.decisions.push(said.decision);
    const { length } = script.statementHashes;
    this.#board.noteScript({ purpose: 'cleanup', sha256: script.sha256, statements: length, ran: 0, skipped: length });
    return undefined;
  }

  /** A person's word that the script was run elsewhere waits to be looked into. */
  get isTold(): boolean {
    return this.#said !== undefined;
  }

  /** Takes a person's answer: to the statement whose outcome could not be known, or that the script was run elsewhere. */
  settle({ attention, choice, decision }: Answered): void {
    if (attention === ranCleanup) {
      this.#said = choice === 'ran' && this.#asked !== undefined ? { sha256: this.#asked, decision } : undefined;
      return;
    }
    const reached = this.#reached;
    if (reached === undefined || reached.resume === 'ran' || (choice !== 'ran' && choice !== 'not-run')) return;
    const { asked, resume } = reached;
    if (asked !== undefined) this.#reached = { ...reached, resume: resumed(resume.journal, choice, asked.index, asked.sessionLost) };
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
    this.#board.noteScript(summaryOf(script, run));
  }

  async #stillThere(targets: readonly ObjectReference[]): Promise<readonly string[]> {
    const objects = targets.filter((object) => isLookable(this.#request.target.technology, object));
    if (objects.length === 0) return [];
    const states = await this.#activities.inspectPlatform({ request: this.#request, objects });
    return states.filter(({ exists }) => exists).map(({ object }) => `${object.kind} ${object.name}`);
  }
}
