import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimulatedAccount } from './snowflake-clients.js';
import { connect, disconnect, execute, get, post, queryIdOf, rawLogin, rawQuery, refusal, startAccount } from './snowflake-clients.js';

let account: SimulatedAccount;

beforeEach(async () => {
  account = await startAccount();
});

afterEach(async () => {
  await account.simulator.close();
});

test('the driver renews an expired session and goes on without being told', async () => {
  const connection = await connect(account.simulator);
  await execute(connection, 'USE ROLE SYSADMIN');
  account.simulator.expireSessions();

  const rows = await execute(connection, 'SELECT CURRENT_ROLE() AS R');

  expect(rows).toEqual([{ R: 'SYSADMIN' }]);
  expect(account.ledger.entries.filter((entry) => entry['path'] === '/session/token-request')).toHaveLength(1);
  await disconnect(connection);
});

test('with the master token expired too, the connection is dead', async () => {
  const connection = await connect(account.simulator);
  account.simulator.expireSessions('master');

  expect(await refusal(execute(connection, 'SELECT 1'))).toBe('407002/08003');
  expect(connection.isUp()).toBe(false);
});

test('a closed session is gone, an unknown token is invalid, an expired one says so', async () => {
  const closed = await rawLogin(account.simulator);
  const expired = await rawLogin(account.simulator);
  await post(account.simulator, '/session?delete=true', {}, closed);
  account.simulator.expireSessions();

  expect((await rawQuery(account.simulator, closed, 'SELECT 1')).code).toBe('390111');
  expect((await rawQuery(account.simulator, 'made up', 'SELECT 1')).code).toBe('390104');
  expect((await rawQuery(account.simulator, expired, 'SELECT 1')).code).toBe('390112');
});

test('a renewed session keeps its state and its old token is worth nothing', async () => {
  const answer = await post(account.simulator, '/session/v1/login-request', { data: { LOGIN_NAME: 'ADMIN', PASSWORD: 'correct horse' } });
  const [token, master] = [String(answer.data?.['token']), String(answer.data?.['masterToken'])];
  await rawQuery(account.simulator, token, "SET greeting = 'hello'");

  const renewed = await post(account.simulator, '/session/token-request', { oldSessionToken: token, requestType: 'RENEW' }, master);

  const fresh = String(renewed.data?.['sessionToken']);
  expect((await rawQuery(account.simulator, fresh, 'SELECT $greeting')).data?.['rowset']).toEqual([['hello']]);
  expect((await rawQuery(account.simulator, token, 'SELECT 1')).code).toBe('390104');
});

test('state belongs to one session: role, database, variables', async () => {
  const one = await rawLogin(account.simulator);
  const other = await rawLogin(account.simulator);
  await rawQuery(account.simulator, one, 'CREATE DATABASE D');
  await rawQuery(account.simulator, one, 'SET x = 1');

  expect((await rawQuery(account.simulator, one, 'SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()')).data?.['rowset']).toEqual([['D', 'PUBLIC']]);
  expect((await rawQuery(account.simulator, other, 'SELECT CURRENT_DATABASE()')).data?.['rowset']).toEqual([[null]]);
  expect((await rawQuery(account.simulator, other, 'SELECT $x')).code).toBe('002211');
});

test('closing a session ends the statement that still runs in it', async () => {
  const token = await rawLogin(account.simulator);
  const started = await rawQuery(account.simulator, token, 'SELECT SYSTEM$WAIT(60)', { asyncExec: true });
  const other = await rawLogin(account.simulator);

  await post(account.simulator, '/session?delete=true', {}, token);

  const status = await get(account.simulator, `/monitoring/queries/${queryIdOf(started)}`, other);
  expect(status.data?.['queries']).toMatchObject([{ status: 'FAILED_WITH_ERROR', errorCode: '000604' }]);
});

test('a reset forgets sessions, objects and history', async () => {
  const connection = await connect(account.simulator);
  await execute(connection, 'CREATE DATABASE GONE');

  account.simulator.reset();

  expect(account.simulator.hasDatabase('GONE')).toBe(false);
  const again = await connect(account.simulator);
  const rows = await execute(again, 'SELECT QUERY_TEXT FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY())');
  expect(rows).toHaveLength(1);
  await disconnect(again);
});
