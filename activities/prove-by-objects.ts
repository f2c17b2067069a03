// The third memory, where the query history is silent: what exists. A plain CREATE leaves an object that was made after we sent it and belongs to
// whoever the session was; and since each statement leaves only when the one before it is acknowledged, proof of one is proof of all before it, and
// the certain absence of one is proof against all behind it.
import type { PlannedStatement } from '../domain/plan.js';
import type { Platform } from '../domain/script.js';
import type { Journal } from '../rules/journal.js';
import { isSame } from '../rules/left-over.js';
import { isLookable } from '../rules/platform-facts.js';
import type { SessionEffect } from '../sql/session-effect.js';
import { asPortError } from './application-failure.js';
import type { ObjectState, PlatformSession } from './ports.js';

export interface Proof {
  /** Through this statement all were applied; -1 where no object proves any. */
  readonly appliedThrough: number;
  /** This statement and all behind it were not applied; `Infinity` where no absence proves it. */
  readonly absentFrom: number;
  /** What was looked at and how it stands, in words. */
  readonly seen: readonly string[];
}

export interface Looking {
  readonly journal: Journal;
  readonly planned: readonly PlannedStatement[];
  readonly effects: readonly SessionEffect[];
  readonly session: PlatformSession;
  readonly platform: Platform;
}

/** Looks at what the unknown statements of a journal would have created. */
export async function proveByObjects(looking: Looking): Promise<Proof> {
  const { journal, planned, platform, session } = looking;
  const unknown = planned.slice(journal.acknowledgedThrough + 1, journal.mayHaveSentThrough + 1);
  const candidates = unknown.flatMap(({ index, object, plainCreate }) =>
    plainCreate === true && object !== undefined && isLookable(platform, object) ? [{ index, object }] : [],
  );
  if (candidates.length === 0) return { appliedThrough: -1, absentFrom: Infinity, seen: [] };
  let states: readonly ObjectState[];
  try {
    states = await session.inspect(candidates.map(({ object }) => object));
  } catch (error) {
    return { appliedThrough: -1, absentFrom: Infinity, seen: [`what it creates could not be looked at (${asPortError(error).message})`] };
  }
  const looked = candidates.flatMap((candidate) => {
    const state = states.find(({ object }) => isSame(object, candidate.object));
    return state === undefined ? [] : [{ ...candidate, state }];
  });
  return {
    appliedThrough: looked.findLast(({ index, state }) => isOurs(looking, index, state, sentAt(looking.journal, index)))?.index ?? -1,
    absentFrom: looked.find(({ index, state }) => !state.exists && !mayBeGoneAgain(unknown, index))?.index ?? Infinity,
    seen: looked.map(({ state }) => inWords(state)),
  };
}

/** Whether what a plain CREATE of ours makes stands there by it: made after we sent it, by the platform's own clock, and owned by whoever sent it. */
export async function isMadeByUs(looking: Looking, { index, object, plainCreate }: PlannedStatement): Promise<boolean> {
  if (plainCreate !== true || object === undefined || !isLookable(looking.platform, object)) return false;
  const [state] = await looking.session.inspect([object]);
  return state !== undefined && isOurs(looking, index, state, looking.journal.firstSentAt); // sent before, and before it was on record anew
}

function isOurs(
  { effects, session, platform }: Looking,
  index: number,
  { exists, createdAt, owner }: ObjectState,
  since: string | undefined,
): boolean {
  if (!exists || createdAt === undefined || since === undefined || Date.parse(createdAt) < Date.parse(since)) return false;
  const creator = platform === 'Snowflake' ? roleAt(effects, index, session.identity.role) : session.identity.user;
  return creator !== undefined && creator === owner;
}

function sentAt({ creations, firstSentAt }: Journal, index: number): string | undefined {
  return creations.find((creation) => creation.index === index)?.sentAt ?? firstSentAt;
}

/** The role in force when a statement ran; `undefined` where only the platform could tell. */
function roleAt(effects: readonly SessionEffect[], index: number, loginRole: string): string | undefined {
  const before = effects.slice(0, index);
  const at = before.findLastIndex(({ kind }) => kind === 'role');
  const last = before[at];
  if (before.slice(at + 1).some(({ kind }) => kind === 'lost')) return undefined;
  return last?.kind === 'role' ? last.role : loginRole;
}

/** Something unknown behind it may have dropped or renamed it. */
function mayBeGoneAgain(unknown: readonly PlannedStatement[], created: number): boolean {
  return unknown.some(
    ({ index, class: does, repeatable }) =>
      index > created && (does === 'drop' || does === 'opaque' || does === 'unknown' || (does === 'alter' && !repeatable)),
  );
}

function inWords({ object, exists, createdAt = 'at an unknown time', owner = 'unknown' }: ObjectState): string {
  const { kind, name } = object;
  return exists ? `${kind} ${name} exists (created ${createdAt}, owner ${owner})` : `${kind} ${name} does not exist`;
}
