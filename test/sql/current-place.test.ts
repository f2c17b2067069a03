import { describe, expect, it } from 'vitest';
import type { Platform } from '../../domain/script.js';
import { planScript } from '../../sql/plan-script.js';

const names = (platform: Platform, ...statements: readonly string[]): (string | undefined)[] =>
  planScript(`${statements.join(';\n')};\n`, platform, 'bootstrap').planned.statements.map(({ object }) => object?.name);

describe('names in a Databricks script', () => {
  it('lead into the catalog and schema that are used, however that is said', () => {
    expect(names('Databricks', 'USE CATALOG `Immuta`', 'CREATE SCHEMA s', 'CREATE TABLE s.t (a INT)', 'CREATE TABLE u (a INT)')).toEqual([
      undefined,
      'immuta.s',
      'immuta.s.t',
      'immuta.default.u',
    ]);
    expect(names('Databricks', 'SET CATALOG lake', 'USE SCHEMA raw', 'CREATE TABLE t (a INT)').at(-1)).toBe('lake.raw.t');
    expect(names('Databricks', 'USE lake.raw', 'DROP VIEW IF EXISTS v').at(-1)).toBe('lake.raw.v');
    expect(names('Databricks', 'USE CATALOG lake', 'USE raw', 'CREATE FUNCTION f() RETURNS INT RETURN 1').at(-1)).toBe('lake.raw.f');
  });

  it('are not moved by a CREATE, and stay whole where they are whole', () => {
    expect(names('Databricks', 'USE CATALOG a', 'CREATE CATALOG b', 'CREATE SCHEMA s', 'CREATE SCHEMA c.s')).toEqual([undefined, 'b', 'a.s', 'c.s']);
  });

  it('stay as they are written where the place is not known', () => {
    expect(names('Databricks', 'CREATE TABLE s.t (a INT)')).toEqual(['s.t']);
    expect(names('Databricks', 'USE CATALOG a', 'USE CATALOG IDENTIFIER(:c)', 'CREATE SCHEMA s').at(-1)).toBe('s');
    expect(names('Databricks', 'USE CATALOG a', "EXECUTE IMMEDIATE 'USE CATALOG b'", 'CREATE SCHEMA s').at(-1)).toBe('s');
    expect(names('Databricks', 'USE CATALOG a', 'DROP CATALOG a CASCADE', 'CREATE SCHEMA s').at(-1)).toBe('s');
  });
});

describe('names in a Snowflake script', () => {
  it('lead into the database that was used or made last', () => {
    expect(names('Snowflake', 'CREATE DATABASE "IMMUTA"', 'CREATE SCHEMA s', 'CREATE TABLE t (a INT)', 'CREATE TABLE r.t (a INT)')).toEqual([
      'IMMUTA',
      'IMMUTA.S',
      'IMMUTA.S.T',
      'IMMUTA.R.T',
    ]);
    expect(names('Snowflake', 'USE DATABASE db', 'CREATE TABLE t (a INT)').at(-1)).toBe('DB.PUBLIC.T');
    expect(names('Snowflake', 'USE db', 'USE SCHEMA s', 'USE ROLE r', 'USE WAREHOUSE w', 'DROP TABLE t').at(-1)).toBe('DB.S.T');
    expect(names('Snowflake', 'USE SCHEMA "a.b".s', 'CREATE VIEW v AS SELECT 1').at(-1)).toBe('"a.b".S.V');
  });

  it('stay as they are written where the place is not known', () => {
    expect(names('Snowflake', 'CREATE SCHEMA s')).toEqual(['S']);
    expect(names('Snowflake', 'CREATE DATABASE IF NOT EXISTS d', 'CREATE SCHEMA s').at(-1)).toBe('S');
    expect(names('Snowflake', 'USE DATABASE d', 'CREATE SCHEMA IF NOT EXISTS e.s', 'CREATE TABLE t (a INT)').at(-1)).toBe('T');
    expect(names('Snowflake', 'USE DATABASE d', "EXECUTE IMMEDIATE 'USE DATABASE e'", 'CREATE SCHEMA s').at(-1)).toBe('S');
  });

  it('of the account have no database', () => {
    expect(names('Snowflake', 'USE DATABASE d', 'CREATE ROLE r', 'CREATE USER u', 'DROP WAREHOUSE w')).toEqual([undefined, 'R', 'U', 'W']);
  });
});
