import { describe, expect, it } from 'vitest';
import type { ObjectReference, StatementClass } from '../../domain/plan.js';
import { classify } from '../../sql/classify.js';
import type { Classification } from '../../sql/classification.js';
import { splitScript } from '../../sql/split.js';

function classified(statement: string): Classification {
  const [only, ...others] = splitScript(statement, 'Snowflake');
  if (only === undefined || others.length > 0) throw new Error('expected one statement');
  return classify(only);
}

const byClass: Readonly<Record<StatementClass, readonly string[]>> = {
  session: [
    'USE ROLE ACCOUNTADMIN',
    'use database "X"',
    'USE SECONDARY ROLES ALL',
    'USE WAREHOUSE w',
    "SET db = 'IMMUTA'",
    'UNSET db',
    "ALTER SESSION SET QUERY_TAG = 'x'",
    'ALTER SESSION UNSET QUERY_TAG',
  ],
  read: [
    'SELECT 1',
    'select current_role()',
    'SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))',
    'SELECT * FROM TABLE(db.INFORMATION_SCHEMA.QUERY_HISTORY())',
    'SELECT * FROM TABLE($t)',
    'SELECT SYSTEM$TYPEOF(1)',
    'SELECT SYSTEM$WAIT(1)',
    'WITH a AS (SELECT 1), b AS (SELECT 2) SELECT * FROM a, b',
    'SHOW ROLES LIKE $$x$$',
    'SHOW/**/GRANTS TO ROLE r',
    'DESC USER u',
    'DESCRIBE DATABASE d',
    'EXPLAIN SELECT 1',
    'SHOW TABLES ->> SELECT * FROM $1',
  ],
  create: [
    'CREATE DATABASE d',
    'CREATE TRANSIENT DATABASE IF NOT EXISTS d',
    'CREATE SCHEMA IF NOT EXISTS d.s',
    'CREATE ROLE r',
    'CREATE DATABASE ROLE d.r',
    'CREATE USER IF NOT EXISTS u',
    "CREATE USER u PASSWORD = 'x'",
    'CREATE WAREHOUSE w',
    'CREATE TABLE t (a INT)',
    'CREATE TEMP TABLE t AS SELECT 1 AS a',
    'CREATE LOCAL TEMPORARY TABLE t (a INT)',
    'CREATE DYNAMIC TABLE t AS SELECT 1 AS a',
    'CREATE SECURE VIEW v AS SELECT 1 AS a',
    'CREATE MATERIALIZED VIEW v AS SELECT 1 AS a',
    'CREATE MASKING POLICY p AS (x STRING) RETURNS STRING -> x',
    'CREATE ROW ACCESS POLICY IF NOT EXISTS p AS (x STRING) RETURNS BOOLEAN -> TRUE',
    "CREATE PROCEDURE p() RETURNS INT LANGUAGE SQL AS 'BEGIN RETURN 1; END'",
    'CREATE PROCEDURE p() RETURNS INT AS BEGIN RETURN 1; END',
    'CREATE FUNCTION f() RETURNS INT AS $$ 1 $$',
    'CREATE EXTERNAL FUNCTION f() RETURNS INT API_INTEGRATION = i AS $$ x $$',
    'CREATE TASK t AS SELECT 1',
    'CREATE TAG t',
    'CREATE SEQUENCE s',
    'CREATE STAGE s',
    'CREATE FILE FORMAT f',
    'CREATE NETWORK POLICY p',
    'CREATE SECURITY INTEGRATION i TYPE = OAUTH',
    'CREATE EXTERNAL ACCESS INTEGRATION i',
    'CREATE SECRET s TYPE = PASSWORD',
  ],
  replace: [
    'CREATE OR REPLACE DATABASE d',
    'CREATE OR REPLACE ROLE r',
    'CREATE OR REPLACE TABLE t (a INT)',
    'CREATE OR REPLACE SECURE VIEW v AS SELECT 1 AS a',
    'create /* x */ or -- y\n replace procedure p() returns int as $$ 1 $$',
  ],
  alter: [
    "ALTER USER u SET RSA_PUBLIC_KEY = 'x'",
    'ALTER USER IF EXISTS u UNSET PASSWORD',
    'ALTER DATABASE d RENAME TO e',
    'ALTER TABLE t ADD COLUMN a INT',
    'ALTER TABLE t SWAP WITH u',
    'ALTER WAREHOUSE w RESUME',
    'ALTER TASK t SUSPEND',
    'CREATE OR ALTER TABLE t (a INT)',
    "COMMENT ON ROLE r IS 'x'",
    "COMMENT IF EXISTS ON TABLE t IS 'x'",
    'UNDROP DATABASE d',
  ],
  grant: [
    'GRANT ROLE r TO USER u',
    'GRANT ROLE r TO ROLE SYSADMIN',
    'GRANT USAGE ON DATABASE d TO ROLE r',
    'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA d.s TO ROLE r',
    'GRANT USAGE ON FUTURE SCHEMAS IN DATABASE d TO ROLE r WITH GRANT OPTION',
    'GRANT USAGE ON WAREHOUSE w TO r',
    'GRANT USAGE ON PROCEDURE d.s.p(INT, VARCHAR) TO ROLE r',
    'GRANT OWNERSHIP ON SCHEMA d.s TO ROLE r COPY CURRENT GRANTS',
    'GRANT OWNERSHIP ON ALL TABLES IN SCHEMA d.s TO ROLE r',
    'GRANT OWNERSHIP ON FUTURE MASKING POLICIES IN DATABASE d TO ROLE r',
    'GRANT OWNERSHIP ON DATABASE d TO ROLE ACCOUNTADMIN',
    'GRANT DATABASE ROLE d.r TO ROLE q',
  ],
  revoke: [
    'REVOKE ROLE r FROM USER u',
    'REVOKE USAGE ON DATABASE d FROM ROLE r CASCADE',
    'REVOKE GRANT OPTION FOR USAGE ON DATABASE d FROM ROLE r',
    'REVOKE MANAGE GRANTS ON ACCOUNT FROM ROLE r',
  ],
  elevated: [
    'GRANT MANAGE GRANTS ON ACCOUNT TO ROLE r',
    'GRANT/**/APPLY MASKING POLICY, APPLY ROW ACCESS POLICY ON ACCOUNT TO ROLE r WITH GRANT OPTION',
    'GRANT CREATE DATABASE ON ACCOUNT TO ROLE r',
    'GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE r',
    'GRANT DATABASE ROLE SNOWFLAKE.OBJECT_VIEWER TO ROLE r',
    'GRANT APPLICATION ROLE SNOWFLAKE.ADMIN TO ROLE r',
    'GRANT OWNERSHIP ON ROLE r TO ROLE q',
    'GRANT OWNERSHIP ON USER u TO ROLE q COPY CURRENT GRANTS',
    'GRANT OWNERSHIP ON DATABASE d TO ROLE q',
    'GRANT OWNERSHIP ON INTEGRATION i TO ROLE q',
    'GRANT OWNERSHIP ON SOMETHING NEW x TO ROLE q',
    'GRANT ROLE ACCOUNTADMIN TO USER u',
    'GRANT ROLE "ACCOUNTADMIN" TO USER u',
    'grant role securityadmin to role r',
    "GRANT ROLE IDENTIFIER('ACCOUNTADMIN') TO USER u",
    'GRANT ROLE $r TO USER u',
    'GRANT SELECT ON TABLE t TO ROLE PUBLIC',
    'GRANT ROLE r TO ROLE PUBLIC',
    'GRANT USAGE ON DATABASE d TO SHARE s',
    'GRANT SELECT ON ALL TABLES IN ACCOUNT TO ROLE r',
    'ALTER ACCOUNT SET NETWORK_POLICY = p',
    'ALTER ACCOUNT UNSET NETWORK_POLICY',
    'ALTER SHARE s ADD ACCOUNTS = a',
    'CREATE SHARE s',
    'CREATE MANAGED ACCOUNT a',
  ],
  data: [
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE',
    'COPY INTO t FROM @s',
    'TRUNCATE TABLE t',
  ],
  transaction: ['BEGIN', 'BEGIN TRANSACTION', 'BEGIN WORK NAME t', 'START TRANSACTION', 'COMMIT', 'COMMIT WORK', 'ROLLBACK'],
  drop: [
    'DROP DATABASE d',
    'DROP/**/DATABASE IF EXISTS "d" CASCADE',
    'DROP -- x\n ROLE r',
    'DROP USER IF EXISTS u',
    'DROP PROCEDURE p(INT)',
    'DROP SOMETHING NEW x',
    'ALTER TABLE t DROP COLUMN a',
    'ALTER TABLE t DROP ROW ACCESS POLICY p',
    'ALTER TASK t MODIFY AS DROP DATABASE d',
  ],
  opaque: [
    'CALL p()',
    "EXECUTE IMMEDIATE 'DROP DATABASE d'",
    'EXECUTE IMMEDIATE $$ BEGIN RETURN 1; END $$',
    'EXECUTE TASK t',
    'BEGIN SELECT 1; END',
    'DECLARE x INT; BEGIN RETURN x; END',
    'WITH p AS PROCEDURE () RETURNS INT AS BEGIN RETURN 1; END CALL p()',
    "SELECT SYSTEM$ABORT_SESSION('1')",
    'SELECT * FROM TABLE(my_procedure(1))',
    'SELECT * FROM TABLE(flatten.s.p(1))',
    'CREATE TABLE t AS SELECT * FROM TABLE(my_procedure(1))',
    "SET a = (SELECT SYSTEM$CANCEL_ALL_QUERIES('1'))",
    'ALTER TASK t RESUME',
    'ALTER ALERT a MODIFY ACTION CALL p()',
  ],
  unknown: [
    'FROBNICATE x',
    '"DROP" DATABASE d',
    'CREATE SOMETHING NEW x',
    'CREATE OR REPLACE SOMETHING NEW x',
    'ALTER SOMETHING NEW x',
    'ALTER SYSTEM SET a = 1',
    'GRANT x',
    'GRANT USAGE ON DATABASE d',
    "GRANT ROLE r TO ROLE IDENTIFIER('x')",
    'REVOKE ROLE r TO USER u',
    'COMMIT AND CHAIN',
    'START SOMETHING',
    '(SELECT 1)',
    'WITH a AS (SELECT 1) DELETE FROM t',
    'SHOW TABLES ->> DROP TABLE t',
    'LOCK TABLE t',
    'SELECT',
    'USE',
  ],
};

describe.each(Object.entries(byClass))('%s', (expected, statements) => {
  it.each(statements)('%s', (statement) => {
    expect(classified(statement).class).toBe(expected);
  });
});

it('knows at least 120 statements', () => {
  expect(Object.values(byClass).flat().length).toBeGreaterThanOrEqual(120);
});

describe('the object', () => {
  it.each<[string, ObjectReference | undefined]>([
    ['CREATE DATABASE immuta', { kind: 'database', name: 'IMMUTA' }],
    ['CREATE DATABASE "Immuta ""x"".y"', { kind: 'database', name: 'Immuta "x".y' }],
    ['CREATE SCHEMA IF NOT EXISTS "Immuta".s', { kind: 'schema', name: 'Immuta.S' }],
    ['CREATE SCHEMA "A.B"', { kind: 'schema', name: '"A.B"' }],
    ['CREATE TABLE d."s.t"."u" (a INT)', { kind: 'table', name: 'D."s.t".u' }],
    ['CREATE OR REPLACE SECURE VIEW d.s.v AS SELECT 1 AS a', { kind: 'view', name: 'D.S.V' }],
    ['DROP USER IF EXISTS u', { kind: 'user', name: 'U' }],
    ['DROP PROCEDURE d.s.p(INT)', { kind: 'procedure', name: 'D.S.P' }],
    ['CREATE DATABASE ROLE d.r', { kind: 'other', name: 'D.R' }],
    ["DROP DATABASE IDENTIFIER('x')", undefined],
    ['DROP DATABASE $x', undefined],
    ["DROP DATABASE 'x'", undefined],
    ['DROP SOMETHING x', undefined],
  ])('of %s', (statement, object) => {
    expect(classified(statement).object).toEqual(object);
  });
});

describe('repeatable', () => {
  it.each([
    'USE ROLE r',
    'SELECT 1',
    'GRANT ROLE r TO USER u',
    'GRANT MANAGE GRANTS ON ACCOUNT TO ROLE r',
    'REVOKE ROLE r FROM USER u',
    "COMMENT ON ROLE r IS 'x'",
    'CREATE ROLE IF NOT EXISTS r',
    'CREATE ROLE r IF NOT EXISTS',
    'CREATE OR REPLACE ROLE r',
    'CREATE OR ALTER TABLE t (a INT)',
    'DROP ROLE IF EXISTS r',
    'ALTER USER u SET DISABLED = TRUE',
    'ALTER USER u UNSET PASSWORD',
    'ALTER PROCEDURE p(INT) SET COMMENT = $$x$$',
  ])('%s', (statement) => {
    expect(classified(statement).repeatable).toBe(true);
  });

  it.each([
    'CREATE ROLE r',
    'DROP ROLE r',
    'GRANT OWNERSHIP ON ROLE r TO ROLE q',
    'GRANT OWNERSHIP ON SCHEMA d.s TO ROLE q',
    'INSERT INTO t VALUES (1)',
    'CALL p()',
    'ALTER DATABASE d RENAME TO e',
    'ALTER TABLE t ADD COLUMN a INT',
    'BEGIN',
    'FROBNICATE',
  ])('not %s', (statement) => {
    expect(classified(statement).repeatable).toBe(false);
  });
});

it('calls a CREATE plain only if its success proves that it made the object', () => {
  expect(classified('CREATE ROLE r').plainCreate).toBe(true);
  expect(classified('CREATE ROLE IF NOT EXISTS r').plainCreate).toBe(false);
  expect(classified('CREATE ROLE r IF NOT EXISTS').plainCreate).toBe(false);
  expect(classified('CREATE OR REPLACE ROLE r').plainCreate).toBeUndefined();
  expect(classified('CREATE OR ALTER TABLE t (a INT)').plainCreate).toBeUndefined();
});

describe('the dangers', () => {
  it.each([
    ['CREATE OR REPLACE DATABASE d', /replaces database D/],
    ['CREATE OR REPLACE TABLE t (a INT)', /replaces table T/],
    ['DROP DATABASE d CASCADE', /drops database D with all that depends on it/],
    ['CREATE PROCEDURE p() RETURNS INT AS $$ Drop table t; delete from u $$', /code with DROP, DELETE/],
    ["CREATE PROCEDURE p() RETURNS INT AS 'TRUNCATE TABLE t'", /code with TRUNCATE/],
    [String.raw`EXECUTE IMMEDIATE 'D\x52OP DATABASE d'`, /code with DROP/],
    ['BEGIN DROP DATABASE d; END', /code with DROP/],
    ['CREATE TASK t AS BEGIN DELETE FROM u; END', /code with DELETE/],
    ['GRANT SELECT ON TABLE t TO ROLE r WITH GRANT OPTION', /lets R pass on SELECT on TABLE T/],
    ['GRANT MANAGE GRANTS ON ACCOUNT TO ROLE r', /gives R MANAGE GRANTS on ACCOUNT/],
    ['CALL p()', /only the platform can read/],
    ['FROBNICATE', /do not know/],
  ])('of %s', (statement, danger) => {
    expect(classified(statement).dangers.join('\n')).toMatch(danger);
  });

  it('are none where the words are only parts of names', () => {
    expect(classified('CREATE PROCEDURE p() RETURNS INT AS $$ call drop_it(undelete) $$').dangers).toEqual([]);
    expect(classified('CREATE VIEW v AS SELECT 1 AS a').dangers).toEqual([]);
  });
});
