// After a crash or a lost answer every statement between the two marks of the journal is unknown. They are settled together, with one question to
// the platform's history, after the quiet period: by then nothing that was sent before can still arrive.
import type { ObjectReference, PlannedStatement } from '../domain/plan.js';
import type { FailureKind } from '../rules/failure-kind.js';
import { unknownCount } from '../rules/journal.js';
import { isSame } from '../rules/left-over.js';
import { settle, sight } from '../rules/settle.js';
import { isoTime, type Clock } from './clock.js';
import type { JournalKeeper } from './journal-keeper.js';
import type { PlatformSession, StatementRecord } from './ports.js';

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

interface Unknown {
  readonly keeper: JournalKeeper;
  readonly planned: readonly PlannedStatement[];
  readonly session: PlatformSession;
  readonly tagPrefix: string;
  readonly quietPeriodMs: number;
  readonly targets: readonly ObjectReference[];
  readonly clock: Clock;
  /** A statement that runs longer is cancelled: nobody waits for its answer any more. */
  readonly statementTimeoutMs: number;
  /** Where nothing can tell what became of statements that are harmless to repeat: they are waited for as long as they may run, instead of being sent again. */
  readonly outlast: boolean;
}

/** Half an hour with the shortest quiet period that is allowed against a real platform. A shorter one is for simulators, whose statements are short too. */
const quietPeriodsToOutlast = 60;

/** A statement that was cancelled, or should have ended by its own timeout, gets so long to show it. */
const endsWithinMs = 2 * 60_000;
/** How long to leave the platform alone between two looks at a statement that still runs. */
const lookAgainMs = 1_000;
/** A query history older than this run's first statement by so much cannot matter. */
const historyMarginMs = 60_000;

/** Moves the acknowledged mark over every unknown statement that was applied. Throws `OutcomeUnknown` for the first one that cannot be known. */
export async function settleUnknown(unknown: Unknown): Promise<void> {
  const { keeper, session, clock } = unknown;
  if (unknownCount(keeper.journal) === 0) return;
  await clock.sleep(unknown.quietPeriodMs);
  const cancelled = new Map<string, number>();
  for (;;) {
    const records = await session.history(unknown.tagPrefix, since(keeper.journal.firstSentAt ?? isoTime(clock.now())));
    const running = advance(unknown, records);
    if (running === 'settled') return keeper.settled();
    if (running === 'harmless') {
      if (unknown.outlast) await clock.sleep(Math.min(unknown.statementTimeoutMs, unknown.quietPeriodMs * quietPeriodsToOutlast));
      return keeper.repeats();
    }
    await endOverdue(unknown, running, cancelled);
    await clock.sleep(lookAgainMs);
  }
}

interface Running {
  readonly statement: PlannedStatement;
  readonly records: readonly StatementRecord[];
}

/** Cancels what has run longer than any statement may, and asks a person when that does not end it. `since` remembers when each was cancelled. */
async function endOverdue(
  { session, clock, statementTimeoutMs }: Unknown,
  { statement, records }: Running,
  since: Map<string, number>,
): Promise<void> {
  const platformNow = clock.now() + session.clockOffsetMs;
  for (const { queryId, startedAt } of records) {
    if (platformNow - Date.parse(startedAt) < statementTimeoutMs) continue;
    const cancelledAt = since.get(queryId);
    if (cancelledAt === undefined) {
      since.set(queryId, clock.now());
      await session.cancel(queryId);
    } else if (clock.now() - cancelledAt > endsWithinMs)
      throw new OutcomeUnknown(statement, `it still runs as ${queryId}, and could not be ended`, isoTime(clock.now()));
  }
}

/** Behind the prefix stand the place and the attempt. A tag that ends before them may be that of any statement. */
function isCut(rest: string): boolean {
  return !/^([0-9]+|[a-z]+)\//.test(rest);
}

function advance(
  { keeper, planned, tagPrefix, targets, clock }: Unknown,
  records: readonly StatementRecord[] | 'unavailable',
): 'settled' | 'harmless' | Running {
  if (records === 'unavailable' || records.some(({ tag }) => isCut(tag.slice(tagPrefix.length)))) return refuseToGuess(keeper, planned, clock);
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

/** Without a history everything unknown may have been applied, not only the first: it is sent again together or not at all. */
function refuseToGuess({ journal }: JournalKeeper, planned: readonly PlannedStatement[], clock: Clock): 'harmless' {
  const unknown = planned.slice(journal.acknowledgedThrough + 1, journal.mayHaveSentThrough + 1);
  const harmful = unknown.find(({ repeatable }) => settle('unavailable', repeatable) === 'ask');
  if (harmful === undefined) return 'harmless';
  throw new OutcomeUnknown(harmful, 'the answer was lost, and the query history cannot be read in full by this role', isoTime(clock.now()));
}

/** What the history shows as ours is as good as an acknowledgement, with the platform's own time. */
function noteFound(keeper: JournalKeeper, statement: PlannedStatement, seen: readonly StatementRecord[], targets: readonly ObjectReference[]): void {
  const { object, index } = statement;
  const record = seen.find(({ state }) => state === 'succeeded');
  if (record === undefined || object === undefined || statement.class !== 'create') return;
  if (!targets.some((target) => isSame(target, object))) return;
  keeper.noteCreation({ index, object, sentAt: record.startedAt, plain: statement.plainCreate === true, made: false });
}

function since(firstSentAt: string): string {
  return isoTime(Date.parse(firstSentAt) - historyMarginMs);
}
