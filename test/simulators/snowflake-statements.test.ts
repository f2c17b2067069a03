import type { Connection } from 'snowflake-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedAccount } from './snowflake-clients.js';
import { connect, disconnect, execute, executeAll, refusal, startAccount } from './snowflake-clients.js';

let account: SimulatedAccount;
let connection: Connection;

beforeEach(async () => {
  account = await startAccount();
  connection = await connect(account.simulator, { warehouse: 'WH' });
});

afterEach(async () => {
  await disconnect(connection);
  await account.simulator.close();
});

const refused = (text: string): Promise<string> => refusal(execute(connection, text));
const status = async (text: string): Promise<unknown> => (await execute(connection, text))[0]?.['status'];

describe('USE', () => {
  test('changes where the session stands', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE SCHEMA D.S', 'USE ROLE SYSADMIN', 'USE WAREHOUSE WH']);
    await executeAll(connection, ['USE ROLE ACCOUNTADMIN', 'USE DATABASE D', 'USE SCHEMA S', 'USE SECONDARY ROLES ALL']);

    const rows = await execute(connection, 'SELECT CURRENT_DATABASE() AS D, CURRENT_SCHEMA() AS S, CURRENT_ROLE() AS R, CURRENT_WAREHOUSE() AS W');

    expect(rows).toEqual([{ D: 'D', S: 'S', R: 'ACCOUNTADMIN', W: 'WH' }]);
  });

  test('of something absent is refused', async () => {
    expect(await refused('USE DATABASE NO_SUCH')).toBe('002043/02000');
    expect(await refused('USE SCHEMA NO_SUCH.S')).toBe('002043/02000');
    expect(await refused('USE WAREHOUSE NO_SUCH')).toBe('002043/02000');
    expect(await refused('USE ROLE NO_SUCH')).toBe('002043/02000');
    expect(await refused('USE SCHEMA S')).toBe('090105/22000');
  });
});

describe('CREATE', () => {
  test.each([
    ['ROLE R', 'Role R successfully created.'],
    ['WAREHOUSE W WITH WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60', 'Warehouse W successfully created.'],
    ['TRANSIENT DATABASE "Mixed Case" DATA_RETENTION_TIME_IN_DAYS = 0 COMMENT = \'c\'', 'Database "Mixed Case" successfully created.'],
    ['SECURITY INTEGRATION I TYPE = EXTERNAL_OAUTH ENABLED = TRUE', 'Integration I successfully created.'],
  ])('%s', async (definition, expected) => {
    expect(await status(`CREATE ${definition}`)).toBe(expected);
  });

  test.each([
    ['TABLE T (A INT, B STRING)'],
    ["OR REPLACE SECURE VIEW V (A) COMMENT = 'x' AS SELECT 1 AS A"],
    ['PROCEDURE P(A STRING) RETURNS STRING LANGUAGE JAVASCRIPT AS $$ return ";"; $$'],
    ['PROCEDURE P2() RETURNS STRING LANGUAGE SQL AS BEGIN LET x := 1; RETURN x; END'],
    ["FUNCTION F(A NUMBER(38, 0) DEFAULT 1) RETURNS NUMBER AS 'A + 1'"],
    ["MASKING POLICY M AS (val STRING) RETURNS STRING -> CASE WHEN 1 = 1 THEN val ELSE '*' END"],
    ['ROW ACCESS POLICY A AS (val STRING) RETURNS BOOLEAN -> TRUE'],
    ["TAG T ALLOWED_VALUES 'a', 'b'"],
  ])('%s inside the current schema', async (definition) => {
    await execute(connection, 'CREATE DATABASE D');

    await expect(execute(connection, `CREATE ${definition}`)).resolves.toHaveLength(1);
  });

  test('of what exists is refused, done without a word with IF NOT EXISTS, and starts afresh with OR REPLACE', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE SCHEMA D.S']);

    expect(await refused('CREATE DATABASE D')).toBe('002002/42710');
    expect(await status('CREATE DATABASE IF NOT EXISTS d')).toBe('D already exists, statement succeeded.');
    expect(await status('CREATE OR REPLACE DATABASE "D"')).toBe('Database D successfully created.');
    expect(await refused('USE SCHEMA D.S')).toBe('002043/02000');
  });

  test('a view and a table share one name', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE TABLE X (A INT)']);

    expect(await refused('CREATE VIEW X AS SELECT 1')).toBe('002002/42710');
  });

  test('procedures are told apart by their argument types', async () => {
    await execute(connection, 'CREATE DATABASE D');
    await execute(connection, 'CREATE PROCEDURE P(A STRING) RETURNS INT AS $$1$$');

    expect(await refused('CREATE PROCEDURE P(B VARCHAR) RETURNS INT AS $$1$$')).toBe('002002/42710');
    expect(await status('CREATE PROCEDURE P(B INT) RETURNS INT AS $$1$$')).toBe('Procedure P(NUMBER) successfully created.');
    expect(await refused('DROP PROCEDURE P')).toBe('001003/42000');
    expect(await status('DROP PROCEDURE P(INTEGER)')).toBe('"P(NUMBER)" successfully dropped.'.replaceAll('"', ''));
  });

  test('without a database or in one that is not there is refused', async () => {
    expect(await refused('CREATE SCHEMA S')).toBe('090105/22000');
    expect(await refused('CREATE SCHEMA NO_SUCH.S')).toBe('002003/02000');
    expect(await refused('CREATE TABLE NO_SUCH.S.T (A INT)')).toBe('002003/02000');
  });

  test.each([
    'CREATE DATABASE',
    'CREATE ROLE R R2',
    'CREATE TABLE T',
    'CREATE OR REPLACE ROLE IF NOT EXISTS R',
    'CREATE USER U PASSWORD',
    'CREATE NONSENSE X',
    'CREATE VIEW V AS',
    'CREATE PROCEDURE P() RETURNS INT EXECUTE AS OWNER',
  ])('%s is a syntax error', async (text) => {
    await execute(connection, 'CREATE DATABASE D');

    expect(await refused(text)).toBe('001003/42000');
  });
});

describe('DROP', () => {
  test('of a database takes everything in it and the session out of it', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE SCHEMA S', 'CREATE TABLE T (A INT)', 'DROP DATABASE D']);

    const left = account.simulator.objects().filter((object) => object.name.startsWith('D'));

    expect(left).toEqual([]);
    expect(await execute(connection, 'SELECT CURRENT_DATABASE() AS D')).toEqual([{ D: null }]);
  });

  test('of what is absent is refused, and fine with IF EXISTS', async () => {
    expect(await refused('DROP ROLE NO_SUCH')).toBe('002003/02000');
    expect(await status('DROP ROLE IF EXISTS NO_SUCH')).toBe('Drop statement executed successfully (NO_SUCH already dropped).');
    expect(await status('DROP SCHEMA IF EXISTS NO_SUCH.S')).toContain('already dropped');
  });
});

describe('ALTER, COMMENT, SET', () => {
  test('a renamed database takes its schemas and grants along', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE ROLE R', 'GRANT USAGE ON SCHEMA D.PUBLIC TO ROLE R', 'ALTER DATABASE D RENAME TO E']);

    const rows = await execute(connection, 'SHOW GRANTS TO ROLE R');

    expect(rows).toMatchObject([{ privilege: 'USAGE', name: 'E.PUBLIC' }]);
    expect(await execute(connection, 'SELECT CURRENT_DATABASE() AS D')).toEqual([{ D: 'E' }]);
  });

  test('properties of users and comments can be read back', async () => {
    await executeAll(connection, ["CREATE USER U COMMENT = 'first'", 'ALTER USER U SET DEFAULT_WAREHOUSE = WH', "COMMENT ON USER U IS 'second'"]);

    expect(await execute(connection, "SHOW USERS LIKE 'U'")).toMatchObject([{ default_warehouse: 'WH', comment: 'second' }]);
    await execute(connection, 'ALTER USER U UNSET DEFAULT_WAREHOUSE');
    expect(await execute(connection, "SHOW USERS LIKE 'U'")).toMatchObject([{ default_warehouse: '' }]);
  });

  test('a session variable can stand for a name and a value', async () => {
    await executeAll(connection, ["SET db = 'MADE_BY_VARIABLE'", 'CREATE DATABASE IDENTIFIER($db)']);

    expect(account.simulator.hasDatabase('MADE_BY_VARIABLE')).toBe(true);
    expect(await execute(connection, 'SELECT $db AS V')).toEqual([{ V: 'MADE_BY_VARIABLE' }]);
    await execute(connection, 'UNSET db');
    expect(await refused('SELECT $db')).toBe('002211/02000');
  });

  test('session parameters are shown where they were set', async () => {
    await execute(connection, "ALTER SESSION SET QUERY_TAG = 'mine'");

    const rows = await execute(connection, "SHOW PARAMETERS LIKE 'QUERY_TAG'");

    expect(rows).toMatchObject([{ key: 'QUERY_TAG', value: 'mine', level: 'SESSION' }]);
  });
});

describe('SELECT', () => {
  test('evaluates constants, functions and binds', async () => {
    const rows = await execute(connection, "SELECT 1 + 2 AS N, 'a' || ? AS T, ? AS B, UPPER('x') AS U, NULL AS V, TRUE AS Y", { binds: ["b'c", 7] });

    expect(rows).toEqual([{ N: 3, T: "ab'c", B: '7', U: 'X', V: null, Y: true }]);
  });

  test('an unknown function, column or table is refused', async () => {
    expect(await refused('SELECT MADE_UP()')).toBe('002140/42601');
    expect(await refused('SELECT A')).toBe('000904/42000');
    expect(await refused('SELECT * FROM D.S.T')).toBe('000002/0A000');
  });

  test('CURRENT_TIMESTAMP follows the clock of the account', async () => {
    account.simulator.setClockOffset(3_600_000);

    const [row] = await execute(connection, 'SELECT CURRENT_TIMESTAMP() AS T');

    expect(Number(row?.['T']) - Date.now()).toBeGreaterThan(3_590_000);
  });
});

describe('statements nobody looks into', () => {
  test('a block, EXECUTE IMMEDIATE and a transaction succeed', async () => {
    await expect(execute(connection, 'BEGIN LET x := 1; RETURN x; END;')).resolves.toHaveLength(1);
    await expect(execute(connection, "EXECUTE IMMEDIATE $$ BEGIN RETURN ';'; END $$")).resolves.toHaveLength(1);
    await expect(executeAll(connection, ['BEGIN', 'COMMIT', 'ROLLBACK'])).resolves.toBeUndefined();
  });

  test('a procedure can be called when it exists', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE PROCEDURE P(A STRING) RETURNS STRING AS $$x$$']);

    await expect(execute(connection, "CALL D.PUBLIC.P('x')")).resolves.toHaveLength(1);
    expect(await refused('CALL D.PUBLIC.Q()')).toBe('002140/42601');
  });

  test('rows can be inserted into a table that exists, with a warehouse', async () => {
    await executeAll(connection, ['CREATE DATABASE D', 'CREATE TABLE T (A INT)']);

    expect(await execute(connection, 'INSERT INTO T (A) VALUES (1), (2)')).toEqual([{ 'number of rows inserted': 2 }]);
    expect(await refused('INSERT INTO NO_SUCH VALUES (1)')).toBe('002003/02000');
  });
});

test.each([
  ['FOO BAR', 1, 0],
  ['SELECT 1,\n  FROM T', 2, 2],
  ['USE ROLE', 1, 8],
  ['UNDROP DATABASE D', 1, 0],
])('%j is a syntax error with its place', async (text, line, position) => {
  const error: unknown = await execute(connection, text).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: '001003', sqlState: '42000' });
  expect(String(error)).toContain(`syntax error line ${line} at position ${position}`);
});

test('an empty text is refused', async () => {
  expect(await refused('-- nothing')).toBe('000900/42601');
});
