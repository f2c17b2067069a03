import type { Connection } from 'snowflake-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedAccount } from './snowflake-clients.js';
import { connect, disconnect, execute, executeAll, refusal, startAccount } from './snowflake-clients.js';

let account: SimulatedAccount;
let admin: Connection;

beforeEach(async () => {
  account = await startAccount();
  admin = await connect(account.simulator);
});

afterEach(async () => {
  await disconnect(admin);
  await account.simulator.close();
});

async function refusedAs(role: string, text: string): Promise<string> {
  await execute(admin, `USE ROLE ${role}`);
  return refusal(execute(admin, text));
}

async function as(role: string, ...texts: string[]): Promise<void> {
  await executeAll(admin, [`USE ROLE ${role}`, ...texts]);
}

const owner = (name: string): string | null | undefined => account.simulator.objects().find((object) => object.name === name)?.owner;

describe('system roles', () => {
  test.each([
    ['SYSADMIN', 'CREATE DATABASE X'],
    ['SYSADMIN', 'CREATE WAREHOUSE X'],
    ['USERADMIN', 'CREATE ROLE X'],
    ['USERADMIN', 'CREATE USER X'],
    ['SECURITYADMIN', 'CREATE ROLE X'],
    ['ACCOUNTADMIN', 'CREATE DATABASE X'],
  ])('%s may %s and owns the result', async (role, text) => {
    await as(role, text);

    expect(owner('X')).toBe(role);
  });

  test.each([
    ['USERADMIN', 'CREATE DATABASE X'],
    ['SYSADMIN', 'CREATE ROLE X'],
    ['PUBLIC', 'CREATE USER X'],
    ['SECURITYADMIN', 'CREATE WAREHOUSE X'],
  ])('%s may not %s', async (role, text) => {
    expect(await refusedAs(role, text)).toBe('003001/42501');
    expect(owner('X')).toBeUndefined();
  });

  test('a user can activate only what it was granted', async () => {
    const analyst = await connect(account.simulator, { username: 'ANALYST', password: 'secret' });

    expect(await refusal(execute(analyst, 'USE ROLE SYSADMIN'))).toBe('003013/42501');
    await execute(admin, 'GRANT ROLE SYSADMIN TO USER ANALYST');
    await expect(execute(analyst, 'USE ROLE SYSADMIN')).resolves.toHaveLength(1);
    await disconnect(analyst);
  });

  test('only ACCOUNTADMIN sets account parameters', async () => {
    expect(await refusedAs('SECURITYADMIN', 'ALTER ACCOUNT SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE')).toBe('003001/42501');
    await as('ACCOUNTADMIN', 'ALTER ACCOUNT SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE');
    expect(await execute(admin, "SHOW PARAMETERS LIKE 'quoted%' IN ACCOUNT")).toMatchObject([{ value: 'true', level: 'ACCOUNT' }]);
  });
});

describe('privileges on the account', () => {
  test('let a role of one own do what a system role does, until they are revoked', async () => {
    await as(
      'ACCOUNTADMIN',
      'CREATE ROLE SETUP',
      'GRANT ROLE SETUP TO USER ADMIN',
      'GRANT CREATE DATABASE, CREATE ROLE ON ACCOUNT TO ROLE SETUP WITH GRANT OPTION',
    );
    await as('SETUP', 'CREATE DATABASE D', 'CREATE ROLE R', 'GRANT CREATE DATABASE ON ACCOUNT TO ROLE R');

    await as('ACCOUNTADMIN', 'REVOKE CREATE DATABASE ON ACCOUNT FROM ROLE SETUP');

    expect(owner('D')).toBe('SETUP');
    expect(await refusedAs('SETUP', 'CREATE DATABASE E')).toBe('003001/42501');
  });

  test('are handed on only with grant option: MANAGE GRANTS is not enough', async () => {
    await as(
      'ACCOUNTADMIN',
      'CREATE ROLE R',
      'CREATE ROLE HOLDER',
      'GRANT ROLE HOLDER TO USER ADMIN',
      'GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE HOLDER',
    );

    expect(await refusedAs('HOLDER', 'GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE R')).toBe('003102/42501');
    expect(await refusedAs('SECURITYADMIN', 'GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE R')).toBe('003102/42501');
    await as('ACCOUNTADMIN', 'GRANT APPLY MASKING POLICY, APPLY ROW ACCESS POLICY ON ACCOUNT TO ROLE R');
  });

  test('that do not exist are refused', async () => {
    await as('ACCOUNTADMIN', 'CREATE ROLE R');

    expect(await refusedAs('ACCOUNTADMIN', 'GRANT FLY ON ACCOUNT TO ROLE R')).toBe('001007/22023');
    expect(await refusedAs('ACCOUNTADMIN', 'GRANT SELECT ON ACCOUNT TO ROLE R')).toBe('001007/22023');
  });
});

describe('privileges on objects', () => {
  beforeEach(async () => {
    await as('SYSADMIN', 'CREATE DATABASE D', 'CREATE SCHEMA D.S', 'CREATE TABLE D.S.T (A INT)');
    await as('USERADMIN', 'CREATE ROLE R', 'GRANT ROLE R TO USER ADMIN');
  });

  test('what a role holds nothing on, it cannot tell from what is not there', async () => {
    expect(await refusedAs('R', 'CREATE SCHEMA D.X')).toBe('002003/02000');
    expect(await execute(admin, "SHOW DATABASES LIKE 'D'")).toEqual([]);
  });

  test('with usage it sees the database and still may not create in it', async () => {
    await as('SYSADMIN', 'GRANT USAGE ON DATABASE D TO ROLE R');

    expect(await refusedAs('R', 'CREATE SCHEMA D.X')).toBe('003001/42501');
    await as('SYSADMIN', 'GRANT CREATE SCHEMA ON DATABASE D TO R');
    await as('R', 'CREATE SCHEMA D.X', 'CREATE TABLE D.X.T (A INT)');
    expect(owner('D.X.T')).toBe('R');
  });

  test('only the owner, and MANAGE GRANTS, give them', async () => {
    await as('SYSADMIN', 'GRANT USAGE ON DATABASE D TO ROLE R');

    expect(await refusedAs('R', 'GRANT USAGE ON DATABASE D TO ROLE PUBLIC')).toBe('003102/42501');
    await as('SECURITYADMIN', 'GRANT USAGE ON DATABASE D TO ROLE PUBLIC');
  });

  test('roles inherit from the roles granted to them', async () => {
    await as('USERADMIN', 'CREATE ROLE CHILD', 'GRANT ROLE CHILD TO ROLE R');
    await as('SYSADMIN', 'GRANT USAGE ON DATABASE D TO ROLE CHILD');

    await as('R', 'USE DATABASE D');

    await as('USERADMIN', 'REVOKE ROLE CHILD FROM ROLE R');
    expect(await refusedAs('R', 'USE DATABASE D')).toBe('002043/02000');
  });

  test('a circle of roles is refused', async () => {
    await as('USERADMIN', 'CREATE ROLE CHILD', 'GRANT ROLE CHILD TO ROLE R');

    expect(await refusedAs('USERADMIN', 'GRANT ROLE R TO ROLE CHILD')).toBe('001007/22023');
    expect(await refusedAs('USERADMIN', 'GRANT ROLE R TO ROLE R')).toBe('001007/22023');
  });

  test('ALL covers what exists, FUTURE what comes', async () => {
    await as('SECURITYADMIN', 'GRANT SELECT ON ALL TABLES IN SCHEMA D.S TO ROLE R', 'GRANT SELECT ON FUTURE TABLES IN DATABASE D TO ROLE R');
    await as('SYSADMIN', 'CREATE TABLE D.S.LATER (A INT)');

    const rows = await execute(admin, 'SHOW GRANTS TO ROLE R');

    expect(rows.map((row) => row['name'])).toEqual(['D.S.T', 'D.S.LATER']);
    expect(await execute(admin, 'SHOW FUTURE GRANTS IN DATABASE D')).toMatchObject([{ privilege: 'SELECT', grant_on: 'TABLE', grantee_name: 'R' }]);
  });

  test('future grants need MANAGE GRANTS', async () => {
    expect(await refusedAs('SYSADMIN', 'GRANT SELECT ON FUTURE TABLES IN DATABASE D TO ROLE R')).toBe('003102/42501');
  });

  test('secondary roles count for everything but CREATE', async () => {
    await as('R', 'USE SECONDARY ROLES ALL');

    expect(await refusal(execute(admin, 'CREATE DATABASE X'))).toBe('003001/42501');
    await expect(execute(admin, 'DROP TABLE D.S.T')).resolves.toHaveLength(1);
  });
});

describe('ownership', () => {
  beforeEach(async () => {
    await as('SYSADMIN', 'CREATE DATABASE D');
    await as('USERADMIN', 'CREATE ROLE R');
  });

  test('who does not own an object cannot drop or alter it, not even ACCOUNTADMIN', async () => {
    await as('SECURITYADMIN', 'GRANT OWNERSHIP ON DATABASE D TO ROLE R');

    expect(await refusedAs('ACCOUNTADMIN', 'DROP DATABASE D')).toBe('003001/42501');
    expect(await refusedAs('ACCOUNTADMIN', "ALTER DATABASE D SET COMMENT = 'x'")).toBe('003001/42501');
    await as('ACCOUNTADMIN', 'GRANT ROLE R TO ROLE SYSADMIN');
    await as('ACCOUNTADMIN', 'DROP DATABASE D');
    expect(account.simulator.hasDatabase('D')).toBe(false);
  });

  test('does not move while other roles hold grants, unless they are copied or revoked', async () => {
    await as('SYSADMIN', 'GRANT USAGE ON DATABASE D TO ROLE PUBLIC');

    expect(await refusedAs('SECURITYADMIN', 'GRANT OWNERSHIP ON DATABASE D TO ROLE R')).toBe('003036/23001');
    await execute(admin, 'GRANT OWNERSHIP ON DATABASE D TO ROLE R COPY CURRENT GRANTS');
    expect(await execute(admin, 'SHOW GRANTS ON DATABASE D')).toMatchObject([
      { privilege: 'OWNERSHIP', grantee_name: 'R' },
      { privilege: 'USAGE', grantee_name: 'PUBLIC', granted_by: 'R' },
    ]);
    await execute(admin, 'GRANT OWNERSHIP ON DATABASE D TO ROLE SYSADMIN REVOKE CURRENT GRANTS');
    expect(await execute(admin, 'SHOW GRANTS ON DATABASE D')).toMatchObject([{ privilege: 'OWNERSHIP', grantee_name: 'SYSADMIN' }]);
  });

  test('is given by the owner or MANAGE GRANTS only, and never revoked', async () => {
    expect(await refusedAs('USERADMIN', 'GRANT OWNERSHIP ON DATABASE D TO ROLE R')).toBe('002003/02000');
    expect(await refusedAs('SYSADMIN', 'GRANT OWNERSHIP ON ROLE R TO ROLE SYSADMIN')).toBe('003102/42501');
    expect(await refusedAs('SYSADMIN', 'REVOKE OWNERSHIP ON DATABASE D FROM ROLE SYSADMIN')).toBe('001007/22023');
  });

  test('system roles belong to nobody and stay', async () => {
    expect(await refusedAs('ACCOUNTADMIN', 'DROP ROLE SYSADMIN')).toBe('003001/42501');
    expect(await refusedAs('ACCOUNTADMIN', 'GRANT OWNERSHIP ON ROLE SYSADMIN TO ROLE R')).toBe('003102/42501');
  });

  test('of what a dropped role owned goes to whoever drops it, and its grants vanish', async () => {
    await as('SECURITYADMIN', 'GRANT OWNERSHIP ON DATABASE D TO ROLE R', 'GRANT ROLE R TO USER ANALYST');

    await as('USERADMIN', 'DROP ROLE R');

    expect(owner('D')).toBe('USERADMIN');
    expect(await execute(admin, 'SHOW GRANTS TO USER ANALYST')).toEqual([]);
    await execute(admin, 'CREATE ROLE R');
    expect(await execute(admin, 'SHOW GRANTS OF ROLE R')).toEqual([]);
  });

  test('a replaced role has lost its grants', async () => {
    await as('USERADMIN', 'GRANT ROLE R TO USER ANALYST', 'CREATE OR REPLACE ROLE R');

    expect(await execute(admin, 'SHOW GRANTS OF ROLE R')).toEqual([]);
  });
});

describe('the shared database', () => {
  test('is handed out as a whole, by ACCOUNTADMIN only', async () => {
    await as('USERADMIN', 'CREATE ROLE R');

    expect(await refusedAs('SECURITYADMIN', 'GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE R')).toBe('003102/42501');
    expect(await refusedAs('ACCOUNTADMIN', 'GRANT USAGE ON DATABASE SNOWFLAKE TO ROLE R')).toBe('001007/22023');
    await as('ACCOUNTADMIN', 'GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE R', 'GRANT ROLE R TO USER ANALYST');
    const analyst = await connect(account.simulator, { username: 'ANALYST', password: 'secret', role: 'R' });
    expect(await execute(analyst, 'SELECT QUERY_ID FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY')).toEqual([]);
    await disconnect(analyst);
  });

  test('its database roles can be granted', async () => {
    await as('ACCOUNTADMIN', 'CREATE ROLE R', 'GRANT DATABASE ROLE SNOWFLAKE.GOVERNANCE_VIEWER TO ROLE R');

    expect(await execute(admin, 'SHOW GRANTS TO ROLE R')).toMatchObject([
      { privilege: 'USAGE', granted_on: 'DATABASE_ROLE', name: 'SNOWFLAKE.GOVERNANCE_VIEWER' },
    ]);
  });
});

test('grants to and on what is absent are refused', async () => {
  expect(await refusedAs('ACCOUNTADMIN', 'GRANT CREATE ROLE ON ACCOUNT TO ROLE NO_SUCH')).toBe('002003/02000');
  expect(await refusedAs('ACCOUNTADMIN', 'GRANT ROLE NO_SUCH TO USER ADMIN')).toBe('002003/02000');
  expect(await refusedAs('ACCOUNTADMIN', 'GRANT USAGE ON DATABASE NO_SUCH TO ROLE SYSADMIN')).toBe('002003/02000');
});
