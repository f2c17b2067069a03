// A script that goes on in another session than it began in.
import { describe, expect, it } from 'vitest';
import type { ObjectState } from '../../activities/ports.js';
import type { RunScriptInput } from '../../activities/run-script.js';
import { DatabricksTarget } from '../../domain/databricks-target.js';
import type { SealedScript } from '../../domain/script.js';
import { emptyJournal, type Journal } from '../../rules/journal.js';
import { given, portError, request, run, runId, sealed } from './script-on-platform.js';

type Platform = ReturnType<typeof given>;

const later = '2026-01-01T01:00:00.000Z';
const firstSentAt = '2026-01-01T00:00:00.000Z';
const before = '2025-12-31T00:00:00.000Z';

/** A new attempt at a script of which everything through `acknowledgedThrough` is done, and everything through `mayHaveSentThrough` may have left. */
async function resumed(
  platform: Platform,
  script: string,
  journal: Partial<Journal>,
  { sealedAs = sealed(script), ...more }: { sealedAs?: SealedScript } & Pick<Partial<RunScriptInput>, 'resume' | 'targets' | 'request'> = {},
) {
  const marks = { ...emptyJournal, firstSentAt, ...journal };
  const whole = { ...marks, mayHaveSentThrough: Math.max(marks.acknowledgedThrough, marks.mayHaveSentThrough) };
  return (await run(platform, { attempt: 2, journal: whole, input: { script: sealedAs, ...more } })).result;
}

const texts = ({ sent }: Platform): string[] => sent.map(({ text, tag }) => `${tag.includes('/restore/') ? 'again: ' : ''}${text}`);

describe('a new session', () => {
  it('gets the last role, and variables and parameters in their order, before the script goes on', async () => {
    const platform = given();
    const script = `USE ROLE A; SET x = 'a'; USE ROLE B; ALTER SESSION SET TIMEZONE = 'UTC'; SET y = $x; GRANT ROLE R TO ROLE S`;

    await resumed(platform, script, { acknowledgedThrough: 4 });

    expect(texts(platform)).toEqual([
      "again: SET x = 'a'",
      'again: USE ROLE B',
      "again: ALTER SESSION SET TIMEZONE = 'UTC'",
      'again: SET y = $x',
      'GRANT ROLE R TO ROLE S',
    ]);
  });

  it('is moved to where the platform said that the last one stood, whatever moved it there', async () => {
    const platform = { ...given(), stands: { role: 'ACCOUNTADMIN', warehouse: 'WH', database: 'HOME', schema: 'PUBLIC' } };
    const place = { role: 'ACCOUNTADMIN', warehouse: 'WH', database: 'IMMUTA', schema: 'S', after: 1 };

    await resumed(platform, 'CREATE DATABASE IMMUTA; CREATE SCHEMA S; CREATE TABLE T (A INT)', { acknowledgedThrough: 1, place });

    expect(platform.moves).toEqual([{ warehouse: 'WH', database: 'IMMUTA', schema: 'S' }]);
    expect(texts(platform)).toEqual(['CREATE TABLE T (A INT)']);
  });

  const there = { role: 'C', warehouse: 'WH', database: 'IMMUTA', schema: 'S', after: 3 };
  const roles = 'USE ROLE A; CREATE DATABASE IMMUTA; USE ROLE B; USE ROLE C; GRANT ROLE R TO ROLE S';

  it('is moved by a role that may go there, when the script has come to one that may not', async () => {
    const platform = { ...given(), stands: { role: 'ACCOUNTADMIN', warehouse: 'WH', database: 'HOME', schema: 'PUBLIC' }, confined: ['B', 'C'] };

    await resumed(platform, roles, { acknowledgedThrough: 3, place: there });

    expect(platform.stands).toEqual({ role: 'C', warehouse: 'WH', database: 'IMMUTA', schema: 'S' });
    expect(texts(platform)).toEqual(['again: USE ROLE C', 'GRANT ROLE R TO ROLE S']);
  });

  it('is moved by a role of the script when that of the login may not go there', async () => {
    const platform = { ...given(), stands: { role: 'ACCOUNTADMIN', database: 'HOME' }, confined: ['ACCOUNTADMIN', 'B', 'C'] };

    await resumed(platform, roles, { acknowledgedThrough: 3, place: there });

    expect(platform.stands).toEqual({ role: 'C', warehouse: 'WH', database: 'IMMUTA', schema: 'S' });
    expect(texts(platform).slice(-3)).toEqual(['again: USE ROLE A', 'again: USE ROLE C', 'GRANT ROLE R TO ROLE S']);
  });

  it('is asked about when no role of the script may go there', async () => {
    const platform = { ...given(), stands: { role: 'ACCOUNTADMIN', database: 'HOME' }, confined: ['ACCOUNTADMIN', 'A', 'B', 'C'] };

    const result = resumed(platform, roles, { acknowledgedThrough: 3, place: there });

    await expect(result).rejects.toMatchObject({
      details: [{ sessionLost: true, statement: { index: 3, found: expect.stringContaining('refused') } }],
    });
    expect(texts(platform)).not.toContain('GRANT ROLE R TO ROLE S');
  });

  it('keeps on record where the platform says that it stands', async () => {
    const platform = { ...given(), place: (index: number) => ({ role: 'R', database: `D${index}` }) };

    const { result } = await run(platform);

    expect((await result).journal.place).toEqual({ role: 'R', database: 'D3', after: 3 });
  });

  it.each<[string, string, Partial<ObjectState>, Record<string, string>]>([
    ['a CREATE that moved into what it made', 'CREATE DATABASE IMMUTA', {}, { database: 'IMMUTA', schema: 'PUBLIC' }],
    ['a guarded CREATE that made it', 'CREATE SCHEMA IF NOT EXISTS HOME.S', { createdAt: later }, { database: 'HOME', schema: 'S' }],
    ['a guarded CREATE of what was there', 'CREATE SCHEMA IF NOT EXISTS HOME.S', { createdAt: before }, { database: 'HOME', schema: 'PUBLIC' }],
    ['a USE', 'USE SCHEMA "D.1"."S"', {}, { database: 'D.1', schema: 'S' }],
  ])('stands where a statement left it whose answer was lost: %s', async (_what, statement, state, moved) => {
    const platform = {
      ...given(),
      stands: { role: 'ACCOUNTADMIN', warehouse: 'WH', database: 'HOME', schema: 'PUBLIC' },
      look: (object: ObjectState['object']): ObjectState => ({ object, exists: true, ...state }),
      history: [{ tag: `mooring/${runId}/bootstrap/0/1`, queryId: 'q', state: 'succeeded' as const, startedAt: later }],
    };

    await resumed(platform, `${statement}; CREATE TABLE T (A INT)`, { mayHaveSentThrough: 1 });

    expect(platform.stands).toMatchObject(moved);
    expect(texts(platform)).toEqual(['CREATE TABLE T (A INT)']);
  });

  it('is not needed where nothing is left to run', async () => {
    const platform = given();

    await resumed(platform, 'CREATE TEMPORARY TABLE T (A INT)', { acknowledgedThrough: 0 });

    expect(platform.sent).toEqual([]);
  });
});

describe('a session that cannot be made again', () => {
  it.each([
    ['temporary objects', 'CREATE TEMPORARY TABLE T (A INT)', 'temporary'],
    ['an open transaction', 'BEGIN TRANSACTION', 'transaction'],
    ['a value that only the platform knew', 'SET at = CURRENT_TIMESTAMP()', 'only known to the platform'],
    ['code that may have changed anything', "EXECUTE IMMEDIATE 'USE SCHEMA X'", 'runs code'],
    ['a block', 'BEGIN LET x INT := 1; END', 'runs code'],
  ])('is put before a person, and nothing is sent: %s', async (_what, statement, why) => {
    const platform = given();

    const result = resumed(platform, `${statement}; GRANT ROLE R TO ROLE S`, { acknowledgedThrough: 0 });

    await expect(result).rejects.toMatchObject({
      type: 'outcome-unknown',
      nonRetryable: true,
      details: [{ sessionLost: true, choices: ['ran', 'retry', 'undo', 'abandon'], statement: { index: 0, found: expect.stringContaining(why) } }],
    });
    expect(platform.sent).toEqual([]);
  });

  it('is nothing to ask about once the transaction has ended', async () => {
    const platform = given();

    await resumed(platform, 'BEGIN TRANSACTION; INSERT INTO T VALUES (1); COMMIT; GRANT ROLE R TO ROLE S', { acknowledgedThrough: 2 });

    expect(texts(platform)).toEqual(['GRANT ROLE R TO ROLE S']);
  });

  it('is asked about when the platform refuses to give it again', async () => {
    const platform = given();
    platform.answer = (index) => (index === 0 ? portError('permission-missing', false) : undefined);

    const result = resumed(platform, 'USE ROLE A; GRANT ROLE R TO ROLE S', { acknowledgedThrough: 0 });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown', details: [{ sessionLost: true, statement: { index: 0 } }] });
    expect(texts(platform)).toEqual(['again: USE ROLE A']);
  });

  it('is asked about when it stands elsewhere in the end', async () => {
    const platform = { ...given(), stands: { role: 'ACCOUNTADMIN', database: 'HOME', schema: 'PUBLIC' } };

    const result = resumed(platform, 'USE DATABASE D; DROP DATABASE D; DROP SCHEMA S', {
      acknowledgedThrough: 1,
      place: { role: 'ACCOUNTADMIN', after: 1 },
    });

    await expect(result).rejects.toMatchObject({ details: [{ sessionLost: true, statement: { found: 'the database was none, and is HOME' } }] });
    expect(platform.sent).toEqual([]);
  });

  it('is given up at the word of a person, through that statement and no further', async () => {
    const script = 'CALL P(); GRANT ROLE R TO ROLE S; CALL Q(); GRANT ROLE R TO ROLE S';
    const [first, second] = [given(), given()];

    await resumed(first, script, { acknowledgedThrough: 0, sessionGivenUpThrough: 0 });
    const again = resumed(second, script, { acknowledgedThrough: 2, sessionGivenUpThrough: 0 });

    expect(texts(first)).toEqual(['GRANT ROLE R TO ROLE S', 'CALL Q()', 'GRANT ROLE R TO ROLE S']);
    await expect(again).rejects.toMatchObject({ details: [{ sessionLost: true, statement: { index: 2 } }] });
  });

  it('is tried again after trouble that passes', async () => {
    const platform = given();
    platform.answer = () => portError('unreachable', false);

    const result = resumed(platform, 'USE ROLE A; GRANT ROLE R TO ROLE S', { acknowledgedThrough: 0 });

    await expect(result).rejects.toMatchObject({ type: 'unreachable', nonRetryable: false });
  });
});

const creating = 'USE ROLE SYSADMIN; CREATE DATABASE "IMMUTA"; CREATE PROCEDURE P() RETURNS INT AS $$1$$; CREATE ROLE R; GRANT ROLE R TO ROLE S';

/** What stands, by name: when it was made and whose it is. */
function standing(platform: Platform, objects: Readonly<Record<string, readonly [createdAt: string, owner: string]>>): Platform {
  platform.history = 'unavailable';
  platform.look = (object) => {
    const found = objects[object.name];
    return found === undefined ? { object, exists: false } : { object, exists: true, createdAt: found[0], owner: found[1] };
  };
  return platform;
}

const script = ({ sent }: Platform): number[] => sent.filter(({ tag }) => !tag.includes('/restore/')).map(({ index }) => index);

describe('where the history cannot be read, what exists', () => {
  it('proves a CREATE that was applied, and everything that left before it', async () => {
    const platform = standing(given(), { IMMUTA: [later, 'SYSADMIN'], R: [later, 'SYSADMIN'] });

    const { skipped, journal } = await resumed(platform, creating, { acknowledgedThrough: 0, mayHaveSentThrough: 3 });

    expect(script(platform)).toEqual([4]);
    expect(skipped).toBe(3);
    expect(journal.creations).toMatchObject([{ object: { name: 'IMMUTA' }, made: true }]);
    expect(journal.repeated).toBeUndefined();
  });

  it('proves by absence that a CREATE was not applied, and nothing behind it', async () => {
    const platform = standing(given(), {});

    const result = await resumed(
      { ...platform, look: (object) => (platform.sent.length > 1 ? { object, exists: true } : { object, exists: false }) },
      creating,
      { acknowledgedThrough: 0, mayHaveSentThrough: 3 },
    );

    expect(script(platform)).toEqual([1, 2, 3, 4]);
    expect(result.journal.repeated).toBeUndefined();
  });

  it.each([
    ['it is older than the script', [before, 'SYSADMIN']],
    ['it belongs to somebody else', [later, 'OTHER']],
  ] as const)('proves nothing when %s: a person is asked, and shown it', async (_why, immuta) => {
    const platform = standing(given(), { IMMUTA: immuta });

    const result = resumed(platform, creating, { acknowledgedThrough: 0, mayHaveSentThrough: 1 });

    await expect(result).rejects.toMatchObject({
      type: 'outcome-unknown',
      details: [{ statement: { index: 1, found: expect.stringMatching(/database IMMUTA exists \(created .*, owner (SYSADMIN|OTHER)\)/) } }],
    });
    expect(script(platform)).toEqual([]);
  });

  it('proves nothing of a role that code may have changed', async () => {
    const platform = standing(given(), { R: [later, 'ACCOUNTADMIN'] });

    const result = resumed(platform, 'CALL P(); CREATE ROLE R', { acknowledgedThrough: 0, mayHaveSentThrough: 1, sessionGivenUpThrough: 0 });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown', details: [{ statement: { index: 1 } }] });
  });

  it('proves nothing by absence where something behind may have dropped it again', async () => {
    const platform = standing(given(), {});

    const result = resumed(platform, 'CREATE ROLE R; DROP ROLE R', { mayHaveSentThrough: 1 });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown', details: [{ statement: { index: 0 } }] });
  });

  it('is asked for the user on Databricks, who owns what a session makes', async () => {
    const login = { authenticationType: 'token', token: 'env:DATABRICKS_T' };
    const target = DatabricksTarget.parse({
      technology: 'Databricks',
      host: 'acme.example',
      httpPath: '/sql/1.0/warehouses/a',
      catalog: 'immuta',
      systemAccount: login,
      privilegedUser: login,
    });
    const text = 'CREATE CATALOG immuta; CREATE SCHEMA IF NOT EXISTS immuta.s';
    const platform = standing(given(), { immuta: [later, 'ADMIN'] });

    await resumed(platform, text, { mayHaveSentThrough: 0 }, { sealedAs: sealed(text, 'Databricks'), request: { ...request, target } });

    expect(script(platform)).toEqual([1]);
  });

  it('says how many statements may have run twice', async () => {
    const platform = standing(given(), { R: [later, 'SYSADMIN'] });

    const { journal } = await resumed(platform, 'GRANT ROLE A TO ROLE B; GRANT ROLE C TO ROLE D; GRANT ROLE E TO ROLE F', { mayHaveSentThrough: 1 });

    expect(script(platform)).toEqual([0, 1, 2]);
    expect(journal.repeated).toBe(2);
  });
});

describe('"already exists"', () => {
  const stillRunning = 'CREATE ROLE R; GRANT ROLE R TO ROLE S';

  /** Absent when it is looked for, made by the statement of the last attempt meanwhile. */
  function arriving(owner: string): Platform {
    const platform = standing(given(), {});
    platform.look = (object) => (platform.sent.length === 0 ? { object, exists: false } : { object, exists: true, createdAt: later, owner });
    platform.answer = (index) => (index === 0 ? portError('already-exists', false) : undefined);
    return platform;
  }

  it('is done, with proof, when an earlier attempt sent the CREATE and no history could tell', async () => {
    const platform = arriving('ACCOUNTADMIN');

    const { skipped } = await resumed(platform, stillRunning, { mayHaveSentThrough: 0 });

    expect(script(platform)).toEqual([0, 1]);
    expect(skipped).toBe(1);
  });

  it('is a conflict without proof', async () => {
    await expect(resumed(arriving('OTHER'), stillRunning, { mayHaveSentThrough: 0 })).rejects.toMatchObject({ type: 'already-exists' });
  });

  it('is a conflict where the history says that the CREATE was not applied', async () => {
    const platform = arriving('ACCOUNTADMIN');
    platform.history = [];

    await expect(resumed(platform, stillRunning, { mayHaveSentThrough: 0 })).rejects.toMatchObject({ type: 'already-exists' });
  });
});

describe('a platform that acknowledges and did not do it', () => {
  it('is put before a person before anything is registered', async () => {
    const platform = standing(given(), {});

    const { result } = await run(platform);

    await expect(result).rejects.toMatchObject({
      type: 'outcome-unknown',
      details: [
        {
          statement: { index: 1, found: 'database IMMUTA cannot be seen' },
          choices: ['ran', 'retry', 'undo', 'abandon'],
          journal: { acknowledgedThrough: 3 },
        },
      ],
    });
  });

  it('counts as done at the word of a person who has seen it', async () => {
    const platform = standing(given(), {});
    const journal = { ...emptyJournal, acknowledgedThrough: 3, mayHaveSentThrough: 3 };

    const { result } = await run(platform, { input: { resume: { journal, ranThrough: 1 } } });

    await expect(result).resolves.toMatchObject({ statements: 4 });
    expect(platform.sent).toEqual([]);
  });

  it('is not looked for where a later statement may have dropped it', async () => {
    const platform = standing(given(), {});
    const text = 'CREATE ROLE R; DROP ROLE R';

    const { result } = await run(platform, { input: { script: sealed(text) } });

    await expect(result).resolves.toMatchObject({ ran: 2 });
  });
});
