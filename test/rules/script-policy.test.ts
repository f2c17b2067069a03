import { describe, expect, it } from 'vitest';
import type { EffectivePolicy } from '../../domain/plan.js';
import { effectivePolicy } from '../../rules/script-policy.js';
import { planScript } from '../../sql/plan-script.js';

const bootstrapText =
  'USE ROLE SYSADMIN; CREATE DATABASE immuta; CREATE ROLE "Immuta_System"; GRANT MANAGE GRANTS ON ACCOUNT TO ROLE "Immuta_System"';
const cleanupText = 'USE ROLE SYSADMIN; REVOKE MANAGE GRANTS ON ACCOUNT FROM ROLE "Immuta_System"; DROP DATABASE immuta; DROP ROLE "Immuta_System"';

function judged({ bootstrap = bootstrapText, cleanup = cleanupText, names = [] as readonly string[], allowed = true } = {}): EffectivePolicy {
  return effectivePolicy({
    asked: 'automatic',
    allowAutomatic: allowed,
    bootstrap: planScript(bootstrap, 'Snowflake', 'bootstrap').planned,
    cleanup: planScript(cleanup, 'Snowflake', 'cleanup').planned,
    manifestNames: names,
  });
}

describe('automatic', () => {
  it('is honoured where the worker allows it and both scripts do only what such scripts need', () => {
    expect(judged()).toMatchObject({ asked: 'automatic', effective: 'automatic' });
  });

  it('becomes approval where the worker does not allow it', () => {
    expect(judged({ allowed: false })).toMatchObject({ effective: 'approval', because: 'This worker does not allow automatic runs.' });
  });

  it('becomes approval when there is no cleanup script', () => {
    const bootstrap = planScript(bootstrapText, 'Snowflake', 'bootstrap').planned;

    const policy = effectivePolicy({ asked: 'automatic', allowAutomatic: true, bootstrap, cleanup: undefined, manifestNames: [] });

    expect(policy).toMatchObject({ effective: 'approval', because: 'Immuta gives no cleanup script, so a failure could not be undone.' });
  });

  it.each([
    ['CREATE OR REPLACE ROLE r', 'replaces what may exist already'],
    ['REVOKE ROLE r FROM USER u', 'revokes something'],
    ['INSERT INTO t VALUES (1)', 'changes rows'],
    ['BEGIN', 'opens or ends a transaction'],
    ['DROP ROLE r', 'drops something'],
    ['CALL p()', 'runs code that only the platform can read'],
    ['FROBNICATE', 'does something we do not know'],
  ])('becomes approval for %s in the bootstrap script, and names the first such line', (statement, does) => {
    const policy = judged({ bootstrap: `${bootstrapText};\n\n${statement};\nCALL p()` });

    expect(policy).toMatchObject({ effective: 'approval', because: `Line 3 of the bootstrap script ${does}.` });
  });

  it.each([
    'CREATE ROLE r',
    'ALTER USER u SET DISABLED = TRUE',
    'GRANT MANAGE GRANTS ON ACCOUNT TO ROLE r',
    'DELETE FROM t',
    'CALL p()',
    'FROBNICATE',
  ])('becomes approval for %s in the cleanup script', (statement) => {
    const policy = judged({ cleanup: `${cleanupText};\n${statement}` });

    expect(policy.effective).toBe('approval');
    expect(policy.because).toMatch(/^Line 2 of the cleanup script /);
  });
});

describe('a drop in the cleanup script', () => {
  it.each([
    ['of what the bootstrap script does not create', 'DROP DATABASE other', 'database OTHER'],
    ['of another kind with the same name', 'DROP USER immuta', 'user IMMUTA'],
    ['of a name in other letters', 'DROP ROLE Immuta_System', 'role IMMUTA_SYSTEM'],
    ['of what only the platform can name', "DROP DATABASE IDENTIFIER('IMMUTA')", 'something without a certain name'],
    ['of a kind we do not know', 'DROP SOMETHING immuta', 'something without a certain name'],
    ['of a part of a table', 'ALTER TABLE immuta.a.b DROP COLUMN c', 'something without a certain name'],
    ['of a bare name in a database', 'DROP SCHEMA s', 'schema S'],
    ['in another database', 'DROP SCHEMA prod.s', 'schema PROD.S'],
    ['of a quoted name that only looks like a path', 'DROP STAGE "IMMUTA.a.b"', 'object "IMMUTA.a.b"'],
  ])('%s asks for approval', (_, statement, named) => {
    const policy = judged({ cleanup: statement });

    expect(policy.effective).toBe('approval');
    expect(policy.because).toContain(`drops ${named}, which neither the bootstrap script creates nor the manifest names`);
  });

  it.each(['DROP SCHEMA immuta.s', 'DROP TABLE "IMMUTA".s.t', 'DROP DATABASE IF EXISTS "IMMUTA"'])(
    'of what lies in the new database is covered: %s',
    (statement) => {
      expect(judged({ cleanup: statement }).effective).toBe('automatic');
    },
  );

  it('in a database that IF NOT EXISTS may have found is not covered', () => {
    expect(judged({ bootstrap: 'CREATE DATABASE IF NOT EXISTS prod', cleanup: 'DROP SCHEMA prod.s' }).effective).toBe('approval');
  });

  it('of a name that the manifest gives is covered, as written or in upper case', () => {
    expect(judged({ bootstrap: 'SELECT 1', names: ['immuta', 'Immuta_System'] }).effective).toBe('automatic');
  });

  it('of a warehouse is not covered by the manifest', () => {
    expect(judged({ cleanup: 'DROP WAREHOUSE immuta', names: ['immuta'] }).effective).toBe('approval');
  });
});

describe('what is not automatic', () => {
  it.each(['approval', 'external'] as const)('stays: %s', (asked) => {
    expect(effectivePolicy({ asked, allowAutomatic: true, bootstrap: undefined, cleanup: undefined, manifestNames: [] })).toEqual({
      asked,
      effective: asked,
      because: `The manifest asks for ${asked}.`,
    });
  });
});

describe('automatic on Databricks', () => {
  const judgedThere = (bootstrap: string, cleanup: string): EffectivePolicy =>
    effectivePolicy({
      asked: 'automatic',
      allowAutomatic: true,
      bootstrap: planScript(bootstrap, 'Databricks', 'bootstrap').planned,
      cleanup: planScript(cleanup, 'Databricks', 'cleanup').planned,
      manifestNames: ['immuta'],
    });

  it.each([
    ['CREATE CATALOG immuta', 'DROP CATALOG IF EXISTS `Immuta` CASCADE'],
    ['CREATE CATALOG other', 'DROP SCHEMA other.one; DROP CATALOG other'],
    ['CREATE SCHEMA immuta.one', 'DROP SCHEMA immuta.one'],
  ])('is honoured for %s and then %s', (bootstrap, cleanup) => {
    expect(judgedThere(bootstrap, cleanup)).toMatchObject({ effective: 'automatic' });
  });

  it.each([
    ['CREATE CATALOG immuta', 'DROP CATALOG main CASCADE', 'drops catalog main'],
    ['CREATE CATALOG IF NOT EXISTS other', 'DROP SCHEMA other.one', 'drops schema other.one'],
    ['CREATE CATALOG immuta', 'DROP SCHEMA one', 'drops schema one'],
  ])('becomes approval for %s and then %s', (bootstrap, cleanup, does) => {
    expect(judgedThere(bootstrap, cleanup)).toMatchObject({ effective: 'approval', because: expect.stringContaining(does) });
  });
});
