import { describe, expect, it } from 'vitest';
import type { ObjectReference, PlannedScript, PlannedStatement } from '../../domain/plan.js';
import { emptyJournal } from '../../rules/journal.js';
import { leftOver, undropped, unseen } from '../../rules/left-over.js';

const role: ObjectReference = { kind: 'role', name: 'IMMUTA_SYSTEM' };
const database: ObjectReference = { kind: 'database', name: 'IMMUTA' };
const sentAt = '2026-01-01T00:00:10Z';

function script(purpose: 'bootstrap' | 'cleanup', does: 'create' | 'drop', ...objects: ObjectReference[]): PlannedScript {
  const statements = objects.map(
    (object, index): PlannedStatement => ({ index, line: index + 1, class: does, text: '', sha256: '', object, repeatable: true }),
  );
  return { purpose, sha256: '', statements };
}

const scripts = { bootstrap: script('bootstrap', 'create', database, role), cleanup: script('cleanup', 'drop', database) };
const journal = { ...emptyJournal, acknowledgedThrough: 1, mayHaveSentThrough: 1 };
const onRecord = { ...journal, creations: [{ index: 1, object: role, sentAt, plain: false, made: false }] };
const there = (createdAt: string, existedBefore = false) => [{ object: role, exists: true, createdAt, existedBefore }];

describe('what a cleanup script leaves', () => {
  it('is looked for among all that the bootstrap script makes in the account', () => {
    expect(undropped(scripts)).toEqual([role]);
  });

  it('is named when it is younger than our statement', () => {
    expect(leftOver(scripts, there('2026-01-01T00:00:11Z'), onRecord)).toEqual(['role IMMUTA_SYSTEM']);
  });

  it('is named when nobody can say whose it is', () => {
    expect(leftOver(scripts, there('2026-01-01T00:00:11Z'), journal)).toEqual(['role IMMUTA_SYSTEM']);
    expect(leftOver(scripts, there('2026-01-01T00:00:11Z'), undefined)).toEqual(['role IMMUTA_SYSTEM']);
  });

  it('is named when it is older than our second statement, and not than the first of which nobody knows', () => {
    const creations = [{ index: 1, object: role, sentAt: '2026-01-01T00:01:00Z', perhapsSince: sentAt, plain: false, made: false }];

    expect(leftOver(scripts, there('2026-01-01T00:00:11Z'), { ...journal, creations })).toEqual(['role IMMUTA_SYSTEM']);
  });

  it.each([
    ['was there at preflight', there('2026-01-01T00:00:11Z', true), onRecord],
    ['is older than our statement', there('2025-01-01T00:00:00Z'), onRecord],
    ['stands behind the last statement that left', there('2026-01-01T00:00:11Z'), { ...journal, mayHaveSentThrough: 0 }],
    ['is gone', [{ object: role, exists: false, existedBefore: false }], onRecord],
  ])('is not what %s', (_what, states, record) => {
    expect(leftOver(scripts, states, record)).toEqual([]);
  });
});

describe('what nobody looks for one by one, where there is no cleanup script', () => {
  const table: ObjectReference = { kind: 'table', name: 'IMMUTA.S.T' };
  const elsewhere: ObjectReference = { kind: 'table', name: 'IMMUTA_2.S.T' };
  const bootstrap = script('bootstrap', 'create', database, table, elsewhere);
  const state = (object: ObjectReference, exists: boolean) => [{ object, exists, existedBefore: false }];

  it('may be left while its database stands', () => {
    expect(unseen({ bootstrap }, state(database, true), undefined)).toEqual(['table IMMUTA.S.T', 'table IMMUTA_2.S.T']);
  });

  it('is gone with its database, and with no other', () => {
    expect(unseen({ bootstrap }, state(database, false), undefined)).toEqual(['table IMMUTA_2.S.T']);
  });

  it('is nothing that was never sent', () => {
    expect(unseen({ bootstrap }, state(database, true), { ...emptyJournal, mayHaveSentThrough: 1 })).toEqual(['table IMMUTA.S.T']);
  });

  it('does not lie in a database whose name holds a dot', () => {
    const dotted: ObjectReference = { kind: 'database', name: 'IMMUTA.S' };

    expect(unseen({ bootstrap: script('bootstrap', 'create', table) }, state(dotted, false), undefined)).toEqual(['table IMMUTA.S.T']);
  });
});
