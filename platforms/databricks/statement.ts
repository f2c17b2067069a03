// One statement through the driver. It answers "accepted" even when the statement fails, so the end is always waited for. On an answer that is no
// Thrift it waits for ever, so each of its answers has a deadline of ours. Rows are read as text: what a platform says is compared, never calculated
// with.
import type { DriverOperation, DriverSession } from './driver.js';
import { statementFailure } from './error.js';
import type { Sending } from './sending.js';

/** A row by column name in lower case. Absent: NULL, or no such column. */
export type Row = Readonly<Record<string, string | undefined>>;

export interface Sent {
  readonly text: string;
  readonly tag: string;
  /** A reading of `monotonicMs`. */
  readonly leaseEndsAt: number;
  /** For the whole statement. */
  readonly timeoutMs: number;
  /** Names it in a sentence. */
  readonly subject: string;
  readonly readOnly: boolean;
}

/** Runs one statement to its end; rejects with a `PlatformError`. `collect` may read its rows. */
export async function runStatement<Result>(
  session: DriverSession,
  sending: Sending,
  sent: Sent,
  collect: (operation: DriverOperation) => Promise<Result>,
): Promise<{ readonly queryId: string; readonly result: Result }> {
  const { text, tag, leaseEndsAt, subject, readOnly } = sent;
  const silence = new Silence(Math.min(longestSilenceMs, sent.timeoutMs / 2));
  let operation: DriverOperation | undefined;
  sending.begin(leaseEndsAt);
  try {
    operation = await silence.endsBy(session.executeStatement(text, { queryTags: { mooring: tag }, useCloudFetch: false })); // results come from the workspace itself
    sending.end();
    await silence.endsBy(operation.finished({ callback: () => silence.isBroken() }));
    const result = await silence.endsBy(collect(operation));
    return { queryId: operation.id, result };
  } catch (error) {
    sending.end();
    throw statementFailure(error, { subject, readOnly, wasSent: sending.wasSent, accepted: operation !== undefined, queryId: operation?.id });
  } finally {
    if (operation !== undefined) await silence.endsBy(operation.close()).catch(() => undefined); // it is over, whatever the platform says to that
  }
}

const longestSilenceMs = 65_000; // a little longer than one HTTP request may take (login.ts)

/** The longest time without an answer of the platform. */
class Silence {
  readonly #longestMs: number;
  #since = 0;

  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  isBroken(): void {
    this.#since = performance.now();
  }

  async endsBy<Answer>(work: Promise<Answer>): Promise<Answer> {
    this.isBroken();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      const look = (): void => {
        const leftMs = this.#since + this.#longestMs - performance.now();
        if (leftMs <= 0) reject(new Error('no answer that could be read'));
        else timer = setTimeout(look, leftMs);
      };
      look();
    });
    try {
      return await Promise.race([work, tooLong]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export async function allRows(operation: DriverOperation): Promise<readonly Row[]> {
  const rows = await operation.fetchAll();
  return rows.map((row) => Object.fromEntries(Object.entries({ ...row }).map(([name, value]) => [name.toLowerCase(), cellText(value)])));
}

function cellText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean | bigint);
}
