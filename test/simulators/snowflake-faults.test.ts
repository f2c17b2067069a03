import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../simulators/faults.js';
import type { SimulatedAccount } from './snowflake-clients.js';
import { connect, disconnect, execute, get, post, queryIdOf, rawLogin, rawQuery, refusal, startAccount } from './snowflake-clients.js';

let account: SimulatedAccount;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(async () => {
  await account.simulator.close();
});

function inject(where: string, kind: Fault['kind'], more: Partial<Fault> = {}): void {
  account.faults.add([{ where, nth: 1, kind, ...more }]);
}

const statements = (): string[] =>
  account.ledger.entries.filter((entry) => entry.kind === 'statement').map((entry) => [entry['verb'], entry['status']].join(' '));

describe('an answer lost after the effect', () => {
  test('is asked for again by the driver with the same request id, and nothing runs twice', async () => {
    const connection = await connect(account.simulator);
    inject('snowflake:query', 'drop-after');

    const rows = await execute(connection, 'CREATE DATABASE ONCE', { streamResult: false });

    expect(rows).toEqual([{ status: 'Database ONCE successfully created.' }]);
    expect(statements()).toEqual(['CREATE success']);
    expect(account.ledger.entries).toContainEqual(expect.objectContaining({ kind: 'fault', where: 'snowflake:query', fault: 'drop-after' }));
    await disconnect(connection);
  });

  test('leaves the effect for a session that never asks again', async () => {
    const token = await rawLogin(account.simulator);
    inject('snowflake:write', 'drop-after');

    await expect(rawQuery(account.simulator, token, 'CREATE DATABASE D')).rejects.toThrow('fetch failed');

    expect(account.simulator.hasDatabase('D')).toBe(true);
  });
});

test('a request lost before the effect has none, and the driver sends it again', async () => {
  const connection = await connect(account.simulator);
  const token = await rawLogin(account.simulator);
  account.faults.add([{ where: 'snowflake:write', nth: 1, kind: 'drop-before' }]);

  await expect(rawQuery(account.simulator, token, 'CREATE DATABASE D')).rejects.toThrow('fetch failed');

  expect(account.simulator.hasDatabase('D')).toBe(false);
  inject('snowflake:write', 'drop-before');
  await execute(connection, 'CREATE DATABASE D');
  expect(statements()).toEqual(['CREATE success']);
  await disconnect(connection);
});

describe('a refusal', () => {
  test('has the number asked for, changes nothing and stands in the history', async () => {
    const connection = await connect(account.simulator);
    inject('snowflake:query', 'refuse');
    inject('snowflake:history', 'refuse', { code: '002003' });

    expect(await refusal(execute(connection, 'CREATE DATABASE D', { parameters: { QUERY_TAG: 't' } }))).toBe('000603/XX000');

    expect(account.simulator.hasDatabase('D')).toBe(false);
    const history = "SELECT ERROR_CODE FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE QUERY_TAG = 't'";
    expect(await refusal(execute(connection, history))).toBe('002003/02000');
    expect(await execute(connection, history)).toEqual([{ ERROR_CODE: 603 }]);
    await disconnect(connection);
  });

  test('of a login is a wrong password unless said otherwise', async () => {
    inject('snowflake:login', 'refuse');

    expect(await refusal(connect(account.simulator))).toBe('390100');
  });
});

describe('places', () => {
  test('write counts what is not read-only, history only the history, query the rest', async () => {
    const token = await rawLogin(account.simulator);
    account.faults.add([
      { where: 'snowflake:write', nth: 2, kind: 'refuse', code: '000001' },
      { where: 'snowflake:query', nth: 5, kind: 'refuse', code: '000002' },
    ]);
    const texts = [
      'SELECT 1',
      'CREATE ROLE A',
      'SELECT 1',
      'SELECT 1 FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY())',
      'CREATE ROLE B',
      'SELECT 1',
      'SELECT 1',
    ];

    const codes: (string | null)[] = [];
    for (const text of texts) codes.push((await rawQuery(account.simulator, token, text)).code);

    expect(codes).toEqual([null, null, null, null, '000001', '000002', null]);
  });
});

describe('a statement that hangs', () => {
  test('is running for the history and gets no answer until somebody ends it', async () => {
    const token = await rawLogin(account.simulator);
    inject('snowflake:write', 'hang');
    let answered = false;
    const hanging = rawQuery(account.simulator, token, 'CREATE DATABASE D', { parameters: { QUERY_TAG: 'stuck' } }).finally(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 1300));

    const other = await rawLogin(account.simulator);
    const found = await rawQuery(
      account.simulator,
      other,
      "SELECT QUERY_ID, EXECUTION_STATUS FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE QUERY_TAG = 'stuck'",
    );

    const [[queryId, status] = []] = (found.data?.['rowset'] ?? []) as string[][];
    expect([answered, status]).toEqual([false, 'RUNNING']);
    await post(account.simulator, `/queries/${queryId}/abort-request`, {}, other);
    expect((await hanging).code).toBe('000604');
    expect(account.simulator.hasDatabase('D')).toBe(false);
    const ended = await get(account.simulator, `/monitoring/queries/${queryId}`, other);
    expect(ended.data?.['queries']).toMatchObject([{ status: 'FAILED_WITH_ERROR' }]);
  });

  test('does not keep the simulator from closing', async () => {
    const token = await rawLogin(account.simulator);
    inject('snowflake:query', 'hang');
    const hanging = rawQuery(account.simulator, token, 'SELECT 1').catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 100));

    await account.simulator.close();

    await expect(hanging).resolves.toBeDefined();
    account = await startAccount();
  });
});

test('a delayed statement takes effect after the delay', async () => {
  const token = await rawLogin(account.simulator);
  inject('snowflake:query', 'delay', { delayMs: 300 });

  const running = rawQuery(account.simulator, token, 'CREATE DATABASE D');
  await new Promise((resolve) => setTimeout(resolve, 100));

  expect(account.simulator.hasDatabase('D')).toBe(false);
  expect((await running).success).toBe(true);
  expect(account.simulator.hasDatabase('D')).toBe(true);
});

test('a status leaves the work undone and carries its headers; garbage hides work that was done', async () => {
  const token = await rawLogin(account.simulator);
  const send = (sqlText: string): Promise<Response> =>
    fetch(`${account.simulator.url}/queries/v1/query-request?requestId=${sqlText.length}`, {
      method: 'POST',
      headers: { authorization: `Snowflake Token="${token}"` },
      body: JSON.stringify({ sqlText }),
    });
  inject('snowflake:write', 'status', { status: 429, headers: { 'retry-after': '7' } });
  inject('snowflake:write', 'garbage', { nth: 2 });

  const limited = await send('CREATE ROLE LIMITED');
  const spoilt = await send('CREATE ROLE HIDDEN');

  expect([limited.status, limited.headers.get('retry-after'), account.simulator.hasRole('LIMITED')]).toEqual([429, '7', false]);
  expect([spoilt.status, account.simulator.hasRole('HIDDEN')]).toEqual([200, true]);
  await expect(spoilt.json()).rejects.toThrow('JSON');
});

test('an abort can fail like everything else', async () => {
  const token = await rawLogin(account.simulator);
  const running = await rawQuery(account.simulator, token, 'SELECT SYSTEM$WAIT(60)', { asyncExec: true });
  inject('snowflake:abort', 'refuse');

  const answer = await post(account.simulator, `/queries/${queryIdOf(running)}/abort-request`, {}, token);

  expect(answer.code).toBe('000603');
  const status = await get(account.simulator, `/monitoring/queries/${queryIdOf(running)}`, token);
  expect(status.data?.['queries']).toMatchObject([{ status: 'RUNNING' }]);
});
