import { describe, expect, it } from 'vitest';
import type { ObjectReference, PlannedScript, PlannedStatement, StatementClass } from '../../domain/plan.js';
import type { PlatformTarget } from '../../domain/platform-target.js';
import { SnowflakeTarget } from '../../domain/snowflake-target.js';
import { chooseUndo } from '../../rules/choose-undo.js';
import { contradictions, handedOver, marksOf, type Seen } from '../../rules/run-elsewhere.js';

const target: PlatformTarget = SnowflakeTarget.parse({
  technology: 'Snowflake',
  host: 'acme.snowflakecomputing.com',
  warehouse: 'WH',
  database: 'IMMUTA',
  systemAccount: { authenticationType: 'userPassword', username: 'S', password: 'env:S', role: 'R' },
  privilegedUser: { authenticationType: 'userPassword', username: 'A', password: 'env:A', role: 'ACCOUNTADMIN' },
});
const database: ObjectReference = { kind: 'database', name: 'IMMUTA' };
const schema: ObjectReference = { kind: 'schema', name: 'IMMUTA.POLICIES' };
const role: ObjectReference = { kind: 'role', name: 'IMMUTA_SYSTEM' };
const table: ObjectReference = { kind: 'table', name: 'IMMUTA.POLICIES.LIST' };
const passing: ObjectReference = { kind: 'role', name: 'ONLY_FOR_A_MOMENT' };

const script = scriptOf(
  ['create', database, true],
  ['create', schema, false],
  ['create', table, false],
  ['create', role, false],
  ['create', passing, true],
  ['grant', undefined, false],
  ['drop', passing, false],
);
const there = (object: ObjectReference, createdAt?: string): Seen => ({ object, exists: true, createdAt });
const absent = (object: ObjectReference): Seen => ({ object, exists: false });
const nothing = [absent(database), absent(schema), absent(role)];
const everything = [there(database), there(schema), there(role)];

describe('what shows that a script ran elsewhere', () => {
  it('is everything it leaves and the platform can be asked for, and what every script makes', () => {
    expect(marksOf(script, target)).toEqual([database, schema, role]);
    expect(marksOf(scriptOf(['opaque', undefined, false]), target)).toEqual([database]);
  });

  it('is complete when all of it is there that was not before', () => {
    expect(contradictions(script, target, nothing, everything)).toEqual([]);
  });

  it('names each object that is not there', () => {
    expect(contradictions(script, target, nothing, [there(database), absent(schema), absent(role)])).toEqual([
      'schema IMMUTA.POLICIES is not there',
      'role IMMUTA_SYSTEM is not there',
    ]);
    expect(contradictions(script, target, nothing, [])).toHaveLength(3);
  });

  it('is never a database that stood there before, unless it was made anew', () => {
    const before = [there(database, '2026-01-01T00:00:00Z'), absent(schema), absent(role)];

    expect(contradictions(script, target, before, [there(database, '2026-01-01T00:00:00Z'), there(schema), there(role)])).toEqual([
      'database IMMUTA is the one that stood there before',
    ]);
    expect(contradictions(script, target, before, everything)).toHaveLength(1); // without a time nobody can tell
    expect(contradictions(script, target, before, [there(database, '2026-01-02T00:00:00Z'), there(schema), there(role)])).toEqual([]);
  });

  it('may be a role that stood there before, where the script makes it only if it is missing', () => {
    expect(contradictions(script, target, [absent(database), absent(schema), there(role)], everything)).toEqual([]);
  });
});

describe('the record of a script that was handed over', () => {
  it('says that all of it may have run', () => {
    expect(handedOver(script, nothing, '2026-01-01T00:00:00Z')).toMatchObject({ acknowledgedThrough: 6, mayHaveSentThrough: 6, skipped: 7 });
  });

  it('makes ours only what was seen to be absent: the rest is never dropped', () => {
    const before = [absent(database), absent(schema), there(role)];
    const { creations } = handedOver(script, before, '2026-01-01T00:00:00Z');

    expect(creations.map(({ object }) => object)).toEqual([database, schema]);
    const targets = [database, role].map((object) => ({ object, exists: true, existedBefore: object === role }));
    const facts = {
      wroteOnPlatform: true,
      postSent: false,
      unseen: [],
      unnamedDrops: [],
      connection: 'absent',
      integration: 'absent',
      cleanupAvailable: true,
    } as const;
    expect(chooseUndo({ ...facts, targets, creations })).toEqual({ row: 2, do: 'ask', notOurs: ['role IMMUTA_SYSTEM'] });
  });
});

function scriptOf(...statements: readonly (readonly [StatementClass, ObjectReference | undefined, boolean])[]): PlannedScript {
  return {
    purpose: 'bootstrap',
    sha256: 'a'.repeat(64),
    statements: statements.map(
      ([does, object, plainCreate], index): PlannedStatement => ({
        index,
        line: index + 1,
        class: does,
        text: '',
        sha256: 'b'.repeat(64),
        repeatable: false,
        ...(object === undefined ? {} : { object }),
        plainCreate,
      }),
    ),
  };
}
