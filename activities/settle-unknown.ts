// After a crash or a lost answer every statement between the two marks of the journal is unknown. They are settled together, by one question to
// the platform's history, after the quiet period: by then nothing that was sent before can still arrive. Where the history cannot be read in full,
// what exists is looked at (prove-by-objects.ts); what that leaves open is sent again if it is harmless to repeat, and asked about if it is not.
import type { AttentionChoice } from '../domain/decision.js';
import type { ObjectReference, PlannedStatement } from '../domain/plan.js';
import type { Platform } from '../domain/script.js';
import type { FailureKind } from '../rules/failure-kind.js';
import { unknownCount } from '../rules/journal.js';
import { isSame } from '../rules/left-over.js';
import { settle, sight } from '../rules/settle.js';
import { isoTime, type Clock } from './clock.js';
import type { JournalKeeper } from './journal-keeper.js';
import type { SessionEffect } from '../sql/session-effect.js';
import type { CancelAnswer, PlatformSession, StatementRecord } from './ports.js';
import { proveByObjects } from './prove-by-objects.js';

/** What can only be settled by a person. Satisfies `PortError`. */
export class OutcomeUnknown extends Error {
  readonly kind: FailureKind = 'outcome-unknown';
  readonly ambiguous = true;
  readonly next = 'Look at the platform, then answer with `mooring resolve`: ran, not-run, retry, undo or abandon.';
  readonly statement: { readonly index: number; readonly text: string; readonly lookedAt: string; readonly found: string };

  constructor(statement: PlannedStatement, found: string, lookedAt: string) {
    super(`It cannot be known whether statement ${statement.index + 1} (line ${statement.line}) was applied: ${found}.`);
    this.name = 'OutcomeUnknown';
    this.statement = { index: statement.index, text: statement.text, lookedAt, found };
  }
}

/** A statement was acknowledged, and what it made is not seen. Satisfies `PortError`. */
export class NotSeen extends Error {
  readonly kind: FailureKind = 'outcome-unknown';
  readonly ambiguous = true;
  readonly next = 'Look at the platform with a role that sees everything. If it is there answer ran, and the run goes on; else undo.';
  readonly statement: OutcomeUnknown['statement'];
  readonly choices: readonly AttentionChoice[] = ['ran', 'retry', 'undo', 'abandon'];

  constructor(statement: PlannedStatement, found: string, lookedAt: string) {
    super(`The platform acknowledged statement ${statement.index + 1} (line ${statement.line}), and yet ${found}.`);
    this.name = 'NotSeen';
    this.statement = { index: statement.index, text: statement.text, lookedAt, found };
  }
}

interface Unknown {
  readonly keeper: JournalKeeper;
  readonly planned: readonly PlannedStatement[];
  readonly session: PlatformSession;
  readonly tagPrefix: string;
  readonly quietPeriodMs: number;
  /** Since when nothing of what is unknown can have been sent any more, on `Clock.monotonicMs`: the login, which takes its time, runs meanwhile. */
  readonly silentSinceMs: number;
  readonly targets: readonly ObjectReference[];
  readonly clock: Clock;
  readonly platform: Platform;
  readonly effects: () => readonly SessionEffect[];
  /** It could be read at preflight. */
  readonly historyReadable: boolean;
  /** A statement that runs longer is cancelled: nobody waits for its answer any more. */
  readonly statementTimeoutMs: number;
  /** Where no history can tell: what may still run is waited for as long as it may run. What it did is then looked at, and nothing is sent again. */
  readonly outlast: boolean;
  /** Nobody wants what still runs: it is cancelled at once. */
  readonly unwanted?: boolean;
}

/** When a statement was cancelled, and whether the platform could be asked to. */
interface Cancelled {
  readonly at: number;
  readonly answer: CancelAnswer;
}

/** Half an hour with the shortest quiet period that is allowed against a real platform. A shorter one is for simulators, whose statements are short too. */
const quietPeriodsToOutlast = 60;

/** A statement that was cancelled, or should have ended by its own timeout, gets so long to show it. */
const endsWithinMs = 2 * 60_000;
/** How long to leave the platform alone between two looks at a statement that still runs. */
const lookAgainMs = 1_000;
/** A query history older than this run's first statement by so much cannot matter. */
const historyMarginMs = 60_000;

/**
 * Moves the acknowledged mark over every unknown statement that was applied. Throws `OutcomeUnknown` for the first one that cannot be known. Gives the
 * statement through which one may still be under way at the platform, where no history could tell: -1 where there is none.
 */
export async function settleUnknown(unknown: Unknown): Promise<number> {
  const { keeper, clock } = unknown;
  if (unknownCount(keeper.journal) === 0) return -1;
  await clock.sleep(Math.max(0, unknown.silentSinceMs + unknown.quietPeriodMs - clock.monotonicMs()));
  const cancelled = new Map<string, Cancelled>();
  for (;;) {
    const records = await readHistory(unknown);
    const running = await advance(unknown, records);
    if (running === 'settled' || running === 'harmless') {
      const unsettledThrough = records === 'unavailable' ? keeper.journal.mayHaveSentThrough : -1;
      if (running === 'settled') keeper.settled();
      return unsettledThrough;
    }
    await endOverdue(unknown, running, cancelled);
    await clock.sleep(lookAgainMs);
  }
}

/** Of a quiet period: so long to the next question, where a history that could be read before gives no answer. Nobody is asked for a hiccup of it. */
const askAgainAfter = [1 / 8, 1 / 4, 1 / 2];
/** A long quiet period is for what is under way, not for a history that fails. */
const longestPauseMs = 15_000;

async function readHistory({
  session,
  tagPrefix,
  keeper,
  clock,
  quietPeriodMs,
  historyReadable,
}: Unknown): Promise<readonly StatementRecord[] | 'unavailable'> {
  const from = since(keeper.journal.firstSentAt ?? isoTime(clock.now()));
  for (const share of historyReadable ? askAgainAfter : []) {
    const records = await session.history(tagPrefix, from);
    if (records !== 'unavailable') return records;
    await clock.sleep(Math.min(quietPeriodMs * share, longestPauseMs));
  }
  return await session.history(tagPrefix, from);
}

interface Running {
  readonly statement: PlannedStatement;
  readonly records: readonly StatementRecord[];
}

/** Cancels what has run longer than it may, and asks a person when that does not end it. `cancelled` remembers what was asked of the platform. */
async function endOverdue(
  { session, clock, statementTimeoutMs, unwanted = false }: Unknown,
  { statement, records }: Running,
  cancelled: Map<string, Cancelled>,
): Promise<void> {
  for (const { queryId, startedAt } of records) {
    const ranForMs = clock.now() + session.clockOffsetMs - Date.parse(startedAt);
    if (!unwanted && ranForMs < statementTimeoutMs) continue;
    const before = cancelled.get(queryId);
    if (before === undefined) {
      cancelled.set(queryId, { at: clock.now(), answer: await session.cancel(queryId) });
      continue;
    }
    // What cannot be cancelled ends by its own timeout.
    const isOver = before.answer === 'asked' ? clock.now() - before.at > endsWithinMs : ranForMs > statementTimeoutMs + endsWithinMs;
    if (isOver) throw new OutcomeUnknown(statement, `it still runs as ${queryId}, and could not be ended`, isoTime(clock.now()));
  }
}

/** Behind the prefix stand the place and the attempt. A tag that ends before them may be that of any statement. */
function isCut(rest: string): boolean {
  return !/^([0-9]+|[a-z]+)\//.test(rest);
}

async function advance(unknown: Unknown, records: readonly StatementRecord[] | 'unavailable'): Promise<'settled' | 'harmless' | Running> {
  const { keeper, planned, tagPrefix, targets, clock } = unknown;
  if (records === 'unavailable' || records.some(({ tag }) => isCut(tag.slice(tagPrefix.length)))) return settleWithoutHistory(unknown);
  while (unknownCount(keeper.journal) > 0) {
    const index = keeper.journal.acknowledgedThrough + 1;
    const statement = planned[index];
    if (statement === undefined) return 'settled';
    const seen = records.filter(({ tag }) => tag.startsWith(`${tagPrefix}${index}/`));
    switch (settle(sight(seen), statement.repeatable)) {
      case 'wait':
        return { statement, records: seen.filter(({ state }) => state === 'running') };
      case 'send':
        return 'settled';
      case 'ask':
        throw new OutcomeUnknown(statement, 'the answer was lost', isoTime(clock.now()));
      case 'done':
        noteFound(keeper, statement, seen, targets);
        keeper.acknowledge(index, 'skipped');
    }
  }
  return 'settled';
}

/** Without a history everything unknown may have been applied, not only the first: what the objects leave open is sent again together or not at all. */
async function settleWithoutHistory(unknown: Unknown): Promise<'settled' | 'harmless'> {
  const { keeper, planned, targets, clock } = unknown;
  if (unknown.outlast) {
    await clock.sleep(Math.min(unknown.statementTimeoutMs, unknown.quietPeriodMs * quietPeriodsToOutlast));
    keeper.repeats(keeper.journal.mayHaveSentThrough);
    return 'harmless';
  }
  const { appliedThrough, seen, ...proof } = await proveByObjects({ ...unknown, journal: keeper.journal, effects: unknown.effects() });
  for (let index = keeper.journal.acknowledgedThrough + 1; index <= appliedThrough; index++) {
    const statement = planned[index];
    if (statement !== undefined) noteCreation(keeper, statement, keeper.journal.firstSentAt ?? isoTime(clock.now()), targets);
    keeper.acknowledge(index, 'skipped');
  }
  const absentFrom = unknown.unwanted === true ? Infinity : proof.absentFrom; // what still runs is not there yet, and an undo must not miss it
  const open = planned.slice(keeper.journal.acknowledgedThrough + 1, Math.min(keeper.journal.mayHaveSentThrough + 1, absentFrom));
  const harmful = open.find(({ repeatable }) => settle('unavailable', repeatable) === 'ask');
  if (harmful === undefined && unknownCount(keeper.journal) === 0) return 'settled';
  if (harmful === undefined) {
    keeper.noteRepeated(open.length);
    keeper.repeats(keeper.journal.mayHaveSentThrough); // what is absent may still be on its way: it is sent again, and stays on record as sent before
    return 'harmless';
  }
  const found = ['the answer was lost, and the query history cannot be read in full by this role', ...seen].join('; ');
  throw new OutcomeUnknown(harmful, found, isoTime(clock.now()));
}

/** What the history shows as ours is as good as an acknowledgement, with the platform's own time. */
function noteFound(keeper: JournalKeeper, statement: PlannedStatement, seen: readonly StatementRecord[], targets: readonly ObjectReference[]): void {
  const record = seen.find(({ state }) => state === 'succeeded');
  if (record !== undefined) noteCreation(keeper, statement, record.startedAt, targets);
}

function noteCreation(keeper: JournalKeeper, statement: PlannedStatement, sentAt: string, targets: readonly ObjectReference[]): void {
  const { object, index } = statement;
  if (object === undefined || statement.class !== 'create') return;
  if (!targets.some((target) => isSame(target, object))) return;
  keeper.noteCreation({ index, object, sentAt, plain: statement.plainCreate === true, made: false });
}

function since(firstSentAt: string): string {
  return isoTime(Date.parse(firstSentAt) - historyMarginMs);
}
