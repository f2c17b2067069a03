import { expect, test } from 'vitest';
import type { Preflight } from '../../platforms/runner-messages.js';
import { openSession, targetAt, wireServer } from './opening.js';
import { seconds } from './wire-server.js';
import type { Reply, Responder } from './wire-server.js';

const created = seconds(Date.parse('2026-01-02T03:04:05.000Z'));
const nothing: Reply = { columns: ['name'], rows: [] };

function grants(...rows: readonly (readonly [privilege: string, on: string, name: string])[]): Reply {
  return { columns: ['privilege', 'granted_on', 'name', 'grant_option'], rows: rows.map((row) => [...row, 'false']) };
}

function as(role: string): Reply {
  return { columns: ['U', 'R', 'CURRENT_TIMESTAMP()'], rows: [['ADMIN', role, seconds(Date.now())]] };
}

async function preflight(respond: Responder, changes: Readonly<Record<string, unknown>> = {}): Promise<Preflight> {
  const wire = await wireServer();
  wire.respond = respond;
  const session = await openSession(targetAt(wire.port, changes));
  return await session.preflight(targetAt(wire.port, changes));
}

function found({ checks }: Preflight, name: string): Preflight['checks'][number] | undefined {
  return checks.find((check) => check.name === name);
}

const withUser: Responder = ({ sql }) =>
  sql.startsWith("SHOW USERS LIKE 'IMMUTA_SYSTEM_ACCOUNT'") ? { columns: ['name'], rows: [['IMMUTA_SYSTEM_ACCOUNT']] } : undefined;

test('all checks pass for ACCOUNTADMIN on an account that is ready, in order', async () => {
  const { checks } = await preflight(withUser);

  expect(checks.map(({ name, status }) => [name, status])).toEqual([
    ['privileged user and role', 'passed'],
    ['clock', 'passed'],
    ['quoted identifiers', 'passed'],
    ['privileges', 'passed'],
    ['policy privileges', 'passed'],
    ['warehouse', 'passed'],
    ['database', 'passed'],
    ['system account user', 'passed'],
    ['query history', 'passed'],
  ]);
  expect(checks.every(({ cure }) => cure === '')).toBe(true);
});

test('another role than the one asked for is a failure', async () => {
  const result = await preflight(({ sql }) => (sql.startsWith('SELECT CURRENT_USER') ? as('PUBLIC') : undefined));

  expect(found(result, 'privileged user and role')).toMatchObject({
    status: 'failed',
    kind: 'conflict',
    message: expect.stringContaining('PUBLIC'),
    cure: 'Run as SECURITYADMIN: GRANT ROLE "ACCOUNTADMIN" TO USER "ADMIN";',
  });
});

test('a clock that is off by more than a minute is a warning with the amount', async () => {
  const late = (): Reply => ({ columns: ['U', 'R', 'CURRENT_TIMESTAMP()'], rows: [['ADMIN', 'ACCOUNTADMIN', seconds(Date.now() + 300_000)]] });

  const result = await preflight(({ sql }) => (sql.startsWith('SELECT CURRENT_USER') ? late() : undefined));

  expect(found(result, 'clock')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/(29[5-9]|30[0-5]) s behind/),
    cure: expect.stringContaining('NTP'),
  });
});

test('quoted identifiers that ignore case are a failure with the ALTER ACCOUNT that cures it', async () => {
  const result = await preflight(({ sql }) =>
    sql.startsWith('SHOW PARAMETERS') ? { columns: ['key', 'value'], rows: [['QUOTED_IDENTIFIERS_IGNORE_CASE', 'true']] } : undefined,
  );

  expect(found(result, 'quoted identifiers')).toMatchObject({
    status: 'failed',
    kind: 'conflict',
    cure: 'Run as ACCOUNTADMIN: ALTER ACCOUNT SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE;',
  });
});

test('missing privileges are named in one GRANT', async () => {
  const result = await preflight(({ sql }) => {
    if (sql.startsWith('SELECT CURRENT_USER')) return as('INSTALLER');
    if (sql === 'SHOW GRANTS TO ROLE "INSTALLER"') return grants(['CREATE DATABASE', 'ACCOUNT', 'ACME'], ['USAGE', 'WAREHOUSE', 'WH']);
    return undefined;
  });

  expect(found(result, 'privileges')).toMatchObject({
    status: 'failed',
    kind: 'permission-missing',
    cure: 'Run as ACCOUNTADMIN: GRANT CREATE ROLE, CREATE USER, MANAGE GRANTS ON ACCOUNT TO ROLE "INSTALLER";',
  });
  expect(found(result, 'policy privileges')).toMatchObject({ status: 'warning', cure: expect.stringContaining('WITH GRANT OPTION;') });
  expect(found(result, 'warehouse')).toMatchObject({ status: 'passed' });
});

test('a role that is not shown every database does not call one absent', async () => {
  const poor = await preflight(({ sql }) => (sql.startsWith('SELECT CURRENT_USER') ? as('SYSADMIN') : undefined));
  const admin = await preflight(withUser);

  expect(found(poor, 'database')?.message).toBe('SYSADMIN sees no database IMMUTA; without MANAGE GRANTS it is not shown every one.');
  expect(found(admin, 'database')?.message).toBe('Database IMMUTA does not exist yet.');
});

test('privileges of inherited roles count, to any depth and in a circle', async () => {
  const result = await preflight(({ sql }) => {
    if (sql.startsWith('SELECT CURRENT_USER')) return as('INSTALLER');
    if (sql === 'SHOW GRANTS TO ROLE "INSTALLER"') return grants(['USAGE', 'ROLE', '"mixed Case"'], ['USAGE', 'ROLE', 'SECURITYADMIN']);
    if (sql === 'SHOW GRANTS TO ROLE "mixed Case"') return grants(['USAGE', 'ROLE', 'INSTALLER'], ['CREATE DATABASE', 'ACCOUNT', 'ACME']);
    return undefined;
  });

  expect(found(result, 'privileges')).toMatchObject({ status: 'passed' });
});

test('a warehouse that cannot be seen is a failure, and one without USAGE a warning, each with its GRANT', async () => {
  const unseen = await preflight(({ sql }) => (sql.startsWith('SHOW WAREHOUSES') ? nothing : undefined));
  const unusable = await preflight(({ sql }) => (sql.startsWith('SELECT CURRENT_USER') ? as('INSTALLER') : undefined));

  expect(found(unseen, 'warehouse')).toMatchObject({
    status: 'failed',
    kind: 'not-found',
    cure: expect.stringContaining('GRANT USAGE ON WAREHOUSE "WH" TO ROLE "ACCOUNTADMIN";'),
  });
  expect(found(unusable, 'warehouse')).toMatchObject({ status: 'warning', cure: expect.stringContaining('TO ROLE "INSTALLER";') });
});

test('a database of that name is a failure that says whose it is', async () => {
  const result = await preflight(({ sql }) =>
    sql.startsWith('SHOW DATABASES') ? { columns: ['created_on', 'name', 'owner'], rows: [[created, 'IMMUTA', 'SYSADMIN']] } : undefined,
  );

  expect(found(result, 'database')).toMatchObject({
    status: 'failed',
    kind: 'already-exists',
    message: expect.stringMatching(/owner SYSADMIN, created 2026-01-02T03:04:05/),
    cure: expect.stringContaining('Choose another database'),
  });
  expect(result.existing[0]).toEqual({
    object: { kind: 'database', name: 'IMMUTA' },
    exists: true,
    createdAt: '2026-01-02T03:04:05.000Z',
    owner: 'SYSADMIN',
  });
});

test('databases whose names only look alike are no obstacle', async () => {
  const result = await preflight(({ sql }) =>
    sql.startsWith('SHOW DATABASES') ? { columns: ['name'], rows: [['immuta'], ['IMMUTA2']] } : undefined,
  );

  expect(found(result, 'database')).toMatchObject({ status: 'passed' });
});

test('a missing user of a key pair system account is a warning with its CREATE USER; with a password it is not looked for', async () => {
  const missing = await preflight(() => undefined);
  const byPassword = await preflight(() => undefined, {
    systemAccount: { authenticationType: 'userPassword', username: 'S', password: 'env:UNUSED', role: 'R' },
  });

  expect(found(missing, 'system account user')).toMatchObject({
    status: 'warning',
    cure: expect.stringContaining('CREATE USER "IMMUTA_SYSTEM_ACCOUNT" TYPE = SERVICE'),
  });
  expect(found(byPassword, 'system account user')).toMatchObject({ status: 'skipped' });
});

test('a query history that cannot be read is a warning', async () => {
  const result = await preflight(({ sql }) => (sql.includes('QUERY_HISTORY') ? { code: '002003', message: 'does not exist' } : undefined));

  expect(found(result, 'query history')).toMatchObject({ status: 'warning', message: expect.stringContaining('harmless to repeat') });
});

test('a check that may not look is a failed check, and the others go on', async () => {
  const result = await preflight(({ sql }) =>
    sql.startsWith('SHOW GRANTS')
      ? { code: '003001', sqlState: '42501', message: 'no' }
      : sql.startsWith('SELECT CURRENT_USER')
        ? as('INSTALLER')
        : undefined,
  );

  expect(found(result, 'privileges')).toMatchObject({ status: 'failed', kind: 'permission-missing' });
  expect(found(result, 'policy privileges')).toMatchObject({ status: 'skipped' });
  expect(found(result, 'database')).toMatchObject({ status: 'passed' });
});

test('what the script makes is looked for by name, each object once', async () => {
  const { existing } = await preflight(() => undefined);

  expect(existing.map(({ object, exists }) => [object.kind, object.name, exists])).toEqual([
    ['database', 'IMMUTA', false],
    ['role', 'IMMUTA_SYSTEM', false],
    ['user', 'IMMUTA_SYSTEM_ACCOUNT', false],
    ['role', 'IMMUTA_IMPERSONATION', false],
  ]);
});

test('a preflight sends nothing but texts that read', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));

  await session.preflight(targetAt(wire.port));

  expect(wire.scriptStatements()).toEqual([]);
});
