// Runs one script, one statement at a time, in one session. What it guarantees, and from which memory:
// - an acknowledged statement is not sent again, and none is skipped: the journal, stored by the Temporal server before a statement leaves and after
//   its answer (journal-keeper.ts);
// - a worker that was given up sends nothing more: the lease, which is that same record, counted on the machine's monotonic clock (runner-process.ts);
// - a statement whose answer was lost is not guessed: the platform's own history by tag, asked after the quiet period (settle-unknown.ts); where it is
//   silent, the platform's objects with their creation time and owner (prove-by-objects.ts); where they are too, a person;
// - the script means in a new session what it meant in the old one: the decided script says what each statement leaves, the journal where the
//   platform said the session stood (restore-session.ts);
// - nothing that was not decided runs: the runner compares the hash of every statement with the decided plan right before it sends it;
// - nothing is registered on an acknowledgement alone: what the bootstrap script made in the account is looked at (verify-made.ts).
import { activityInfo } from '@temporalio/activity';
import type { Decision } from '../domain/decision.js';
import type { ObjectReference, PlannedStatement } from '../domain/plan.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { SealedScript } from '../domain/script.js';
import { durationMs } from '../rules/duration.js';
import { emptyJournal, longestStatementMs, readJournal, unknownCount, type Journal } from '../rules/journal.js';
import { isSame } from '../rules/left-over.js';
import { planScript } from '../sql/plan-script.js';
import { sessionEffects, type SessionEffect } from '../sql/session-effect.js';
import { applicationFailure, isPortError, refusal, StepCancelled } from './application-failure.js';
import { isoTime, systemClock, type Clock } from './clock.js';
import { JournalKeeper } from './journal-keeper.js';
import type { OpenPlatform, PlatformSession, ScriptSeal } from './ports.js';
import { openRecord, recorded, type HeartbeatRecord } from './awaited-heartbeat.js';
import { readConnectionRequest, refuseShortTiming } from './request.js';
import { isMadeByUs } from './prove-by-objects.js';
import { restoreSession, SessionLost } from './restore-session.js';
import { NotSeen, OutcomeUnknown, settleUnknown } from './settle-unknown.js';
import { verifyMade } from './verify-made.js';

export interface RunScriptInput {
  readonly request: ConnectionRequest;
  readonly script: SealedScript;
  /** Who allowed it: people, or the policy of the worker. */
  readonly decisions: readonly Decision[];
  /** Who preflight logged in as: the session of the script must be the same. */
  readonly identity: { readonly user: string; readonly role: string };
  /** Whether the platform's query history could be read at preflight: without it one record covers one statement. */
  readonly historyReadable: boolean;
  /** What the cleanup script would drop: statements that create one of these are on record with their time. */
  readonly targets: readonly ObjectReference[];
  /** Where an earlier activity of this run stopped, and through which statement, if any, a person says that the script ran. */
  readonly resume?:
    | {
        readonly journal: Journal;
        readonly ranThrough?: number | undefined;
        /** When a script of which no journal is left was begun, ISO 8601, the server's clock. */
        readonly begunAt?: string | undefined;
      }
    | undefined;
  /** Runs nothing: only finds out, before an undo looks at the platform, that nothing of the script is under way or running there any more. */
  readonly settleOnly?: true | undefined;
}

export interface ScriptRun {
  readonly statements: number;
  readonly ran: number;
  readonly skipped: number;
  readonly journal: Journal;
  /** The platform's ids of the statements that this attempt ran, in order. */
  readonly queryIds: readonly string[];
}

export interface RunScriptDependencies {
  readonly openPlatform: OpenPlatform;
  readonly seal: ScriptSeal;
  readonly allowAutomatic: boolean;
  readonly allowShortTiming: boolean;
  /** The machine's unless given. */
  readonly clock?: Clock | undefined;
}

/** One statement may take this long on the platform before its runner is killed and its outcome settled. */
const statementTimeoutMs = longestStatementMs;
/** The server stores one record for up to this many statements, where their outcome can be read from the platform's history afterwards. */
const recordWindow = 8;

export function createRunScript(dependencies: RunScriptDependencies) {
  const { clock = systemClock } = dependencies;
  return async function runScript(input: RunScriptInput): Promise<ScriptRun> {
    const step = `${input.script.purpose} script`;
    const last = input.script.statementHashes.length - 1;
    const record = openRecord<Journal>((journal) => ({ ...journal, mayHaveSentThrough: Math.max(last, journal.mayHaveSentThrough) }), clock);
    let before: Journal | undefined;
    let keeper: JournalKeeper | undefined;
    try {
      before = recorded(readJournal) ?? input.resume?.journal ?? emptyJournal;
      const request = readConnectionRequest(input.request);
      refuseShortTiming(request, dependencies.allowShortTiming);
      refuseExternal(request);
      refuseUndecided(input.decisions, dependencies.allowAutomatic);
      const script = openScript(dependencies.seal, input.script);
      keeper = startJournal(request, record, before, { historyReadable: input.historyReadable, clock });
      takeAnswer(keeper, input.resume);
      // All the while: a login or a look at the history may take longer than a lease, and each has a deadline of its own.
      return await keeper.renewingWhile(runStatements({ ...dependencies, clock, request, input, script, keeper, record, unsettledThrough: -1 }));
    } catch (error) {
      const journal = keeper?.journal ?? before; // whatever stops this attempt, what earlier ones did stays on record
      if (journal !== undefined) record.conclude(journal);
      if (error instanceof OutcomeUnknown) throw applicationFailure(error, step, { journal, statement: error.statement });
      if (error instanceof NotSeen) throw applicationFailure(error, step, { journal, statement: error.statement, choices: error.choices });
      if (error instanceof SessionLost)
        throw applicationFailure(error, step, { journal, statement: error.statement, choices: error.choices, sessionLost: true });
      throw applicationFailure(error, step, { journal });
    }
  };
}

interface Script {
  readonly texts: readonly string[];
  readonly planned: readonly PlannedStatement[];
  /** What each leaves in its session. Read only where a session has ended. */
  readonly effects: () => readonly SessionEffect[];
}

interface Run extends RunScriptDependencies {
  readonly clock: Clock;
  readonly request: ConnectionRequest;
  readonly input: RunScriptInput;
  readonly script: Script;
  readonly keeper: JournalKeeper;
  readonly record: HeartbeatRecord<Journal>;
  /** Through this statement one may still be under way at the platform, sent by an attempt before this one. */
  unsettledThrough: number;
}

async function runStatements(run: Run): Promise<ScriptRun> {
  const { keeper, script, record } = run;
  const last = script.texts.length - 1;
  const queryIds: string[] = [];
  const begunMs = run.clock.monotonicMs(); // an attempt begins when the one before has failed, its runner dead, or its lease has ended
  const session = await openSession(run, killSignal(record, run.clock));
  try {
    const begunAt = run.input.resume?.begunAt;
    keeper.noteFirstSend(platformTime(run, session, begunAt === undefined ? undefined : Date.parse(begunAt)));
    if (activityInfo().attempt > 1 || recorded(readJournal) !== undefined || run.input.resume !== undefined) {
      await keeper.flush();
      run.unsettledThrough = await settle(run, session, begunMs, run.input.settleOnly === true ? 'unwanted' : 'wanted');
      if (run.input.settleOnly !== true) await restore(run, session, last);
    }
    while (run.input.settleOnly !== true && keeper.journal.acknowledgedThrough < last) {
      if (record.stop.aborted) {
        keeper.settled(); // what was covered ahead has not left
        throw handOver();
      }
      const index = keeper.journal.acknowledgedThrough + 1;
      await keeper.cover(index, last);
      queryIds.push(await runStatement(run, session, index, last));
    }
    await Promise.all([keeper.flush(), verify(run, session)]);
    await session.close();
    return { statements: last + 1, ran: last + 1 - keeper.journal.skipped, skipped: keeper.journal.skipped, journal: keeper.journal, queryIds };
  } catch (error) {
    await session.kill();
    if (record.cancelled()) return await endCancelled(run);
    await keeper.flush().catch(() => undefined); // the exact position, for whoever goes on; the failure itself is what counts
    throw error;
  }
}

async function verify({ input, script, clock }: Run, session: PlatformSession): Promise<void> {
  if (input.script.purpose !== 'bootstrap' || input.settleOnly === true) return;
  const toldThrough = input.resume?.ranThrough ?? -1;
  await verifyMade(session, { planned: script.planned, platform: input.script.platform, toldThrough, clock });
}

/** Nothing is in flight, and the record says how far the script has come: another worker need not wait. */
function handOver(): Error {
  return Object.assign(refusal('unreachable', 'The worker is shutting down.', 'Another worker goes on with the script.'), { retryAfterMs: 1 });
}

/** The runner is dead; what it had in flight is settled before compensation looks at the platform. */
async function endCancelled(run: Run): Promise<never> {
  if (unknownCount(run.keeper.journal) > 0) {
    const killedMs = run.clock.monotonicMs();
    const session = await openSession(run, new AbortController().signal);
    await settle(run, session, killedMs, 'unwanted').finally(() => void session.close());
  }
  throw new StepCancelled('The run was cancelled while the script ran; the statement in flight is settled.');
}

/** A statement in flight gets this long when its worker shuts down: it is then acknowledged, and nobody has to settle it. */
const shutdownPatienceMs = 5_000;

/** Cancellation kills the runner at once, the end of the worker only if its statement does not come back soon. */
function killSignal({ stop, cancelled }: HeartbeatRecord<Journal>, clock: Clock): AbortSignal {
  const kill = new AbortController();
  const end = (): void => {
    if (cancelled()) kill.abort();
    else clock.after(shutdownPatienceMs, () => kill.abort());
  };
  if (stop.aborted) end();
  else stop.addEventListener('abort', end);
  return kill.signal;
}

/** A person said that a statement ran: then those before it ran too, for they are sent one after the other. Only the first attempt hears it. */
function takeAnswer(keeper: JournalKeeper, resume: RunScriptInput['resume']): void {
  if (recorded(readJournal) !== undefined) return;
  for (let index = keeper.journal.acknowledgedThrough + 1; index <= (resume?.ranThrough ?? -1); index++) keeper.acknowledge(index, 'skipped');
}

async function runStatement(run: Run, session: PlatformSession, index: number, last: number): Promise<string> {
  const { keeper, script } = run;
  const statement = planned(script, index);
  noteBeforeSend(run, session, statement);
  const execution = session.execute({
    index,
    text: script.texts[index] ?? '',
    tag: `${tagPrefix(run)}${index}/${activityInfo().attempt}`,
    timeoutMs: statementTimeoutMs,
    leaseEndsAt: keeper.leaseEndsAt,
  });
  keeper.lookAhead(index, last);
  try {
    const { queryId, place } = await execution;
    keeper.acknowledge(index, 'ran', place);
    return queryId;
  } catch (error) {
    if (!isPortError(error) || error.ambiguous) throw naming(error, run, statement);
    if (await countsAsDone(run, session, statement, error.kind)) {
      keeper.acknowledge(index, 'skipped');
      return error.queryId ?? '';
    }
    keeper.settled(); // it was certainly not applied, and nothing behind it has left
    throw naming(error, run, statement);
  }
}

/**
 * A DROP of what is not there is done, with proof. A CREATE of what is there is a real conflict, unless an attempt before this one sent it and no
 * history could tell what became of it: then the object proves it, or it is a conflict too.
 */
async function countsAsDone(run: Run, session: PlatformSession, statement: PlannedStatement, kind: string): Promise<boolean> {
  if (kind === 'already-exists' && statement.index <= run.unsettledThrough) {
    const { keeper, script, input } = run;
    return await isMadeByUs(
      { journal: keeper.journal, planned: script.planned, effects: script.effects(), session, platform: input.script.platform },
      statement,
    );
  }
  if (run.input.script.purpose !== 'cleanup' || statement.class !== 'drop' || kind !== 'not-found' || statement.object === undefined) return false;
  const [state] = await session.inspect([statement.object]);
  return state !== undefined && !state.exists;
}

function noteBeforeSend(run: Run, session: PlatformSession, statement: PlannedStatement): void {
  const { object } = statement;
  if (object === undefined || statement.class !== 'create') return;
  if (!run.input.targets.some((target) => isSame(target, object))) return;
  run.keeper.noteCreation({ index: statement.index, object, sentAt: platformTime(run, session), plain: statement.plainCreate === true, made: false });
}

/** A time of ours, now unless given, by the platform's clock, or a little before. */
function platformTime({ clock }: Run, session: PlatformSession, at: number = clock.now()): string {
  return isoTime(at + session.clockOffsetMs - clockMarginMs);
}

/** The platform's clock is known to half a round trip; creation times are compared with this much allowance. */
const clockMarginMs = 500;

async function openSession(run: Run, signal: AbortSignal): Promise<PlatformSession> {
  const session = await run.openPlatform(run.request.target, signal);
  const { user, role } = session.identity;
  const { identity } = run.input;
  if (user !== identity.user || role !== identity.role) {
    await session.close();
    throw refusal(
      'conflict',
      `The decision was made for user ${identity.user} with role ${identity.role}; this login is ${user} with role ${role}.`,
      'Start the run again: the plan will show the user that is in force now.',
    );
  }
  await session.decide(run.input.script.statementHashes);
  return session;
}

async function settle(run: Run, session: PlatformSession, silentSinceMs: number, wanted: 'wanted' | 'unwanted'): Promise<number> {
  return await settleUnknown({
    keeper: run.keeper,
    planned: run.script.planned,
    session,
    tagPrefix: tagPrefix(run),
    quietPeriodMs: durationMs(run.request.timing.quietPeriod),
    silentSinceMs,
    historyReadable: run.input.historyReadable,
    targets: run.input.targets,
    statementTimeoutMs,
    outlast: run.input.settleOnly === true,
    clock: run.clock,
    platform: run.input.script.platform,
    effects: run.script.effects,
    unwanted: wanted === 'unwanted',
  });
}

/** Nothing is left to do in a session that has nothing more to run. */
async function restore(run: Run, session: PlatformSession, last: number): Promise<void> {
  const { keeper, script, clock } = run;
  const through = keeper.journal.acknowledgedThrough;
  if (through < 0 || through >= last) return;
  await restoreSession({
    journal: keeper.journal,
    planned: script.planned,
    effects: script.effects(),
    session,
    clock,
    async sayAgain(index) {
      await keeper.cover(through, through);
      await session.execute({
        index,
        text: script.texts[index] ?? '',
        tag: `${tagPrefix(run)}restore/${index}`,
        timeoutMs: statementTimeoutMs,
        leaseEndsAt: keeper.leaseEndsAt,
      });
    },
  });
}

/** Every statement carries the run, the script and its place: the platform's own history can then be asked what became of it. */
function tagPrefix(run: Run): string {
  return `mooring/${activityInfo().workflowExecution?.runId ?? 'none'}/${run.input.script.purpose}/`;
}

function openScript(seal: ScriptSeal, sealed: SealedScript): Script {
  const text = seal.open(sealed);
  const { planned: plan, statements: texts } = planScript(text, sealed.platform, sealed.purpose);
  const decided = sealed.statementHashes;
  if (plan.sha256 !== sealed.sha256 || texts.length !== decided.length || plan.statements.some(({ sha256 }, index) => sha256 !== decided[index])) {
    throw refusal(
      'script-refused',
      `The ${sealed.purpose} script is not the one that was decided on.`,
      'Start the run again, and decide on the plan it shows.',
    );
  }
  let effects: readonly SessionEffect[] | undefined;
  return { texts, planned: plan.statements, effects: () => (effects ??= sessionEffects(text, sealed.platform)) };
}

/** Nothing may run what a person meant to run elsewhere. */
function refuseExternal({ script }: ConnectionRequest): void {
  if (script.policy !== 'external') return;
  throw refusal(
    'script-refused',
    'The script reached the platform worker, although its policy says that a person runs it elsewhere.',
    'Look at who started the run: no workflow of ours sends such a script.',
  );
}

function refuseUndecided(decisions: readonly Decision[], allowAutomatic: boolean): void {
  const approvals = decisions.filter(({ verdict }) => verdict === 'approve');
  if (approvals.length === 0 || decisions.some(({ verdict }) => verdict === 'reject')) {
    throw refusal('script-refused', 'The script reached the platform worker without an approval.', 'Start the run again and approve its plan.');
  }
  if (approvals.every(({ channel }) => channel === 'policy') && !allowAutomatic) {
    throw refusal(
      'script-refused',
      'The script was to run automatically, which this worker does not allow.',
      'Use the policy "approval", or set MOORING_ALLOW_AUTOMATIC=1 on the platform worker.',
    );
  }
}

function startJournal(
  request: ConnectionRequest,
  record: HeartbeatRecord<Journal>,
  before: Journal,
  { historyReadable, clock }: { readonly historyReadable: boolean; readonly clock: Clock },
): JournalKeeper {
  const heartbeatTimeoutMs = durationMs(request.timing.heartbeatTimeout);
  return new JournalKeeper({ store: record.store, heartbeatTimeoutMs, window: historyReadable ? recordWindow : 1, clock }, before);
}

function planned(script: Script, index: number): PlannedStatement {
  const statement = script.planned[index];
  if (statement === undefined) throw new RangeError(`no statement ${index}`);
  return statement;
}

function naming(error: unknown, run: Run, statement: PlannedStatement): unknown {
  if (!isPortError(error)) return error;
  const place = `Statement ${statement.index + 1} of ${run.script.planned.length} of the ${run.input.script.purpose} script (line ${statement.line}, ${statement.class}${statement.object ? ` ${statement.object.kind} ${statement.object.name}` : ''})`;
  const own = `Statement ${statement.index + 1} `; // what the session calls it, which knows no script
  const told = error.message.startsWith(own) ? `${place} ${error.message.slice(own.length)}` : `${place}: ${error.message}`;
  return Object.assign(refusal(error.kind, told, error.next), {
    ambiguous: error.ambiguous,
    queryId: error.queryId,
    retryAfterMs: error.retryAfterMs,
  });
}
