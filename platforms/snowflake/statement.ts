// One statement through the driver, as a promise. Rows are read as text: what a platform says is compared, never calculated with.
import { randomUUID } from 'node:crypto';
import type { RowStatement } from 'snowflake-sdk';
import type { Place } from '../../rules/journal.js';
import type { StatementDone } from '../runner-messages.js';
import type { DriverConnection } from './driver.js';

/** A row by column name in lower case. Absent: NULL, or no such column. Times are ISO 8601. */
export type Row = Readonly<Record<string, string | undefined>>;

export interface Sent {
  readonly text: string;
  readonly tag: string;
  readonly timeoutMs: number;
}

/** Runs one statement and gives its id, and where the session stands behind it; rejects with whatever the driver says. */
export async function runStatement(connection: DriverConnection, sent: Sent): Promise<StatementDone> {
  const statement = await send(connection, sent);
  return { queryId: statement.getQueryId(), place: placeOf(statement.getSessionState()) };
}

/** Snowflake tells it with every answer, by the driver in getters that its typings leave out; an answer without a role tells nothing. */
function placeOf(state: object | undefined): Place | undefined {
  const read = (getter: string): string | undefined => {
    const get: unknown = state === undefined ? undefined : Reflect.get(state, getter);
    const value: unknown = typeof get === 'function' ? Reflect.apply(get, state, []) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const role = read('getCurrentRole');
  if (role === undefined) return undefined;
  return { role, warehouse: read('getCurrentWarehouse'), database: read('getCurrentDatabase'), schema: read('getCurrentSchema') };
}

/** Runs one statement and reads all its rows. */
export async function readRows(connection: DriverConnection, sent: Sent): Promise<readonly Row[]> {
  const statement = await send(connection, sent);
  const rows: Row[] = [];
  for await (const row of statement.streamRows() as AsyncIterable<Readonly<Record<string, unknown>>>) {
    rows.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), cellText(value)])));
  }
  return rows;
}

async function send(connection: DriverConnection, { text, tag, timeoutMs }: Sent): Promise<RowStatement> {
  return await new Promise((resolve, reject) => {
    connection.execute({
      sqlText: text,
      requestId: randomUUID(), // the driver re-sends with it, and Snowflake runs an id once in a session
      streamResult: true, // else an HTTP failure makes the driver send its whole series of attempts twice
      parameters: { QUERY_TAG: tag, STATEMENT_TIMEOUT_IN_SECONDS: serverTimeoutSeconds(timeoutMs) },
      complete: (error, statement) => {
        if (error === undefined || error === null) resolve(statement);
        else reject(error);
      },
    });
  });
}

/** A little before our own deadline, so that a slow statement ends with a clear answer rather than with a killed runner. 0 would mean "none". */
function serverTimeoutSeconds(timeoutMs: number): number {
  return Math.max(1, Math.floor(timeoutMs / 1_000) - 2);
}

function cellText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
