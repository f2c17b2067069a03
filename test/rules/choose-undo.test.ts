import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectReference } from '../../domain/plan.js';
import { chooseUndo, provedOurs, type UndoFacts } from '../../rules/choose-undo.js';
import type { Creation } from '../../rules/journal.js';

const database: ObjectReference = { kind: 'database', name: 'IMMUTA' };
const sentAt = '2026-01-01T12:00:00.000Z';
const made: Creation = { index: 1, object: database, sentAt, plain: true, made: true };
const target = { object: database, exists: true, createdAt: '2026-01-01T12:00:00.100Z', existedBefore: false };

const facts: UndoFacts = {
  wroteOnPlatform: true,
  postSent: true,
  targets: [target],
  unseen: [],
  unnamedDrops: [],
  creations: [made],
  connection: 'absent',
  integration: 'absent',
  cleanupAvailable: true,
};

describe('choosing what a failed registration needs', () => {
  it('row 1: undoes nothing when nothing was written', () => {
    expect(chooseUndo({ ...facts, wroteOnPlatform: false, postSent: false })).toEqual({ row: 1, do: 'nothing' });
  });

  it('row 2: drops nothing when one target is not proved ours', () => {
    const foreign = { object: { kind: 'role', name: 'IMMUTA_SYSTEM' } as const, exists: true, existedBefore: false };

    expect(chooseUndo({ ...facts, targets: [target, foreign] })).toEqual({ row: 2, do: 'ask', notOurs: ['role IMMUTA_SYSTEM'] });
  });

  it('row 2: drops nothing that was made under the name of ours since the undo began', () => {
    expect(chooseUndo({ ...facts, targets: [{ ...target, madeSince: true }] }).row).toBe(2);
  });

  it('row 2: takes nothing for the work of a lost statement that is younger than what it can have done', () => {
    const lost = { ...made, made: false };
    const at = (createdAt: string) => chooseUndo({ ...facts, targets: [{ ...target, createdAt }], creations: [lost] }).row;

    expect(at('2026-01-01T12:34:00.000Z')).toBe(6);
    expect(at('2026-01-01T12:36:00.000Z')).toBe(2);
  });

  it('row 2 comes before everything that would delete', () => {
    expect(chooseUndo({ ...facts, connection: 'ours', creations: [] }).row).toBe(2);
  });

  it('row 2: drops nothing that it cannot look for, unless this run made it, or what it lies in', () => {
    const procedure: ObjectReference = { kind: 'procedure', name: 'IMMUTA.PUBLIC.RESTRICT' };
    const table: ObjectReference = { kind: 'table', name: 'OTHER.PUBLIC.LIST' };
    const gone = { ...target, exists: false };
    const foreign = { ...target, existedBefore: true };
    const rowFor = (given: Partial<UndoFacts>) => chooseUndo({ ...facts, ...given }).row;

    expect(rowFor({ unseen: [procedure] })).toBe(6);
    expect(rowFor({ unseen: [procedure], targets: [gone] })).toBe(6);
    expect(rowFor({ unseen: [procedure], targets: [foreign] })).toBe(2);
    expect(rowFor({ unseen: [procedure], targets: [] })).toBe(2);
    expect(rowFor({ unseen: [table], creations: [made, { ...made, object: table }] })).toBe(6);
    expect(rowFor({ unseen: [table], creations: [made, { ...made, object: table, made: false }] })).toBe(2);
    expect(chooseUndo({ ...facts, unseen: [table] })).toEqual({ row: 2, do: 'ask', notOurs: ['table OTHER.PUBLIC.LIST'] });
  });

  it('row 2: takes a name with a dot for no container', () => {
    const dotted: ObjectReference = { kind: 'database', name: 'A.B' };
    const ours = { ...target, object: dotted };
    const inAnother: ObjectReference = { kind: 'table', name: 'A.B.LIST' }; // LIST in schema B of database A

    expect(chooseUndo({ ...facts, targets: [ours], creations: [{ ...made, object: dotted }], unseen: [inAnother] }).row).toBe(2);
  });

  it('row 2: drops nothing when only the platform could tell what a statement drops', () => {
    expect(chooseUndo({ ...facts, unnamedDrops: ['what line 4 drops'] })).toEqual({ row: 2, do: 'ask', notOurs: ['what line 4 drops'] });
  });

  it('row 3: never deletes a connection of somebody else', () => {
    expect(chooseUndo({ ...facts, connection: 'foreign' })).toEqual({ row: 3, do: 'ask' });
  });

  it('row 4: takes out a connection of ours in the whole order', () => {
    expect(chooseUndo({ ...facts, connection: 'ours', integration: 'ours' })).toEqual({ row: 4, do: 'deregister' });
  });

  it('row 5: sees to an integration of ours without its connection', () => {
    expect(chooseUndo({ ...facts, integration: 'ours' })).toEqual({ row: 5, do: 'remove-integration' });
  });

  it('row 6: runs the decided cleanup script', () => {
    expect(chooseUndo(facts)).toEqual({ row: 6, do: 'run-cleanup' });
  });

  it('row 6: asks when Immuta gave no cleanup script', () => {
    expect(chooseUndo({ ...facts, cleanupAvailable: false })).toEqual({ row: 6, do: 'ask' });
  });

  it('takes an object that does not exist for no obstacle', () => {
    expect(chooseUndo({ ...facts, creations: [], targets: [{ ...target, exists: false }] }).row).toBe(6);
  });
});

describe('proving that an object is ours', () => {
  it.each([
    ['a plain CREATE that was acknowledged', target, [made], true],
    ['a creation time after our send', target, [{ ...made, plain: false, made: false }], true],
    ['a creation time before our send', { ...target, createdAt: '2026-01-01T11:59:59.999Z' }, [{ ...made, plain: false, made: false }], false],
    ['no creation time and IF NOT EXISTS', { ...target, createdAt: undefined }, [{ ...made, plain: false, made: false }], false],
    ['a statement of this run that never named it', target, [], false],
    ['an object of the same name and another kind', target, [{ ...made, object: { kind: 'role', name: 'IMMUTA' } }], false],
    ['an object that stood there at preflight', { ...target, existedBefore: true }, [made], false],
  ] as const)('%s: %#', (_what, object, creations, ours) => {
    expect(provedOurs(object, creations)).toBe(ours);
  });
});

describe('an undo', () => {
  const names = ['IMMUTA', 'IMMUTA_SYSTEM', 'IMMUTA_IMPERSONATION', 'WH'];
  const kinds = ['database', 'catalog', 'role', 'user', 'warehouse', 'schema'] as const;
  const object = fc.record({ kind: fc.constantFrom(...kinds), name: fc.constantFrom(...names) });
  const minutes = (from: number, to: number) =>
    fc.integer({ min: from, max: to }).map((minute) => new Date(Date.parse(sentAt) + minute * 60_000).toISOString());
  const creation = fc.record({ index: fc.nat(9), object, sentAt: minutes(0, 30), plain: fc.boolean(), made: fc.constant(false) });
  /** Was there before the run, whichever way that shows. */
  const older = fc.oneof(
    fc.record({ object, exists: fc.constant(true), createdAt: minutes(-60, -1), existedBefore: fc.boolean() }),
    fc.record({ object, exists: fc.constant(true), createdAt: fc.option(minutes(-60, 60), { nil: undefined }), existedBefore: fc.constant(true) }),
  );
  const any = fc.record({ object, exists: fc.boolean(), createdAt: fc.option(minutes(-60, 60), { nil: undefined }), existedBefore: fc.boolean() });

  it('never touches anything where one thing that it would drop is older than the run, in whatever place and whatever else was found', () => {
    fc.assert(
      fc.property(
        older,
        fc.array(any, { maxLength: 5 }),
        fc.nat(5),
        fc.array(creation, { maxLength: 6 }),
        fc.constantFrom('absent', 'ours', 'foreign'),
        fc.constantFrom('absent', 'ours'),
        fc.boolean(),
        (old, others, place, creations, connection, integration, cleanupAvailable) => {
          const targets = [...others.slice(0, place), old, ...others.slice(place)];

          const row = chooseUndo({ ...facts, targets, creations, connection, integration, cleanupAvailable });

          expect(row.do).toBe('ask');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never touches anything where one thing stands that no CREATE of the run names', () => {
    fc.assert(
      fc.property(any, fc.array(creation, { maxLength: 6 }), fc.constantFrom('absent', 'ours', 'foreign'), (stranger, creations, connection) => {
        const others = creations.filter(({ object: created }) => created.kind !== stranger.object.kind || created.name !== stranger.object.name);

        const row = chooseUndo({ ...facts, targets: [{ ...stranger, exists: true }], creations: others, connection });

        expect(row).toMatchObject({ row: 2, do: 'ask' });
      }),
      { numRuns: 1_000 },
    );
  });
});
