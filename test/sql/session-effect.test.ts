import { describe, expect, it } from 'vitest';
import { sessionEffects, type SessionEffect } from '../../sql/session-effect.js';

const into = (kind: 'database' | 'schema' | 'warehouse', name: string): SessionEffect => ({ kind: 'move', to: { kind, name }, how: 'always' });
const ifMade = (kind: 'database' | 'schema' | 'warehouse', name: string): SessionEffect => ({
  kind: 'move',
  to: { kind, name },
  how: 'if it made it',
});
const outOf = (kind: 'database' | 'schema' | 'warehouse', name: string): SessionEffect => ({ kind: 'move', to: { kind, name }, how: 'out of it' });
const somewhere: SessionEffect = { kind: 'move', to: undefined, how: 'always' };

describe('what a Snowflake statement leaves in its session', () => {
  it.each<[string, SessionEffect]>([
    ['USE ROLE SECURITYADMIN', { kind: 'role', role: 'SECURITYADMIN' }],
    ['use role "My Role"', { kind: 'role', role: 'My Role' }],
    ['USE ROLE IDENTIFIER($r)', { kind: 'role', role: undefined }],
    ['USE WAREHOUSE wh', into('warehouse', 'WH')],
    ['USE DATABASE "IMMUTA"', into('database', 'IMMUTA')],
    ['USE immuta', into('database', 'IMMUTA')],
    ['USE SCHEMA s', into('schema', 'S')],
    ['USE SCHEMA "D.1".s', into('schema', '"D.1".S')],
    ['USE d.s', into('schema', 'D.S')],
    ['USE SCHEMA IDENTIFIER($s)', somewhere],
    ['CREATE DATABASE "IMMUTA"', into('database', 'IMMUTA')],
    ['CREATE TRANSIENT DATABASE d', into('database', 'D')],
    ['CREATE OR REPLACE SCHEMA d.s', into('schema', 'D.S')],
    ['CREATE SCHEMA IF NOT EXISTS d.s', ifMade('schema', 'D.S')],
    ['CREATE OR ALTER SCHEMA d.s', ifMade('schema', 'D.S')],
    ['CREATE WAREHOUSE wh', into('warehouse', 'WH')],
    ['DROP DATABASE IF EXISTS d', outOf('database', 'D')],
    ['DROP SCHEMA d.s', outOf('schema', 'D.S')],
    ['UNDROP SCHEMA d.s', somewhere],
    ['ALTER DATABASE d RENAME TO e', somewhere],
    ['ALTER DATABASE d SWAP WITH e', somewhere],
    ["ALTER DATABASE d SET COMMENT = 'x'", { kind: 'none' }],
    ['CREATE DATABASE ROLE d.r', { kind: 'none' }],
    ['CREATE TABLE d.s.t (a INT)', { kind: 'none' }],
    ['CREATE ROLE r', { kind: 'none' }],
    ['GRANT ROLE a TO ROLE b', { kind: 'none' }],
    ['SELECT 1', { kind: 'none' }],
    ['INSERT INTO t VALUES (1)', { kind: 'none' }],
  ])('%s', (statement, effect) => {
    expect(sessionEffects(statement, 'Snowflake')).toEqual([effect]);
  });

  it.each([
    'USE SECONDARY ROLES ALL',
    "SET db = 'IMMUTA'",
    'SET n = -1',
    'SET flag = TRUE',
    "SET (a, b) = (1, 'x')",
    'SET copy = $db',
    'UNSET db',
    "ALTER SESSION SET TIMEZONE = 'UTC'",
    'ALTER SESSION UNSET TIMEZONE',
  ])('can be given again by saying it again: %s', (statement) => {
    expect(sessionEffects(statement, 'Snowflake')).toEqual([{ kind: 'repeat' }]);
  });

  it.each([
    'SET at = CURRENT_TIMESTAMP()',
    'SET n = (SELECT MAX(id) FROM t)',
    'SET v = "t"',
    'ALTER SESSION SET AUTOCOMMIT = FALSE',
    'CREATE TEMPORARY TABLE t (a INT)',
    'CREATE OR REPLACE TEMP STAGE s',
    'CREATE LOCAL TEMPORARY TABLE t (a INT)',
    'CREATE VOLATILE TABLE t (a INT)',
    "EXECUTE IMMEDIATE 'USE SCHEMA x'",
    'CALL p()',
    'BEGIN LET x INT := 1; END',
    'SELECT SYSTEM$SOMETHING_NEW()',
    'FROBNICATE x',
  ])('is lost with it: %s', (statement) => {
    expect(sessionEffects(statement, 'Snowflake')).toMatchObject([{ kind: 'lost' }]);
  });

  it('is a transaction from BEGIN to COMMIT or ROLLBACK', () => {
    expect(sessionEffects('BEGIN TRANSACTION; COMMIT; START TRANSACTION; ROLLBACK', 'Snowflake').map(({ kind }) => kind)).toEqual([
      'opens a transaction',
      'ends a transaction',
      'opens a transaction',
      'ends a transaction',
    ]);
  });
});

describe('what a Databricks statement leaves in its session', () => {
  it.each([
    'USE CATALOG immuta',
    'USE SCHEMA s',
    'SET CATALOG immuta',
    'SET spark.sql.ansi.enabled = true',
    "SET TIME ZONE 'UTC'",
    'SET VAR x = 5',
    'RESET',
    'DECLARE x INT DEFAULT 5',
    'DECLARE OR REPLACE VARIABLE x STRING',
    'CREATE TEMPORARY VIEW v AS SELECT * FROM t',
    'CREATE OR REPLACE TEMP VIEW v AS SELECT 1',
    'CREATE GLOBAL TEMPORARY VIEW v AS SELECT 1',
    'CREATE TEMPORARY FUNCTION f(x INT) RETURNS INT RETURN x + 1',
    'DROP TEMPORARY VIEW IF EXISTS v',
  ])('can be given again by saying it again: %s', (statement) => {
    expect(sessionEffects(statement, 'Databricks')).toEqual([{ kind: 'repeat' }]);
  });

  it.each([
    'SET VARIABLE x = (SELECT max(id) FROM t)',
    'SET VAR x = current_timestamp()',
    'DECLARE x TIMESTAMP DEFAULT current_timestamp()',
    'CREATE TEMPORARY TABLE t (a INT)',
    'CREATE TEMP VOLUME v',
    "EXECUTE IMMEDIATE 'USE CATALOG x'",
    'CALL p()',
    'BEGIN DECLARE x INT; SET x = 1; END',
  ])('is lost with it: %s', (statement) => {
    expect(sessionEffects(statement, 'Databricks')).toMatchObject([{ kind: 'lost' }]);
  });

  it.each([
    'CREATE CATALOG immuta',
    'CREATE SCHEMA IF NOT EXISTS immuta.s',
    'DROP CATALOG IF EXISTS immuta CASCADE',
    'GRANT SELECT ON TABLE t TO `a`',
  ])('is nothing: %s', (statement) => {
    expect(sessionEffects(statement, 'Databricks')).toEqual([{ kind: 'none' }]);
  });
});
