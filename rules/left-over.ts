// A cleanup script is Immuta's word, not a proof: what the bootstrap script makes and the cleanup script does not drop stays behind, and a role or
// a user that stays is a key under the mat. So every object of the account that the bootstrap script makes is looked at, dropped or not.
import type { ObjectReference, PlannedScript } from '../domain/plan.js';
import type { UndoFacts } from './choose-undo.js';
import type { Creation, Journal } from './journal.js';

/** Kinds that the platform can be asked about one by one, and that lie in no other object. */
export const ofAccount: ReadonlySet<ObjectReference['kind']> = new Set(['database', 'catalog', 'role', 'user', 'warehouse']);

export interface Scripts {
  readonly bootstrap: PlannedScript | undefined;
  readonly cleanup: PlannedScript | undefined;
}

/** What the cleanup script drops, as far as its text tells. */
export function dropped({ cleanup }: Pick<Scripts, 'cleanup'>): readonly ObjectReference[] {
  return (cleanup?.statements ?? []).flatMap(({ class: does, object }) => (does === 'drop' && object !== undefined ? [object] : []));
}

/** Objects of the account that the bootstrap script makes and the cleanup script does not drop. */
export function undropped(scripts: Scripts): readonly ObjectReference[] {
  return makings(scripts).map(({ object }) => object);
}

/** Those of them that stand and may be this run's, in words. One that is on record and older than our first CREATE of it was there before. */
export function leftOver(scripts: Scripts, states: UndoFacts['targets'], journal: Journal | undefined): readonly string[] {
  const { mayHaveSentThrough = Infinity, creations = [] } = journal ?? {};
  return makings(scripts).flatMap(({ index, object }) => {
    const state = states.find((each) => isSame(each.object, object));
    if (state === undefined || !state.exists || state.existedBefore || state.madeSince === true || index > mayHaveSentThrough) return [];
    return wasThereBefore(state, creations) ? [] : [`${object.kind} ${object.name}`];
  });
}

function wasThereBefore({ object, createdAt }: UndoFacts['targets'][number], creations: readonly Creation[]): boolean {
  const onRecord = creations.filter((creation) => isSame(creation.object, object));
  if (onRecord.length === 0 || onRecord.some(({ made }) => made)) return false;
  return createdAt === undefined || onRecord.every(({ perhapsSince, sentAt }) => Date.parse(createdAt) < Date.parse(perhapsSince ?? sentAt));
}

/**
 * What else the bootstrap script makes, in words: nobody looks for it one by one, so it may be left as far as the journal goes. What lies in a
 * database or catalog that is not there is gone with it. Asked where there is no cleanup script.
 */
export function unseen({ bootstrap }: Pick<Scripts, 'bootstrap'>, states: UndoFacts['targets'], journal: Journal | undefined): readonly string[] {
  const { mayHaveSentThrough = Infinity } = journal ?? {};
  const gone = states.filter(({ object, exists }) => !exists && isContainer(object)).map(({ object }) => `${object.name}.`);
  return (bootstrap?.statements ?? []).flatMap(({ index, object, class: does }) =>
    does === 'create' &&
    object !== undefined &&
    index <= mayHaveSentThrough &&
    !states.some((state) => isSame(state.object, object)) &&
    !gone.some((container) => object.name.startsWith(container))
      ? [`${object.kind} ${object.name}`]
      : [],
  );
}

/** A name that holds a dot of its own is never taken for one: what seems to lie in it may lie elsewhere. */
function isContainer({ kind, name }: ObjectReference): boolean {
  return (kind === 'database' || kind === 'catalog') && !name.includes('.');
}

export function isSame(a: ObjectReference, b: ObjectReference): boolean {
  return a.kind === b.kind && a.name === b.name;
}

function makings(scripts: Scripts): readonly { readonly index: number; readonly object: ObjectReference }[] {
  const gone = dropped(scripts);
  return (scripts.bootstrap?.statements ?? []).flatMap(({ index, class: does, object }) =>
    does === 'create' && object !== undefined && ofAccount.has(object.kind) && !gone.some((other) => isSame(other, object))
      ? [{ index, object }]
      : [],
  );
}
