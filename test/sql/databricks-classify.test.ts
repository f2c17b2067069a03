import { describe, expect, it } from 'vitest';
import type { ObjectReference, StatementClass } from '../../domain/plan.js';
import { classify } from '../../sql/classify.js';
import type { Classification } from '../../sql/classification.js';
import { splitScript } from '../../sql/split.js';

function classified(statement: string): Classification {
  const [only, ...others] = splitScript(statement, 'Databricks');
  if (only === undefined || others.length > 0) throw new Error('expected one statement');
  return classify(only);
}

const byClass: Readonly<Record<StatementClass, readonly string[]>> = {
  session: [
    'USE CATALOG immuta',
    'use schema s',
    'USE immuta.s',
    "USE CATALOG 'immuta'",
    'USE CATALOG system',
    'SET TIME ZONE UTC',
    'SET CATALOG immuta',
    'SET VAR x = (SELECT 1)',
    'RESET',
    'DECLARE VARIABLE x INT DEFAULT 1',
    'DECLARE OR REPLACE x INT',
    'CREATE TEMPORARY VIEW v AS SELECT 1',
    'CREATE OR REPLACE TEMP VIEW v AS SELECT 1',
    'DROP TEMPORARY VARIABLE IF EXISTS x',
  ],
  read: [
    'SELECT 1',
    'SELECT :a',
    'SELECT * FROM system.access.audit',
    'SELECT current_user()',
    'VALUES (1)',
    'TABLE t',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'SHOW GRANTS ON CATALOG c',
    "LIST '/Volumes/a/b'",
    'DESCRIBE CATALOG EXTENDED c',
    'DESC SCHEMA c.s',
    'EXPLAIN SELECT 1',
  ],
  create: [
    'CREATE CATALOG immuta',
    "CREATE CATALOG IF NOT EXISTS `immuta` MANAGED LOCATION 's3://a/b' COMMENT 'x'",
    'CREATE FOREIGN CATALOG f USING CONNECTION c',
    'CREATE SCHEMA immuta.s',
    'CREATE DATABASE IF NOT EXISTS immuta.s',
    'CREATE TABLE immuta.s.t (a INT) USING DELTA',
    "CREATE EXTERNAL TABLE t LOCATION 's3://a/b'",
    'CREATE TABLE t AS SELECT 1 AS a',
    'CREATE VIEW v AS SELECT 1',
    'CREATE MATERIALIZED VIEW v AS SELECT 1',
    'CREATE VOLUME immuta.s.v',
    "CREATE EXTERNAL VOLUME v LOCATION 's3://a/b'",
    'CREATE FUNCTION immuta.s.f(x STRING) RETURNS STRING RETURN x',
    'CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $py$ return 1 $py$',
    'CREATE PROCEDURE p() LANGUAGE SQL AS BEGIN SELECT 1; END',
    'CREATE POLICY p ON CATALOG c ROW FILTER f TO x FOR TABLES',
  ],
  replace: ['CREATE OR REPLACE TABLE t (a INT)', 'CREATE OR REPLACE VIEW v AS SELECT 1', 'create /* x */ or -- y\n replace function f() return 1'],
  alter: [
    "ALTER CATALOG c SET TAGS ('a' = 'b')",
    'ALTER TABLE t ADD COLUMN a INT',
    'ALTER TABLE t ALTER COLUMN a SET MASK f',
    'ALTER TABLE t SET ROW FILTER f ON (a)',
    'ALTER SCHEMA s RENAME TO r',
    "COMMENT ON CATALOG c IS 'x'",
    'UNDROP TABLE t',
    'CREATE OR REFRESH STREAMING TABLE t AS SELECT 1',
  ],
  grant: [
    'GRANT USE CATALOG ON CATALOG immuta TO `a-b-c`',
    'GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG immuta TO `sp`',
    'GRANT ALL PRIVILEGES ON CATALOG immuta TO `sp`',
    'GRANT USE SCHEMA ON SCHEMA immuta.s TO `engineers`',
    'GRANT SELECT ON immuta.s.t TO u',
    'GRANT EXECUTE ON FUNCTION immuta.s.f TO u',
    'GRANT READ VOLUME ON VOLUME a.b.c TO u',
    'GRANT MANAGE ON SCHEMA immuta.s TO u',
    'ALTER SCHEMA immuta.s OWNER TO `sp`',
    'ALTER TABLE immuta.s.t SET OWNER TO `sp`',
  ],
  revoke: [
    'REVOKE USE CATALOG ON CATALOG immuta FROM `sp`',
    'REVOKE CREATE CATALOG ON METASTORE FROM u',
    'REVOKE SELECT ON SHARE s FROM RECIPIENT r',
  ],
  elevated: [
    'GRANT CREATE CATALOG ON METASTORE TO `sp`',
    'GRANT MANAGE ON CATALOG immuta TO `sp`',
    'GRANT USE CATALOG, MANAGE ON CATALOG main TO `sp`',
    'GRANT USE CATALOG ON CATALOG system TO `sp`',
    'GRANT USE SCHEMA ON SCHEMA system.access TO `sp`',
    'GRANT SELECT ON TABLE `SYSTEM`.access.audit TO `sp`',
    'GRANT SELECT ON system.query.history TO `sp`',
    'GRANT SELECT ON TABLE t TO `account users`',
    'GRANT SELECT ON TABLE t TO users',
    'GRANT SELECT ON SHARE s TO RECIPIENT r',
    'GRANT READ FILES ON EXTERNAL LOCATION l TO u',
    'GRANT ALL PRIVILEGES ON STORAGE CREDENTIAL c TO u',
    'GRANT USE CONNECTION ON CONNECTION c TO u',
    'GRANT SELECT ON ANY FILE TO u',
    'ALTER CATALOG immuta OWNER TO `sp`',
    'ALTER CATALOG immuta SET OWNER TO `sp`',
    'ALTER CATALOG owner OWNER TO `sp`',
    'ALTER CATALOG `set` SET OWNER TO `sp`',
    'ALTER SCHEMA immuta.s OWNER TO `account users`',
    'ALTER METASTORE SET OWNER TO admins',
    'ALTER CONNECTION c OWNER TO u',
    'ALTER SHARE s ADD TABLE t',
    "CREATE CONNECTION c TYPE postgresql OPTIONS (host 'h', password 'x')",
    "CREATE EXTERNAL LOCATION l URL 's3://a' WITH (STORAGE CREDENTIAL c)",
    'CREATE SHARE s',
    'CREATE RECIPIENT IF NOT EXISTS r',
    'CREATE STORAGE CREDENTIAL c',
    'ALTER GROUP g ADD USER u',
  ],
  data: [
    'INSERT INTO t VALUES (1)',
    'UPDATE t SET a = 1',
    'DELETE FROM t',
    'MERGE INTO t USING s ON a = b WHEN MATCHED THEN DELETE',
    "COPY INTO t FROM 's3://a'",
    'TRUNCATE TABLE t',
    'RESTORE TABLE t TO VERSION AS OF 1',
  ],
  transaction: ['BEGIN TRANSACTION', 'COMMIT', 'ROLLBACK'],
  drop: [
    'DROP CATALOG immuta',
    'DROP CATALOG IF EXISTS immuta CASCADE',
    'drop/**/schema s restrict',
    'DROP TABLE t',
    'DROP STORAGE CREDENTIAL c FORCE',
    'DROP SOMETHING NEW x',
    'ALTER TABLE t DROP COLUMN a',
    'ALTER TABLE t DROP ROW FILTER',
    'ALTER TABLE t ALTER COLUMN a DROP MASK',
    'DROP POLICY p ON CATALOG c',
  ],
  opaque: [
    'CALL p()',
    "EXECUTE IMMEDIATE 'DROP CATALOG c'",
    'BEGIN SELECT 1; END',
    'BEGIN ATOMIC SELECT 1; END',
    'a: BEGIN SELECT 1; END a',
    "SELECT http_request(conn => 'c', method => 'POST')",
    "SELECT `reflect`('java.lang.System', 'exit')",
    "CREATE TABLE t AS SELECT ai_query('m', 'p') AS a",
    "SET VAR x = (SELECT java_method('a', 'b'))",
    "SELECT * FROM remote_query('c', query => 'x')",
  ],
  unknown: [
    'USE',
    'SET',
    'SELECT',
    'VACUUM t',
    'MSCK REPAIR TABLE t',
    'DENY SELECT ON t TO u',
    'FROM t INSERT INTO u SELECT *',
    'WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a',
    'CREATE WHATEVER x',
    'ALTER WHATEVER x SET y',
    'ALTER CATALOG c OWNER TO',
    'GRANT SELECT ON TABLE t',
    'GRANT ON TABLE t TO u',
    'GRANT SELECT ON TABLE t TO u WITH GRANT OPTION',
    'GRANT SELECT ON TABLE t TO u.v',
    'GRANT USE SCHEMA ON SCHEMA TO u',
    'GRANT SELECT ON TABLE IDENTIFIER(:t) TO u',
    'USE CATALOG ${catalog}',
    "SELECT '${x}'",
    'COMMIT x',
    'a:SELECT 1',
  ],
};

describe.each(Object.entries(byClass))('on Databricks %s is', (expected, statements) => {
  it.each(statements)('%s', (statement) => {
    expect(classified(statement).class).toBe(expected);
  });
});

describe('the object of a Databricks statement', () => {
  it.each([
    ['CREATE CATALOG Immuta', { kind: 'catalog', name: 'immuta' }],
    ['CREATE CATALOG `Immuta`', { kind: 'catalog', name: 'immuta' }],
    ['CREATE CATALOG `a``b.c`', { kind: 'catalog', name: 'a`b.c' }],
    ['DROP SCHEMA IF EXISTS `Immuta` . S CASCADE', { kind: 'schema', name: 'immuta.s' }],
    ['CREATE DATABASE immuta.s', { kind: 'schema', name: 'immuta.s' }],
    ['CREATE TABLE immuta.`a.b`.`c` (a INT)', { kind: 'table', name: 'immuta.`a.b`.c' }],
    ['CREATE VOLUME immuta.s.v', { kind: 'volume', name: 'immuta.s.v' }],
    ['CREATE FUNCTION immuta.s.f(x INT) RETURN x', { kind: 'function', name: 'immuta.s.f' }],
  ] satisfies [string, ObjectReference][])('%s', (statement, object) => {
    expect(classified(statement).object).toEqual(object);
  });

  it.each(['CREATE CATALOG IDENTIFIER(:c)', "DROP SCHEMA IDENTIFIER('a' || 'b')", 'CREATE TEMPORARY VIEW v AS SELECT 1'])(
    'is not told by %s',
    (statement) => {
      expect(classified(statement).object).toBeUndefined();
    },
  );
});

describe('running a Databricks statement twice', () => {
  it.each([
    ['USE CATALOG c', true],
    ['GRANT SELECT ON TABLE t TO u', true],
    ['REVOKE SELECT ON TABLE t FROM u', true],
    ['CREATE SCHEMA IF NOT EXISTS s', true],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', true],
    ['DROP SCHEMA IF EXISTS s', true],
    ["ALTER TABLE t SET TAGS ('a' = 'b')", true],
    ["COMMENT ON TABLE t IS 'x'", true],
    ['CREATE CATALOG c', false],
    ['DROP CATALOG c', false],
    ['DECLARE VARIABLE x INT', false],
    ['ALTER CATALOG c OWNER TO u', false],
    ['ALTER SCHEMA s SET OWNER TO u', false],
    ['ALTER TABLE t RENAME TO u', false],
    ['INSERT INTO t VALUES (1)', false],
    ['CALL p()', false],
    ['BEGIN SELECT 1; END', false],
  ] satisfies [string, boolean][])('%s is as harmless as once: %s', (statement, repeatable) => {
    expect(classified(statement).repeatable).toBe(repeatable);
  });

  it.each([
    ['CREATE CATALOG c', true],
    ['CREATE CATALOG IF NOT EXISTS c', false],
    ['CREATE OR REPLACE TABLE t (a INT)', undefined],
  ] satisfies [string, boolean | undefined][])('%s, acknowledged, proves that it made the object: %s', (statement, plain) => {
    expect(classified(statement).plainCreate).toBe(plain);
  });
});

describe('what a person has to know of a Databricks statement', () => {
  it.each([
    ['DROP CATALOG IF EXISTS Immuta CASCADE', 'drops catalog immuta with all that it holds'],
    ['GRANT MANAGE ON CATALOG main TO `Data Admins`', 'gives Data Admins MANAGE on CATALOG main: who manages a catalog can pass on everything in it'],
    ['GRANT SELECT ON system.access.audit TO `sp`', 'gives sp SELECT on TABLE system.access.audit: it opens a part of the platform’s own records'],
    ['GRANT CREATE CATALOG ON METASTORE TO sp', 'gives sp CREATE CATALOG on METASTORE: it reaches beyond one catalog'],
    ['ALTER CATALOG immuta OWNER TO `sp`', 'makes sp owner of catalog immuta: an owner can pass on everything'],
    ...['USE CATALOG system', "use catalog 'System'", 'USE `system`.access', 'SET CATALOG system'].map(
      (statement) => [statement, 'goes to the platform’s own catalog: what follows may act on its records'] as [string, string],
    ),
    ['USE CATALOG IDENTIFIER(:c)', 'goes to a catalog or schema whose name only the platform can tell'],
    ['REVOKE SELECT ON TABLE t FROM u', 'takes SELECT on TABLE t from u'],
    ['CREATE OR REPLACE TABLE t (a INT)', 'replaces table t: what it holds is lost'],
    ["EXECUTE IMMEDIATE 'dr' || 'op; DROP CATALOG c'", 'holds code with DROP in it'],
    ['CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $py$ spark.sql("DROP TABLE t") $py$', 'holds code with DROP in it'],
    ["SELECT '${x}'", 'holds "${..}", in whose place the platform puts another text before it runs'],
  ])('%s', (statement, danger) => {
    expect(classified(statement).dangers).toContain(danger);
  });

  it('is nothing for a plain grant', () => {
    expect(classified('USE CATALOG immuta').dangers).toEqual([]);
    expect(classified('GRANT USE CATALOG ON CATALOG immuta TO `sp`').dangers).toEqual([]);
  });
});
