// One statement on its way: running until it is settled, by its own end or by somebody who cancels it.
import { randomBytes } from 'node:crypto';
import type { SqlError } from './errors.js';
import { canceled } from './errors.js';
import type { HistoryEntry } from './query-history.js';
import type { Result } from './result.js';
import type { Session } from './session.js';
import type { Answer } from './wire.js';
import { errorAnswer } from './wire.js';

export class Query {
  readonly id: string;
  readonly session: Session;
  readonly entry: HistoryEntry;
  /** Answers no request before it is over, not even that it still runs: a fault. */
  readonly hangs: boolean;
  /** Sent by somebody who did not wait for its answer. */
  readonly asynchronous: boolean;
  answer: Answer | undefined;
  result: Result | undefined;
  readonly settled: Promise<Answer>;
  readonly #interruption = new AbortController();
  #settle: (answer: Answer) => void = () => undefined;

  constructor(session: Session, entry: HistoryEntry, { hangs = false, asynchronous = false } = {}) {
    this.id = entry.queryId;
    this.session = session;
    this.entry = entry;
    this.hangs = hangs;
    this.asynchronous = asynchronous;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get isRunning(): boolean {
    return this.answer === undefined;
  }

  finish(answer: Answer): void {
    this.answer = answer;
    this.#settle(answer);
  }

  fail(error: SqlError): void {
    this.finish(errorAnswer(this.id, error));
  }

  /** Ends it from outside; true when it was still running. */
  interrupt(error: SqlError = canceled()): boolean {
    if (!this.isRunning) return false;
    this.#interruption.abort(error);
    return true;
  }

  /** Waits; rejects with the reason when the statement is interrupted meanwhile. Without a duration only an interruption ends it. */
  async pause(milliseconds?: number): Promise<void> {
    const { signal } = this.#interruption;
    signal.throwIfAborted();
    if (milliseconds === 0) return;
    await new Promise<void>((resolve, reject) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }
}

/** [src] drivers test that a query id looks like a UUID; the vendor's begin with 01. */
export function newQueryId(): string {
  const hex = `01${randomBytes(15).toString('hex')}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
