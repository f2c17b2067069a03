// One statement on its way: running until it is settled, by its own end or by somebody who cancels it.
import { randomUUID } from 'node:crypto';
import { SqlError } from './errors.js';
import type { QueryTag } from './query-tags.js';
import type { Session } from './session.js';
import type { Result } from './statement.js';

/** [doc] the statuses of the query history that can occur here. */
export type OperationStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'CANCELED';

export class Operation {
  readonly id: string = randomUUID();
  readonly session: Session;
  readonly text: string;
  readonly tags: readonly QueryTag[];
  readonly startedAt: number;
  status: OperationStatus = 'RUNNING';
  endedAt: number | undefined;
  verb = '';
  result: Result | undefined;
  error: SqlError | undefined;
  /** Ended by STATEMENT_TIMEOUT. */
  timedOut = false;
  /** How many rows were fetched. */
  fetched = 0;
  readonly settled: Promise<void>;
  readonly #now: () => number;
  readonly #interruption = new AbortController();
  #settle: () => void = () => undefined;

  constructor(session: Session, text: string, tags: readonly QueryTag[], now: () => number) {
    this.#now = now;
    this.startedAt = now();
    this.session = session;
    this.text = text;
    this.tags = tags;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  finish(result: Result | undefined): void {
    this.result = result;
    this.#end('FINISHED');
  }

  fail(error: SqlError): void {
    this.error = error;
    this.#end(this.#interruption.signal.aborted && !this.timedOut ? 'CANCELED' : 'FAILED');
  }

  /** Ends it from outside; nothing happens when it is over. */
  interrupt(error: SqlError = canceled()): void {
    if (this.status === 'RUNNING') this.#interruption.abort(error);
  }

  /** Waits; rejects with the reason when the statement is interrupted meanwhile. */
  async pause(milliseconds: number): Promise<void> {
    const { signal } = this.#interruption;
    signal.throwIfAborted();
    if (milliseconds === 0) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          reject(signal.reason as SqlError);
        },
        { once: true },
      );
    });
  }

  #end(status: OperationStatus): void {
    this.status = status;
    this.endedAt = this.#now();
    this.#settle();
  }
}

/** [doc] HY008: the state of a cancelled operation. */
function canceled(): SqlError {
  return new SqlError('OPERATION_CANCELED', 'HY008', 'Operation has been canceled.');
}
