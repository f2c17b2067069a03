// What a failed registration needs: the table of docs/architecture.md, first match wins. What was not created by the run is never dropped, what is
// not ours in Immuta is never deleted.
import type { ObjectReference } from '../domain/plan.js';
import { longestStatementMs, type Creation } from './journal.js';

export interface UndoFacts {
  /** A statement that is neither session nor read was acknowledged, or may have been sent. */
  readonly wroteOnPlatform: boolean;
  /** A POST of the connection may have been sent. */
  readonly postSent: boolean;
  /** What the cleanup script would drop and the platform can be asked for, as it stands now. */
  readonly targets: readonly {
    readonly object: ObjectReference;
    readonly exists: boolean;
    readonly createdAt?: string | undefined;
    readonly existedBefore: boolean;
    /** Another one than stood there when the undo began, or one that did not: by then nothing of this run could arrive any more. */
    readonly madeSince?: boolean | undefined;
  }[];
  /** What else it would drop: tables, procedures and other things that no platform is asked for one by one. */
  readonly unseen: readonly ObjectReference[];
  /** Drops of the cleanup script whose object cannot be told from its text, in words. */
  readonly unnamedDrops: readonly string[];
  readonly creations: readonly Creation[];
  readonly connection: 'absent' | 'ours' | 'foreign';
  /** An integration with our host and database that was absent at preflight. */
  readonly integration: 'absent' | 'ours';
  readonly cleanupAvailable: boolean;
}

export type UndoRow =
  | { readonly row: 1; readonly do: 'nothing' }
  | { readonly row: 2; readonly do: 'ask'; readonly notOurs: readonly string[] }
  | { readonly row: 3; readonly do: 'ask' }
  | { readonly row: 4; readonly do: 'deregister' }
  | { readonly row: 5; readonly do: 'remove-integration' }
  | { readonly row: 6; readonly do: 'run-cleanup' }
  | { readonly row: 6; readonly do: 'ask' };

export function chooseUndo(facts: UndoFacts): UndoRow {
  if (!facts.wroteOnPlatform && !facts.postSent) return { row: 1, do: 'nothing' };
  const unproved = facts.targets.filter((target) => target.exists && !provedOurs(target, facts.creations)).map(({ object }) => object);
  const unprovedUnseen = facts.unseen.filter((object) => !isMade(object, facts.creations) && !liesInOurs(object, facts));
  const notOurs = [...[...unproved, ...unprovedUnseen].map(({ kind, name }) => `${kind} ${name}`), ...facts.unnamedDrops];
  if (notOurs.length > 0) return { row: 2, do: 'ask', notOurs };
  if (facts.connection === 'foreign') return { row: 3, do: 'ask' };
  if (facts.connection === 'ours') return { row: 4, do: 'deregister' };
  if (facts.integration === 'ours') return { row: 5, do: 'remove-integration' };
  return { row: 6, do: facts.cleanupAvailable ? 'run-cleanup' : 'ask' };
}

/** Its plain CREATE was acknowledged to this run: nothing stood under its name. */
function isMade({ kind, name }: ObjectReference, creations: readonly Creation[]): boolean {
  return creations.some(({ object, made }) => made && object.kind === kind && object.name === name);
}

/** It lies in a database or catalog that is dropped with it, and that one is ours or gone. */
function liesInOurs({ name }: ObjectReference, { targets, creations }: UndoFacts): boolean {
  return targets.some((target) => isInside(target.object, name) && (!target.exists || provedOurs(target, creations)));
}

/** Whether an object of this name is dropped with the other one. A name that holds a dot of its own is never a container. */
function isInside({ kind, name }: ObjectReference, inner: string): boolean {
  return (kind === 'database' || kind === 'catalog') && !name.includes('.') && inner.startsWith(`${name}.`);
}

/**
 * An object is proved ours if it was absent at preflight, is still the one that stood when the undo began, and its plain CREATE was acknowledged to
 * this run, or the platform's own creation time is not before our send, nor later than what we sent can have run. `IF NOT EXISTS` alone proves nothing.
 */
export function provedOurs(target: UndoFacts['targets'][number], creations: readonly Creation[]): boolean {
  if (target.existedBefore || target.madeSince === true) return false;
  return creations
    .filter(({ object }) => object.kind === target.object.kind && object.name === target.object.name)
    .some(({ made, sentAt }) => made || isBetween(target.createdAt, Date.parse(sentAt)));
}

/** What was held back on its way arrives within the quiet period, which is minutes at most where it is not a test of patience. */
const longestOnItsWayMs = 5 * 60_000;

function isBetween(createdAt: string | undefined, sentAt: number): boolean {
  if (createdAt === undefined) return false;
  const made = Date.parse(createdAt);
  return made >= sentAt && made <= sentAt + longestOnItsWayMs + longestStatementMs;
}
