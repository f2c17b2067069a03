// What a parser makes of a text: what it is, told before it runs, and the way to run it.
import type { Access } from './access.js';
import type { QueryHistory } from './query-history.js';
import type { Result } from './result.js';

/** All that a statement may look at and change. */
export interface Execution extends Access {
  readonly history: QueryHistory;
  /** SYSTEM$CANCEL_QUERY: true when such a statement was running. */
  readonly cancel: (queryId: string) => boolean;
  /** What a finished statement of this user answered: RESULT_SCAN. */
  readonly resultOf: (queryId: string) => Result | undefined;
}

export interface Statement {
  /** The first keyword, in upper case. */
  readonly verb: string;
  /** What it is about, such as `DATABASE IMMUTA`. */
  readonly object?: string;
  /** Changes nothing in the account. USE and SET change only the session and count as writes: a repeat is not a no-op. */
  readonly read: boolean;
  /** Asks for the query history. */
  readonly history?: true;
  /** @throws SqlError when the vendor would refuse. */
  run(execution: Execution): Result;
}
