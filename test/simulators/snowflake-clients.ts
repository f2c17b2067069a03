// The two ways the tests reach the simulator: the vendor's unmodified driver, and bare HTTP for what other drivers send.
import type { Connection, ConnectionOptions, SnowflakeError } from 'snowflake-sdk';
import { Faults } from '../../simulators/faults.js';
import { Ledger } from '../../simulators/ledger.js';
import type { SnowflakeSimulator, SnowflakeSimulatorOptions } from '../../simulators/snowflake/server.js';
import { startSnowflakeSimulator } from '../../simulators/snowflake/server.js';

export interface SimulatedAccount {
  readonly simulator: SnowflakeSimulator;
  readonly ledger: Ledger;
  readonly faults: Faults;
}

export const adminPassword = 'correct horse';

/** An account with ADMIN (every system role) and ANALYST (PUBLIC only), and one warehouse. */
export async function startAccount(options: Partial<SnowflakeSimulatorOptions> = {}): Promise<SimulatedAccount> {
  const ledger = new Ledger();
  const faults = new Faults();
  const users = [
    { name: 'ADMIN', password: adminPassword, defaultRole: 'ACCOUNTADMIN', roles: ['ACCOUNTADMIN'] },
    { name: 'ANALYST', password: 'secret', defaultRole: 'PUBLIC', roles: [] },
  ];
  const simulator = await startSnowflakeSimulator({ ledger, faults, users, warehouses: ['WH'], ...options });
  return { simulator, ledger, faults };
}

async function loadDriver(): Promise<typeof import('snowflake-sdk')> {
  // Read once, while the driver is imported: without them it asks cloud metadata services and reports its use
  process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';
  process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] = '1';
  const driver = (await import('snowflake-sdk')).default;
  const quiet = { error: ignore, warn: ignore, info: ignore, debug: ignore, trace: ignore };
  driver.configure({ customLogger: quiet, useEnvProxy: false });
  return driver;
}

/** Logs in with the real driver. @throws the driver's error. */
export async function connect(simulator: Pick<SnowflakeSimulator, 'url'>, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const driver = await loadDriver();
  const password = options.authenticator === undefined ? { password: adminPassword } : {};
  const connection = driver.createConnection({
    account: 'test',
    accessUrl: simulator.url,
    username: 'ADMIN',
    sfRetryMaxLoginRetries: 0,
    ...password,
    ...options,
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
  return connection;
}

export type Row = Readonly<Record<string, unknown>>;

/** Executes one statement. @throws the driver's error. */
export async function execute(connection: Connection, sqlText: string, more: Partial<Parameters<Connection['execute']>[0]> = {}): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    connection.execute({
      sqlText,
      ...more,
      complete: (error, _statement, rows) =>
        error === undefined || error === null ? resolve((rows ?? []).map((row: Row) => ({ ...row }))) : reject(error),
    });
  });
}

export async function executeAll(connection: Connection, texts: readonly string[]): Promise<void> {
  for (const text of texts) await execute(connection, text);
}

/** How a statement was refused: `number/SQLSTATE`. Fails when it was not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    const { code, sqlState } = error as SnowflakeError;
    return sqlState === undefined ? String(code) : `${code}/${sqlState}`;
  }
  throw new Error('it was not refused');
}

export async function disconnect(connection: Connection): Promise<void> {
  await new Promise<void>((resolve) => {
    connection.destroy(() => resolve());
  });
}

/** One answer of the vendor's protocol, read without a driver. */
export interface RawAnswer {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: Record<string, unknown> | null;
}

export async function post(
  simulator: SnowflakeSimulator,
  path: string,
  body: unknown,
  token?: string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const response = await fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Snowflake Token="${token}"` }), ...headers },
    body: body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  return (await response.json()) as RawAnswer;
}

export async function get(simulator: SnowflakeSimulator, path: string, token: string): Promise<RawAnswer> {
  const response = await fetch(`${simulator.url}${path}`, { headers: { authorization: `Snowflake Token="${token}"` } });
  return (await response.json()) as RawAnswer;
}

/** A session token, by password. */
export async function rawLogin(simulator: SnowflakeSimulator, query = '', sessionParameters: Record<string, string> = {}): Promise<string> {
  const data = { LOGIN_NAME: 'ADMIN', PASSWORD: adminPassword, SESSION_PARAMETERS: sessionParameters };
  const answer = await post(simulator, `/session/v1/login-request${query}`, { data });
  return String(answer.data?.['token']);
}

export function queryIdOf(answer: RawAnswer): string {
  const queryId = answer.data?.['queryId'];
  if (typeof queryId !== 'string') throw new Error('the answer has no query id');
  return queryId;
}

let lastRequest = 0;

export async function rawQuery(
  simulator: SnowflakeSimulator,
  token: string,
  sqlText: string,
  more: Record<string, unknown> = {},
  requestId = `r${++lastRequest}`,
): Promise<RawAnswer> {
  return post(simulator, `/queries/v1/query-request?requestId=${requestId}`, { sqlText, ...more }, token);
}

function ignore(): void {}
