// A script that a person runs elsewhere leaves nothing on record with us: what shows that it ran is what it makes. So everything it makes and the
// platform can be asked for is looked at twice, before the script is handed over and after the person said that it ran.
import type { ObjectReference, PlannedScript } from '../domain/plan.js';
import type { PlatformTarget } from '../domain/platform-target.js';
import type { Journal } from './journal.js';
import { isSame } from './left-over.js';
import { databaseOf, isLookable } from './platform-facts.js';

/** An object as the platform showed it. */
export interface Seen {
  readonly object: ObjectReference;
  readonly exists: boolean;
  readonly createdAt?: string | undefined;
}

/** What stands after the script has run: the target's database, which every such script makes, and whatever of it the platform can be asked for. */
export function marksOf(script: PlannedScript, target: PlatformTarget): readonly ObjectReference[] {
  const made = script.statements.flatMap(({ index, class: does, object }) =>
    (does === 'create' || does === 'replace') &&
    object !== undefined &&
    isLookable(target.technology, object) &&
    !isDroppedAfter(script, index, object)
      ? [object]
      : [],
  );
  return [databaseOf(target), ...made].filter((object, place, all) => all.findIndex((other) => isSame(other, object)) === place);
}

/** Why the script cannot have run to its end, a few words for each object; empty when all it makes is there. */
export function contradictions(script: PlannedScript, target: PlatformTarget, before: readonly Seen[], now: readonly Seen[]): readonly string[] {
  const own = databaseOf(target);
  return marksOf(script, target).flatMap((object) => {
    const found = now.find((state) => isSame(state.object, object));
    const name = `${object.kind} ${object.name}`;
    if (found === undefined || !found.exists) return [`${name} is not there`];
    const then = before.find((state) => isSame(state.object, object));
    const mustBeNew = isSame(object, own) || script.statements.some((statement) => statement.plainCreate === true && makes(statement.object, object));
    return mustBeNew && then?.exists === true && !isYounger(found, then) ? [`${name} is the one that stood there before`] : [];
  });
}

/** The record of a script that was handed over: any of it may have run. Only what was seen to be absent is a creation: nothing else is taken for ours. */
export function handedOver(script: PlannedScript, before: readonly Seen[], at: string): Journal {
  const last = script.statements.length - 1;
  const creations = script.statements.flatMap(({ index, class: does, object, plainCreate }) =>
    does === 'create' && object !== undefined && before.some((state) => !state.exists && isSame(state.object, object))
      ? [{ index, object, sentAt: at, plain: plainCreate === true, made: true }]
      : [],
  );
  return { acknowledgedThrough: last, mayHaveSentThrough: last, firstSentAt: at, creations, skipped: last + 1 };
}

function isDroppedAfter({ statements }: PlannedScript, after: number, object: ObjectReference): boolean {
  return statements.some((statement) => statement.index > after && statement.class === 'drop' && makes(statement.object, object));
}

function makes(made: ObjectReference | undefined, object: ObjectReference): boolean {
  return made !== undefined && isSame(made, object);
}

/** Made anew since; without both times nobody can tell, and it counts as the old one. */
function isYounger({ createdAt }: Seen, then: Seen): boolean {
  return createdAt !== undefined && then.createdAt !== undefined && Date.parse(createdAt) > Date.parse(then.createdAt);
}
