import type { Connection } from 'snowflake-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedAccount } from './snowflake-clients.js';
import { connect, disconnect, execute, executeAll, get, post, queryIdOf, rawLogin, rawQuery, refusal, startAccount } from './snowflake-clients.js';

let account: SimulatedAccount;
let connection: Connection;

beforeEach(async () => {
  account = await startAccount();
  connection = await connect(account.simulator);
});

afterEach(async () => {
  await disconnect(connection);
  await account.simulator.close();
});

const byUser = 'TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(RESULT_LIMIT => 10000))';
const tagged = (tag: string): Record<string, string> => ({ QUERY_TAG: tag });

describe('what a tag finds', () => {
  test('success, failure and what still runs', async () => {
    const token = await rawLogin(account.simulator);
    await execute(connection, 'CREATE DATABASE D', { parameters: tagged('run:1') });
    await refusal(execute(connection, 'CREATE DATABASE D', { parameters: tagged('run:2') }));
    await rawQuery(account.simulator, token, 'SELECT SYSTEM$WAIT(60)', { asyncExec: true, parameters: { QUERY_TAG: 'run:3' } });

    const rows = await execute(
      connection,
      `SELECT QUERY_TAG, EXECUTION_STATUS, ERROR_CODE, END_TIME FROM ${byUser} WHERE STARTSWITH(QUERY_TAG, 'run:') ORDER BY QUERY_TAG`,
    );

    expect(rows).toMatchObject([
      { QUERY_TAG: 'run:1', EXECUTION_STATUS: 'SUCCESS', ERROR_CODE: null },
      { QUERY_TAG: 'run:2', EXECUTION_STATUS: 'FAILED_WITH_ERROR', ERROR_CODE: 2002 },
      { QUERY_TAG: 'run:3', EXECUTION_STATUS: 'RUNNING', ERROR_CODE: null, END_TIME: null },
    ]);
    expect(rows[0]?.['END_TIME']).toBeInstanceOf(Date);
  });

  test('the tag of the statement wins over the one of the session', async () => {
    await execute(connection, "ALTER SESSION SET QUERY_TAG = 'session'");
    await execute(connection, 'SELECT 1');
    await execute(connection, 'SELECT 2', { parameters: tagged('statement') });

    const rows = await execute(connection, `SELECT QUERY_TEXT, QUERY_TAG FROM ${byUser} WHERE QUERY_TEXT LIKE 'SELECT _' ORDER BY START_TIME`);

    expect(rows.map((row) => [row['QUERY_TEXT'], row['QUERY_TAG']].join(' ')).sort()).toEqual(['SELECT 1 session', 'SELECT 2 statement']);
  });

  test('by equality, LIKE, a bound value and JSON in the tag', async () => {
    const tag = '{"app":"m","i":1}';
    await execute(connection, 'CREATE ROLE R', { parameters: tagged(tag) });

    const found = async (where: string, binds: string[] = []): Promise<number> =>
      (await execute(connection, `SELECT QUERY_ID FROM ${byUser} AS H WHERE ${where}`, { binds })).length;

    expect(await found('H.QUERY_TAG = ?', [tag])).toBe(1);
    expect(await found(`QUERY_TAG LIKE '{"app":"m"%'`)).toBe(1);
    expect(await found(`QUERY_TAG = '${tag}' AND EXECUTION_STATUS IN ('SUCCESS')`)).toBe(1);
    expect(await found(`QUERY_TAG = 'other'`)).toBe(0);
  });

  test('a login may carry the tag of the session, and a tag of more than 2000 characters is refused', async () => {
    const token = await rawLogin(account.simulator, '', { QUERY_TAG: 'from login' });
    await rawQuery(account.simulator, token, 'CREATE ROLE R');

    expect(await execute(connection, `SELECT QUERY_TAG FROM ${byUser} WHERE QUERY_TEXT = 'CREATE ROLE R'`)).toEqual([{ QUERY_TAG: 'from login' }]);
    expect(await refusal(execute(connection, 'SELECT 1', { parameters: tagged('x'.repeat(2001)) }))).toBe('001007/22023');
  });
});

describe('limits apply before WHERE', () => {
  test('RESULT_LIMIT: 100 by default, 1 to 10,000', async () => {
    await execute(connection, 'SELECT 0', { parameters: tagged('first') });
    const token = await rawLogin(account.simulator);
    for (let i = 0; i < 101; i++) await rawQuery(account.simulator, token, 'SELECT 1');

    const find = async (args: string): Promise<number> =>
      (await execute(connection, `SELECT QUERY_ID FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(${args})) WHERE QUERY_TAG = 'first'`))
        .length;

    expect(await find('')).toBe(0);
    expect(await find('RESULT_LIMIT => 10000')).toBe(1);
    expect(await execute(connection, 'SELECT COUNT(*) AS N FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY())')).toEqual([{ N: 100 }]);
    expect(await refusal(find('RESULT_LIMIT => 10001'))).toBe('001007/22023');
  });

  test('the time range is about the end of a statement and keeps what still runs', async () => {
    await execute(connection, 'SELECT 1', { parameters: tagged('old') });
    account.simulator.setClockOffset(3_600_000);
    await execute(connection, 'SELECT 1', { parameters: tagged('new') });

    const since = `SELECT QUERY_TAG FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(END_TIME_RANGE_START => DATEADD(minute, -10, CURRENT_TIMESTAMP()), RESULT_LIMIT => 10)) WHERE QUERY_TAG <> ''`;
    expect(await execute(connection, since)).toEqual([{ QUERY_TAG: 'new' }]);
    const instant = new Date(Date.now() + 3_000_000).toISOString();
    const until = `SELECT QUERY_TAG FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY(END_TIME_RANGE_END => TO_TIMESTAMP_LTZ('${instant}'))) WHERE QUERY_TAG <> ''`;
    expect(await execute(connection, until)).toEqual([{ QUERY_TAG: 'old' }]);
    expect(
      await refusal(
        execute(
          connection,
          'SELECT 1 FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY(END_TIME_RANGE_START => DATEADD(day, -8, CURRENT_TIMESTAMP()))) ',
        ),
      ),
    ).toBe('001007/22023');
  });
});

describe('where it can be asked', () => {
  test('unqualified it needs a current database', async () => {
    const text = 'SELECT QUERY_ID FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())';

    expect(await refusal(execute(connection, text))).toBe('090105/22000');
    await execute(connection, 'CREATE DATABASE D');
    await expect(execute(connection, text)).resolves.not.toHaveLength(0);
    expect(await refusal(execute(connection, 'SELECT QUERY_ID FROM TABLE(NO_SUCH.INFORMATION_SCHEMA.QUERY_HISTORY())'))).toBe('002003/02000');
  });

  test('by session and by user it shows only those', async () => {
    const analyst = await connect(account.simulator, { username: 'ANALYST', password: 'secret' });
    await execute(analyst, 'SELECT 7');

    const users = async (on: Connection, call: string): Promise<unknown[]> => [
      ...new Set((await execute(on, `SELECT USER_NAME FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.${call})`)).map((row) => row['USER_NAME'])),
    ];

    expect(await users(connection, "QUERY_HISTORY_BY_USER('ANALYST')")).toEqual(['ANALYST']);
    expect(await users(connection, 'QUERY_HISTORY_BY_SESSION()')).toEqual(['ADMIN']);
    expect(await users(analyst, "QUERY_HISTORY_BY_USER(USER_NAME => 'ADMIN')")).toEqual([]);
    expect(await users(analyst, 'QUERY_HISTORY()')).toEqual(['ANALYST']);
    await disconnect(analyst);
  });

  test('the answer of an earlier statement can be read again, by its own user', async () => {
    await execute(connection, "SHOW ROLES LIKE 'SYS%'");

    expect(await execute(connection, 'SELECT "name" AS N FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))')).toEqual([{ N: 'SYSADMIN' }]);
    expect(await refusal(execute(connection, "SELECT * FROM TABLE(RESULT_SCAN('01'))"))).toBe('002003/02000');
  });

  test('ACCOUNT_USAGE lags: it shows nothing', async () => {
    expect(await execute(connection, 'SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY')).toEqual([]);
  });
});

describe('ending what runs', () => {
  test('by query id from another session of the same user, over HTTP and by SQL', async () => {
    const token = await rawLogin(account.simulator);
    const [one, two] = [
      await rawQuery(account.simulator, token, 'SELECT SYSTEM$WAIT(60)', { asyncExec: true }),
      await rawQuery(account.simulator, token, 'SELECT SYSTEM$WAIT(60)', { asyncExec: true }),
    ];
    const other = await rawLogin(account.simulator);

    await post(account.simulator, `/queries/${queryIdOf(one)}/abort-request`, {}, other);
    const said = await execute(connection, `SELECT SYSTEM$CANCEL_QUERY('${queryIdOf(two)}') AS S`);

    expect(said).toEqual([{ S: `query [${queryIdOf(two)}] terminated.` }]);
    for (const query of [one, two]) {
      expect((await get(account.simulator, `/queries/${queryIdOf(query)}/result`, other)).code).toBe('000604');
    }
  });

  test('a statement that was cancelled before its effect has none', async () => {
    const slow = await startAccount({ latencyMs: 500 });
    const token = await rawLogin(slow.simulator);
    const running = rawQuery(slow.simulator, token, 'CREATE DATABASE D', {}, 'mine');
    await new Promise((resolve) => setTimeout(resolve, 100));

    await post(slow.simulator, '/queries/v1/abort-request?requestId=abort', { requestId: 'mine' }, token);

    expect((await running).code).toBe('000604');
    expect(slow.simulator.hasDatabase('D')).toBe(false);
    await slow.simulator.close();
  });

  test('a timeout of the statement ends it', async () => {
    await execute(connection, 'ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1');

    expect(await refusal(execute(connection, 'SELECT SYSTEM$WAIT(60)'))).toBe('000630/57014');
  });
});

test('secrets are masked in the history and the ledger, where the hash of the text as sent stands', async () => {
  await executeAll(connection, [`CREATE USER U PASSWORD = "very;secret" COMMENT = 'shown'`]);

  const [row] = await execute(connection, `SELECT QUERY_TEXT FROM ${byUser} WHERE QUERY_TEXT LIKE 'CREATE USER%'`);

  expect(row).toEqual({ QUERY_TEXT: "CREATE USER U PASSWORD = '****' COMMENT = 'shown'" });
  expect(JSON.stringify(account.ledger.entries)).not.toContain('very;secret');
  expect(account.ledger.entries).toContainEqual(
    expect.objectContaining({
      kind: 'statement',
      verb: 'CREATE',
      object: 'USER U',
      status: 'success',
      read: false,
      user: 'ADMIN',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    }),
  );
});
