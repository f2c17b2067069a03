// Undoes a failed registration. It is told before each step what that step may leave behind; when one fails it looks at what exists, chooses by the
// table (rules/choose-undo.ts), takes out what it made in Immuta (take-out.ts), runs the cleanup script that was decided together with the bootstrap
// script (clean-up.ts), and proves that everything is gone. What cannot be finished stays in front of a person. It runs shielded from cancellation.
import { sleep } from '@temporalio/workflow';
import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { RegistrationState } from '../activities/inspect-registration.js';
import type { ObjectState } from '../activities/ports.js';
import type { ObjectReference, PreparedPlan } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { chooseUndo, type UndoFacts, type UndoRow } from '../rules/choose-undo.js';
import { emptyJournal, notRun, unknownCount, type Journal } from '../rules/journal.js';
import { dropped, isSame, leftOver, undropped, unseen, type Scripts } from '../rules/left-over.js';
import { isLookable } from '../rules/platform-facts.js';
import type { Activities } from './activity-options.js';
import type { Answered, AttentionGate } from './attention-gate.js';
import { CleanUp, type Cleanup } from './clean-up.js';
import { failureOf } from './failure-of.js';
import type { ProgressBoard } from './progress-board.js';
import { TakeOut, type Removal, type UnfinishedUndo } from './take-out.js';

export type Undone =
  /** Nothing had been written. */
  | { readonly kind: 'nothing' }
  /** Everything this run made is gone, and was seen to be gone. */
  | { readonly kind: 'cleaned' }
  | { readonly kind: 'abandoned'; readonly left: readonly string[] };

export class Compensation {
  readonly #request: RegistrationRequest;
  readonly #activities: Activities;
  readonly #board: ProgressBoard;
  readonly #attention: AttentionGate;
  readonly #cleanUp: CleanUp;
  readonly #takeOut: TakeOut;
  #prepared: (PreparedPlan & { kind: 'plan' }) | undefined;
  #platform: PlatformPreflight | undefined;
  #journal: Journal | undefined;
  #begunAt: string | undefined;
  #sentAt: string | undefined;
  #postMayBeSent = false;
  /** What stood when this undo first looked: nothing that was sent by then can arrive any more, so what is made later is made by others. */
  #stood: readonly ObjectState[] | undefined;
  /** A person was asked to remove by hand what nobody can look up, and said that it is seen to. */
  #seenTo = false;
  /** Nothing of the bootstrap script is under way or running any more. */
  #settled = false;
  /** There is no script for what is left: a person removes it. */
  #byHand = false;

  constructor(request: RegistrationRequest, activities: Activities, board: ProgressBoard, attention: AttentionGate) {
    this.#request = request;
    this.#activities = activities;
    this.#board = board;
    this.#attention = attention;
    this.#cleanUp = new CleanUp(request, activities, board);
    this.#takeOut = new TakeOut(request, activities, this.#cleanUp);
  }

  /** Before the bootstrap script: from here on something may be left on the platform. */
  noteScript(prepared: PreparedPlan & { kind: 'plan' }, platform: PlatformPreflight): void {
    this.#prepared = prepared;
    this.#platform = platform;
    this.#begunAt = new Date().toISOString();
  }

  /** A person was asked about what could not be known, and said to undo all the same. */
  noteSeenTo(): void {
    this.#settled = true;
  }

  noteJournal(journal: Journal | undefined): void {
    if (journal === undefined) return;
    this.#journal = journal;
    const { acknowledgedThrough, skipped } = journal;
    const ran = acknowledgedThrough + 1 - skipped;
    if (this.#prepared === undefined || ran <= 0) return; // what was handed over may not have been run yet
    const { sha256, statementHashes } = this.#prepared.bootstrap;
    this.#board.noteScript({ purpose: 'bootstrap', sha256, statements: statementHashes.length, ran, skipped });
  }

  /** The script was cancelled before any worker had it: what is on record is all there is. */
  noteNeverBegan(): void {
    this.#journal ??= emptyJournal;
  }

  /** Before the POST: from here on something may be left in Immuta. */
  notePost(): void {
    this.#postMayBeSent = true;
    this.#sentAt = new Date().toISOString(); // not before now; whoever sends it says when
  }

  noteSent(sentAt: string | undefined): void {
    if (sentAt !== undefined) this.#sentAt = sentAt;
  }

  /** What the cleanup script would drop, and what else the bootstrap script makes: statements that make one of these are on record with their time. */
  get targets(): readonly ObjectReference[] {
    return [...dropped(this.#scripts), ...undropped(this.#scripts)];
  }

  /** Undoes everything, or asks until a person abandons it. */
  async run(): Promise<Undone> {
    if (!this.#wroteOnPlatform() && !this.#postMayBeSent) return { kind: 'nothing' };
    this.#board.enter('undoing', 'looking at what the run left behind');
    if (!this.#isExternal || this.#postMayBeSent)
      await sleep(this.#request.timing.quietPeriod, { summary: 'nothing that was sent can still arrive after this' });
    for (;;) {
      const unfinished = await this.#undoOnce();
      if (unfinished === undefined) return { kind: 'cleaned' };
      const { removal, ask = 'undo', ...question } = unfinished;
      const digest = removal?.plan.digest ?? question.digest;
      const answer = await this.#attention.ask(ask, { ...question, ...(digest === undefined ? {} : { digest }) });
      if (answer.choice === 'abandon') return { kind: 'abandoned', left: question.left };
      this.#take(answer, unfinished);
      this.#board.enter('undoing', 'trying again');
    }
  }

  /** What the answer says about the next try. With `undo` it is the decision on the plan whose digest it carries. */
  #take(answer: Answered, { removal, statement, ask }: UnfinishedUndo): void {
    this.#cleanUp.settle(answer);
    if (statement !== undefined && ask === 'outcome-unknown') this.#settled = answer.choice === 'ran' || answer.choice === 'not-run';
    if (statement !== undefined && ask === 'outcome-unknown' && answer.choice === 'not-run')
      this.noteJournal(notRun(this.#journal ?? emptyJournal, statement.index));
    this.#seenTo ||= answer.choice === 'retry' && this.#byHand;
    if (answer.choice !== 'undo' || removal === undefined) return;
    this.#takeOut.accept(removal);
    if (answer.decision !== undefined) this.#board.decisions.push(answer.decision);
  }

  /** `undefined` when all is gone; else why it is not, and what is left. */
  async #undoOnce(): Promise<UnfinishedUndo | undefined> {
    let left: readonly string[] = this.targets.map(({ kind, name }) => `perhaps ${kind} ${name}`);
    try {
      const unsettled = await this.#settle();
      if (unsettled !== undefined) return { ...unsettled, left };
      const [registration, states] = await Promise.all([this.#lookAtImmuta(), this.#lookAtPlatform()]);
      this.#stood ??= states;
      left = [...this.#standing(states), ...this.#unseen(states), ...registrationLeft(registration, this.#request)];
      if (this.#isExternal && !this.#cleanUp.isTold && [...existing(states), ...registrationLeft(registration, this.#request)].length === 0)
        return undefined; // nobody ran it
      const row = this.#choose(registration, states);
      if (row.row === 6 && row.do === 'ask' && left.length === 0) return undefined; // nothing to clean up, or a person did
      this.#byHand = row.row === 6 && row.do === 'ask';
      const unfinished = await this.#carryOut(row, registration);
      if (unfinished?.removal !== undefined) return await this.#beforeDeciding(unfinished, unfinished.removal, left);
      if (unfinished !== undefined)
        return { ...unfinished, left: unfinished.left.length > 0 ? together(unfinished.left, this.#leftOver(states)) : left };
      return await this.#whatIsLeft();
    } catch (error) {
      const { failure } = failureOf(error);
      return { reason: `The undo failed: ${failure.message} ${failure.next}`, left, choices: ['retry', 'abandon'] };
    }
  }

  /** A statement may still run on the platform although nobody waits for it any more: what it makes would come after the last look. */
  async #settle(): Promise<Omit<UnfinishedUndo, 'left'> | undefined> {
    const [prepared, platform] = [this.#prepared, this.#platform];
    if (prepared === undefined || platform === undefined || this.#settled) return undefined;
    const script = prepared.bootstrap;
    const journal = this.#journal ?? { ...emptyJournal, mayHaveSentThrough: script.statementHashes.length - 1 };
    const resume = { journal, ...(this.#begunAt === undefined ? {} : { begunAt: this.#begunAt }) };
    if (unknownCount(journal) === 0) return undefined;
    this.#board.say('undoing', 'finding out whether a statement still runs on the platform');
    const { identity, historyReadable } = platform;
    const input = { request: this.#request, script, decisions: this.#board.decisions, identity, historyReadable, targets: this.targets };
    try {
      this.noteJournal((await this.#activities.settleBootstrap({ ...input, resume, settleOnly: true })).journal);
      this.#settled = true;
      return undefined;
    } catch (error) {
      const { failure, statement, journal: known } = failureOf(error);
      this.noteJournal(known);
      if (statement === undefined) throw error;
      return { reason: failure.message, statement, ask: 'outcome-unknown', choices: ['ran', 'not-run', 'retry', 'abandon'] };
    }
  }

  /** The scripts are Immuta's word, not a proof: nothing is called clean that was not seen to be gone. */
  async #whatIsLeft(): Promise<UnfinishedUndo | undefined> {
    const [registration, states] = await Promise.all([this.#lookAtImmuta(), this.#lookAtPlatform()]);
    const still = [...this.#standing(states), ...registrationLeft(registration, this.#request)];
    if (still.length === 0) return undefined;
    const reason = `The cleanup script ran, and yet this is still there: ${still.join(', ')}. Remove it by hand, then answer retry.`;
    return { reason, left: still, choices: ['retry', 'abandon'] };
  }

  async #carryOut(row: UndoRow, { integrationId }: RegistrationState): Promise<UnfinishedUndo | undefined> {
    const decided = this.#decided;
    const platform = this.#platform;
    if (row.do === 'nothing' || platform === undefined) return undefined;
    const script = this.#takeOut.owed ?? decided;
    if (row.do === 'deregister') {
      this.#board.say('undoing', 'taking the connection out of Immuta, then running its cleanup script');
      return this.#takeOut.connection(decided, platform);
    }
    if (row.do === 'remove-integration' && integrationId !== undefined) {
      this.#board.say('undoing', 'waiting for the integration, then running the cleanup script and removing it');
      return this.#takeOut.integration(integrationId, decided, platform);
    }
    if (row.do === 'run-cleanup' && script !== undefined) {
      this.#board.say('undoing', `running the cleanup script, ${script.cleanup.statementHashes.length} statements`);
      return this.#cleanUp.attempt(script, platform);
    }
    return { reason: whyAsk(row, this.#request), left: [], choices: ['retry', 'abandon'] };
  }

  /** The scripts are run elsewhere, by a person. */
  get #isExternal(): boolean {
    return this.#request.script.policy === 'external';
  }

  /** The cleanup script that was decided together with the bootstrap script. */
  get #decided(): Cleanup | undefined {
    const { cleanup, plan } = this.#prepared ?? {};
    return cleanup === undefined || plan === undefined ? undefined : { cleanup, plan };
  }

  get #scripts(): Scripts {
    const scripts = this.#prepared?.plan.scripts ?? [];
    const of = (wanted: 'bootstrap' | 'cleanup') => scripts.find(({ purpose }) => purpose === wanted);
    return { bootstrap: of('bootstrap'), cleanup: of('cleanup') };
  }

  #choose(registration: RegistrationState, states: readonly ObjectState[]): UndoRow {
    const drops = this.#drops(this.#scripts, this.#dropped(states));
    const owed = this.#takeOut.owed?.plan.scripts.find(({ purpose }) => purpose === 'cleanup');
    // Whoever let an undecided script run was told what it drops. What others have made since then was not there to be told of.
    const since = this.#compared(states).filter(
      ({ object, madeSince }) =>
        madeSince &&
        dropped({ cleanup: owed }).some((other) => isSame(other, object)) &&
        !drops.targets.some((other) => isSame(other.object, object)),
    );
    return chooseUndo({
      wroteOnPlatform: this.#wroteOnPlatform(),
      postSent: this.#postMayBeSent,
      ...drops,
      targets: [...drops.targets, ...since],
      connection: registration.connection,
      integration: registration.integration,
      cleanupAvailable: (this.#takeOut.owed ?? this.#decided) !== undefined,
    });
  }

  /** What a cleanup script would drop, and what is known of it. */
  #drops(scripts: Scripts, states: readonly ObjectState[]): Pick<UndoFacts, 'unnamedDrops' | 'targets' | 'unseen' | 'creations'> {
    return {
      unnamedDrops: unnamedDrops(scripts),
      targets: this.#compared(states),
      unseen: dropped(scripts).filter((object) => !this.#isLookable(object)),
      creations: this.#journal?.creations ?? [],
    };
  }

  /** A script that nobody has decided on may drop what is not this run's: whoever decides on it is told, and of everything that is left. */
  async #beforeDeciding(question: UnfinishedUndo, { plan }: Removal, left: readonly string[]): Promise<UnfinishedUndo> {
    const scripts: Scripts = { bootstrap: undefined, cleanup: plan.scripts.find(({ purpose }) => purpose === 'cleanup') };
    const states = await this.#look(dropped(scripts));
    const facts = { ...this.#drops(scripts, states), wroteOnPlatform: true, postSent: true, connection: 'absent', integration: 'absent' } as const;
    const row = chooseUndo({ ...facts, cleanupAvailable: true });
    const warning = row.row === 2 ? ` It would drop ${row.notOurs.join(', ')}, and it is not proved that this run made it.` : '';
    return {
      ...question,
      reason: `${question.reason}${warning}`,
      left: together(question.left, left),
    };
  }

  #dropped(states: readonly ObjectState[]): readonly ObjectState[] {
    const drops = dropped(this.#scripts);
    return states.filter(({ object }) => drops.some((other) => isSame(other, object)));
  }

  /** What the cleanup script would drop, and what it would leave of this run's making, as far as it stands. */
  #standing(states: readonly ObjectState[]): readonly string[] {
    return [...existing(this.#dropped(states)), ...this.#leftOver(states)];
  }

  #leftOver(states: readonly ObjectState[]): readonly string[] {
    return leftOver(this.#scripts, this.#compared(states), this.#journal);
  }

  #compared(states: readonly ObjectState[]): UndoFacts['targets'] {
    const before = this.#platform?.existing ?? [];
    return states.map((state) => ({
      ...state,
      existedBefore: before.some((then) => then.exists && isSame(then.object, state.object)),
      madeSince:
        state.exists && !this.#isExternal && (this.#stood ?? []).some((then) => isSame(then.object, state.object) && !isTheSameOne(then, state)),
    }));
  }

  /** Without a cleanup script nobody can call clean what nobody can look for. */
  #unseen(states: readonly ObjectState[]): readonly string[] {
    return this.#prepared?.cleanup === undefined && !this.#seenTo ? unseen(this.#scripts, this.#compared(states), this.#journal) : [];
  }

  async #lookAtImmuta(): Promise<RegistrationState> {
    if (!this.#postMayBeSent) return { connection: 'absent', integration: 'absent' };
    return this.#activities.inspectRegistration({ request: this.#request, sentAt: this.#sentAt });
  }

  async #lookAtPlatform(): Promise<readonly ObjectState[]> {
    return this.#look(this.targets);
  }

  async #look(wanted: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
    const objects = wanted.filter((object) => this.#isLookable(object));
    if (objects.length === 0) return [];
    return this.#activities.inspectPlatform({ request: this.#request, objects });
  }

  #isLookable(object: ObjectReference): boolean {
    return isLookable(this.#request.target.technology, object);
  }

  /** A statement that is neither session nor read was acknowledged, or may have been sent. A script without any record may have sent everything. */
  #wroteOnPlatform(): boolean {
    if (this.#prepared === undefined) return false;
    const { mayHaveSentThrough } = this.#journal ?? { mayHaveSentThrough: Infinity };
    return (this.#scripts.bootstrap?.statements ?? []).some(
      (statement) => statement.index <= mayHaveSentThrough && statement.class !== 'session' && statement.class !== 'read',
    );
  }
}

/** Each thing once: what is listed may say more of it. */
function together(listed: readonly string[], more: readonly string[]): readonly string[] {
  return [...listed, ...more.filter((item) => !listed.some((known) => known.startsWith(item)))];
}

/** Drops of the cleanup script whose object only the platform could tell: nobody can prove that they are ours. */
function unnamedDrops({ cleanup }: Scripts): readonly string[] {
  return (cleanup?.statements ?? []).flatMap(({ class: statementClass, object, line }) =>
    statementClass === 'drop' && object === undefined ? [`what line ${line} drops`] : [],
  );
}

/** Without both times nobody can tell, and one that stood is taken for the same. */
function isTheSameOne(then: ObjectState, now: ObjectState): boolean {
  if (!then.exists) return false;
  return then.createdAt === undefined || now.createdAt === undefined || Date.parse(then.createdAt) === Date.parse(now.createdAt);
}

function existing(states: readonly ObjectState[]): string[] {
  return states.filter(({ exists }) => exists).map(({ object }) => `${object.kind} ${object.name}`);
}

function registrationLeft({ connection, integration, integrationId }: RegistrationState, { connectionKey }: RegistrationRequest): string[] {
  const left: string[] = [];
  if (connection === 'ours') left.push(`connection ${connectionKey}`);
  if (integration === 'ours') left.push(`integration ${integrationId ?? ''}`.trim());
  return left;
}

function whyAsk(row: UndoRow, { connectionKey }: RegistrationRequest): string {
  switch (row.row) {
    case 2:
      return `The cleanup script would drop ${row.notOurs.join(', ')}, and it is not proved that this run made it: nothing is dropped. Look at it; when it is gone, or was seen to, answer retry.`;
    case 3:
      return `A connection "${connectionKey}" stands in Immuta that this run did not create: it is not touched.`;
    case 1:
    case 4:
    case 5:
    case 6:
      return 'Immuta gave no cleanup script. Remove by hand what is listed, then answer retry.';
  }
}
