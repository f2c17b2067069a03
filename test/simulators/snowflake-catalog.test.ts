import type { Connection } from 'snowflake-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SimulatedAccount } from './snowflake-clients.js';
import { connect, disconnect, execute, executeAll, refusal, startAccount } from './snowflake-clients.js';

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

const names = async (text: string): Promise<unknown[]> => (await execute(connection, text)).map((row) => row['name']);

test('a creation time is a date of the account, in the vendor column', async () => {
  account.simulator.setClockOffset(-86_400_000);
  const before = Date.now() - 86_400_000;
  await execute(connection, 'CREATE DATABASE D');

  const [row] = await execute(connection, "SHOW DATABASES LIKE 'D'");

  const created = Number(row?.['created_on']);
  expect(created).toBeGreaterThanOrEqual(before);
  expect(created).toBeLessThan(before + 10_000);
  expect(Object.keys(row ?? {}).slice(0, 7)).toEqual(['created_on', 'name', 'is_default', 'is_current', 'origin', 'owner', 'comment']);
});

test('LIKE knows wildcards, escapes and no case', async () => {
  await executeAll(connection, ['CREATE ROLE A_B', 'CREATE ROLE AXB', 'CREATE ROLE "a_b_c"']);

  expect(await names("SHOW ROLES LIKE 'a_b'")).toEqual(['AXB', 'A_B']);
  expect(await names(String.raw`SHOW ROLES LIKE 'A\\_B'`)).toEqual(['A_B']);
  expect(await names("SHOW ROLES LIKE '%_b_C'")).toEqual(['a_b_c']);
  expect(await names("SHOW TERSE ROLES STARTS WITH 'A' LIMIT 2")).toEqual(['ACCOUNTADMIN', 'AXB']);
});

test('schemas and tables are listed in the database or schema asked for', async () => {
  await executeAll(connection, ['CREATE DATABASE D', 'CREATE DATABASE E', 'CREATE SCHEMA D.S', 'CREATE TABLE D.S.T (A INT)']);

  expect(await names('SHOW SCHEMAS IN DATABASE D')).toEqual(['INFORMATION_SCHEMA', 'PUBLIC', 'S']);
  expect(await names('SHOW TABLES IN ACCOUNT')).toEqual(['T']);
  expect(await names('SHOW TABLES IN SCHEMA D.S')).toEqual(['T']);
  expect(await names('SHOW TABLES IN E')).toEqual([]);
  expect(await refusal(execute(connection, 'SHOW SCHEMAS IN DATABASE NO_SUCH'))).toBe('002043/02000');
});

test('procedures and functions are listed by their bare names', async () => {
  await executeAll(connection, ['CREATE DATABASE D', 'CREATE PROCEDURE P(A STRING) RETURNS INT AS $$1$$', "CREATE FUNCTION F() RETURNS INT AS '1'"]);

  expect(await execute(connection, 'SHOW USER PROCEDURES IN SCHEMA D.PUBLIC')).toMatchObject([
    { name: 'P', min_num_arguments: 1, catalog_name: 'D' },
  ]);
  expect(await names('SHOW USER FUNCTIONS')).toEqual(['F']);
});

test('roles say who holds them', async () => {
  await executeAll(connection, ['CREATE ROLE R', 'GRANT ROLE R TO USER ANALYST', 'GRANT ROLE R TO ROLE SYSADMIN']);

  const rows = await execute(connection, "SHOW ROLES LIKE 'R'");

  expect(rows).toMatchObject([{ assigned_to_users: 1, granted_to_roles: 1, is_inherited: 'Y', is_current: 'N', owner: 'ACCOUNTADMIN' }]);
});

test('details of users are hidden from those who do not own them', async () => {
  const analyst = await connect(account.simulator, { username: 'ANALYST', password: 'secret' });

  const rows = await execute(analyst, "SHOW USERS LIKE 'ADMIN'");

  expect(rows).toMatchObject([{ name: 'ADMIN', login_name: null, has_password: null }]);
  expect(await refusal(execute(analyst, 'DESCRIBE USER ADMIN'))).toBe('003001/42501');
  await disconnect(analyst);
});

test('a described user shows its properties and no secret', async () => {
  await execute(connection, "CREATE USER U PASSWORD = 'hidden' DEFAULT_ROLE = R");

  const rows = await execute(connection, 'DESC USER U');

  expect(rows).toContainEqual(expect.objectContaining({ property: 'DEFAULT_ROLE', value: 'R' }));
  expect(JSON.stringify(rows)).not.toContain('hidden');
});

test('the list for the outside has kind, name, owner and time, and no secret', async () => {
  await executeAll(connection, ["CREATE USER U PASSWORD = 'hidden'", 'CREATE DATABASE "d"']);

  const objects = account.simulator.objects();

  expect(objects).toContainEqual({ kind: 'DATABASE', name: '"d"', owner: 'ACCOUNTADMIN', createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
  expect(JSON.stringify(objects)).not.toContain('hidden');
  expect(account.simulator.hasDatabase('d')).toBe(true);
  expect(account.simulator.hasDatabase('D')).toBe(false);
  expect(account.simulator.hasUser('U') && account.simulator.hasRole('SYSADMIN')).toBe(true);
});

test('objects appear in the ledger with the statement that made them, and vanish with the one that dropped them', async () => {
  account.ledger.clear();

  await executeAll(connection, ['CREATE DATABASE D', 'DROP DATABASE D']);

  const changes = account.ledger.entries.filter((entry) => entry.kind === 'object');
  expect(changes.map((entry) => [entry['change'], entry['object'], entry['name']].join(' '))).toEqual([
    'appeared DATABASE D',
    'appeared SCHEMA D.INFORMATION_SCHEMA',
    'appeared SCHEMA D.PUBLIC',
    'vanished SCHEMA D.INFORMATION_SCHEMA',
    'vanished SCHEMA D.PUBLIC',
    'vanished DATABASE D',
  ]);
  const [create, drop] = account.ledger.entries.filter((entry) => entry.kind === 'statement');
  expect([changes[0]?.['queryId'], changes[5]?.['queryId']]).toEqual([create?.['queryId'], drop?.['queryId']]);
});
