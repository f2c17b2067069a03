import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSnowflakeSimulator } from '../../simulators/snowflake/server.js';
import type { SimulatedAccount } from './snowflake-clients.js';
import { adminPassword, get, post, queryIdOf, rawLogin, rawQuery, startAccount } from './snowflake-clients.js';

let account: SimulatedAccount;

beforeAll(async () => {
  account = await startAccount();
});

afterAll(async () => {
  await account.simulator.close();
});

test('it listens on loopback and says on every answer that it is a simulator', async () => {
  const login = await fetch(`${account.simulator.url}/session/v1/login-request`, { method: 'POST', body: '{}' });
  const nowhere = await fetch(`${account.simulator.url}/session/heartbeat`, { method: 'POST', body: '{}' });

  expect(account.simulator.host).toBe('127.0.0.1');
  expect(login.headers.get('x-mooring-simulator')).toBe('snowflake');
  expect(nowhere.headers.get('x-mooring-simulator')).toBe('snowflake');
});

test('a gzip body is read like a plain one', async () => {
  const body = gzipSync(JSON.stringify({ data: { LOGIN_NAME: 'ADMIN', PASSWORD: adminPassword } }));

  const answer = await post(account.simulator, '/session/v1/login-request?request_id=1', new Uint8Array(body), 'None', {
    'content-encoding': 'gzip',
  });

  expect(answer.success).toBe(true);
});

test.each([
  ['no JSON', 'not json'],
  ['no gzip under a gzip header', gzipSync('x').subarray(0, 3).toString('latin1')],
])('a body that is %s is refused and the server lives on', async (_, body) => {
  const headers = { 'content-encoding': body === 'not json' ? 'identity' : 'gzip' };

  const response = await fetch(`${account.simulator.url}/session/v1/login-request`, { method: 'POST', body, headers });

  expect(response.status).toBe(400);
  expect(await rawLogin(account.simulator)).toMatch(/^simulated-session-/);
});

test('an address the vendor does not have is 404', async () => {
  const token = await rawLogin(account.simulator);

  const response = await fetch(`${account.simulator.url}/nowhere`, { headers: { authorization: `Snowflake Token="${token}"` } });

  expect(response.status).toBe(404);
});

test('heartbeat and telemetry are answered', async () => {
  const token = await rawLogin(account.simulator);

  expect((await post(account.simulator, '/session/heartbeat?requestId=1', {}, token)).success).toBe(true);
  expect((await post(account.simulator, '/telemetry/send?requestId=1', { logs: [] }, token)).success).toBe(true);
});

test('the request id is known under both of its names, and one id runs once in one session', async () => {
  const token = await rawLogin(account.simulator);
  const send = (name: string): ReturnType<typeof post> =>
    post(account.simulator, `/queries/v1/query-request?${name}=same`, { sqlText: 'CREATE ROLE ONCE' }, token);

  const first = await send('requestId');
  const second = await send('request_id');

  expect(second.data?.['queryId']).toBe(first.data?.['queryId']);
  expect(account.ledger.entries.filter((entry) => entry['object'] === 'ROLE ONCE')).toHaveLength(1);
});

test('the same request id in another session runs again', async () => {
  const [one, other] = [await rawLogin(account.simulator), await rawLogin(account.simulator)];

  await rawQuery(account.simulator, one, 'CREATE ROLE TWICE', {}, 'shared');
  const again = await rawQuery(account.simulator, other, 'CREATE ROLE TWICE', {}, 'shared');

  expect(again.code).toBe('002002');
});

test('a status asked with two slashes is found', async () => {
  const token = await rawLogin(account.simulator);
  const answer = await rawQuery(account.simulator, token, 'SELECT 1');

  const status = await get(account.simulator, `/monitoring/queries//${queryIdOf(answer)}`, token);

  expect(status.data?.['queries']).toMatchObject([{ status: 'SUCCESS' }]);
});

test('every request stands in the ledger without its query', async () => {
  account.ledger.clear();

  const token = await rawLogin(account.simulator, '?roleName=SYSADMIN');
  await rawQuery(account.simulator, token, 'SELECT 1');

  const requests = account.ledger.entries.filter((entry) => entry.kind === 'request');
  expect(requests).toMatchObject([
    { method: 'POST', path: '/session/v1/login-request' },
    { method: 'POST', path: '/queries/v1/query-request' },
  ]);
  expect(JSON.stringify(account.ledger.entries)).not.toContain(adminPassword);
});

test('a port that is taken is an error to whoever starts it', async () => {
  const { ledger, faults } = account;

  await expect(startSnowflakeSimulator({ ledger, faults, users: [], warehouses: [], port: account.simulator.port })).rejects.toThrow('EADDRINUSE');
});
