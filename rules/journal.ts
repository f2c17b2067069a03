// The journal is the memory of one script: what was acknowledged, and what may have been sent. Snowflake commits each DDL alone, so there is no
// transaction to lean on; the Temporal server stores every record before the statements it covers may leave (activities/journal-keeper.ts).
import type { ObjectReference } from '../domain/plan.js';

/** What is on record of a script. Indexes count from 0; -1 means none. Everything between the two marks is unknown after a crash. */
export interface Journal {
  readonly acknowledgedThrough: number;
  readonly mayHaveSentThrough: number;
  /** When the first statement of this script may have left, ISO 8601, the platform's clock. */
  readonly firstSentAt?: string | undefined;
  /** Of the statements that create what the cleanup script drops: when it left, and whether the platform acknowledged it. */
  readonly creations: readonly Creation[];
  /** How many statements before the acknowledged mark were found done, or declared done by a person, instead of being run by this attempt. */
  readonly skipped: number;
  /** How many statements may have run twice, all of them harmless to repeat: the platform's history could not say whether they had run. */
  readonly repeated?: number | undefined;
  /** Where the session stood when the platform acknowledged a statement, the last one that it told of. */
  readonly place?: PlaceAfter | undefined;
  /** A person said that the rest of the script needs nothing of what the statements through this one left in their session. */
  readonly sessionGivenUpThrough?: number | undefined;
}

/** Where a session stands, in the platform's own spelling. What is absent is not set. */
export interface Place {
  readonly role?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

/** The parts of a place, from the outermost. */
export const placeParts = ['role', 'warehouse', 'database', 'schema'] as const satisfies readonly (keyof Place)[];

export interface PlaceAfter extends Place {
  /** The statement that the platform told it with. */
  readonly after: number;
}

export interface Creation {
  readonly index: number;
  readonly object: ObjectReference;
  /** ISO 8601, the platform's clock. */
  readonly sentAt: string;
  /** When it was first sent, where nobody can tell what became of that: it was sent again because it does no harm. Not a proof, only a doubt. */
  readonly perhapsSince?: string | undefined;
  /** CREATE without IF NOT EXISTS or OR REPLACE: acknowledged, it proves that the object did not exist before. */
  readonly plain: boolean;
  /** Acknowledged to this run as a plain CREATE; of a script that a person ran elsewhere: absent when the script was handed over. */
  readonly made: boolean;
}

/** A statement that runs longer is given up, here and by the session on the platform: what it makes, it makes within this time. */
export const longestStatementMs = 30 * 60_000;

export const emptyJournal: Journal = { acknowledgedThrough: -1, mayHaveSentThrough: -1, creations: [], skipped: 0 };

/** Reads what a heartbeat brought back; anything else is an empty journal only if there was no heartbeat at all. */
export function readJournal(details: unknown): Journal | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const { acknowledgedThrough, mayHaveSentThrough, creations, skipped } = details as Partial<Journal>;
  if (typeof acknowledgedThrough !== 'number' || typeof mayHaveSentThrough !== 'number' || typeof skipped !== 'number' || !Array.isArray(creations))
    return undefined;
  return details as Journal;
}

/** How many statements may have left although nothing was heard of them. */
export function unknownCount(journal: Journal): number {
  return Math.max(0, journal.mayHaveSentThrough - journal.acknowledgedThrough);
}

/** A person says that a statement did not run: nor did any behind it, for they are sent one after the other. What stands before it is as unknown as it was. */
export function notRun(journal: Journal, index: number): Journal {
  return { ...journal, mayHaveSentThrough: Math.max(journal.acknowledgedThrough, Math.min(journal.mayHaveSentThrough, index - 1)) };
}
