// The script goes on in a new session, and has to mean there what it meant in the old one. What the statements behind us left in their session is
// given to it again: the last role, variables and parameters by saying the decided statements again under a tag of their own; database, schema and
// warehouse by moving to where the platform itself said that the session stood. What cannot be given again (temporary objects, an open transaction,
// values that only the platform knew, code that may have changed anything) is asked about: a statement in the wrong schema is worse than a question.
import type { AttentionChoice } from '../domain/decision.js';
import type { ObjectReference, PlannedStatement } from '../domain/plan.js';
import { isRetryable, type FailureKind } from '../rules/failure-kind.js';
import { placeParts, type Journal, type Place } from '../rules/journal.js';
import type { SessionEffect } from '../sql/session-effect.js';
import { isPortError } from './application-failure.js';
import { isoTime, type Clock } from './clock.js';
import type { PlatformSession, PortError } from './ports.js';

/** A new session cannot be made like the old one. Satisfies `PortError`. */
export class SessionLost extends Error {
  readonly kind: FailureKind = 'outcome-unknown';
  readonly ambiguous = true;
  readonly next = 'If nothing in the rest of the script needs it, answer ran: it goes on in a new session. Else undo. `mooring show` has the script.';
  readonly statement: { readonly index: number; readonly text: string; readonly lookedAt: string; readonly found: string };
  readonly choices: readonly AttentionChoice[] = ['ran', 'retry', 'undo', 'abandon'];

  constructor({ index, line, text }: PlannedStatement, why: string, lookedAt: string) {
    super(
      `The session of the script ended, and a new one cannot be given what statement ${index + 1} (line ${line}) had left in it: ${why}. It ran, and is not sent again.`,
    );
    this.name = 'SessionLost';
    this.statement = { index, text, lookedAt, found: why };
  }
}

export interface Restoring {
  readonly journal: Journal;
  readonly planned: readonly PlannedStatement[];
  readonly effects: readonly SessionEffect[];
  readonly session: PlatformSession;
  /** Sends a decided statement again that changes nothing but the session. */
  readonly sayAgain: (index: number) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Makes a new session like the one that the statements through the acknowledged mark have left. Throws `SessionLost` where that cannot be done. */
export async function restoreSession(restoring: Restoring): Promise<void> {
  const { journal, effects, session } = restoring;
  const behind = effects.slice(0, journal.acknowledgedThrough + 1);
  const last = behind.length - 1;
  refuseLost(restoring, behind);
  const expected = await expectedPlace(restoring, behind);
  if (expected !== undefined) await attempt(restoring, last, () => move(restoring, behind, expected));
  for (const index of saidAgain(behind)) await attempt(restoring, index, () => restoring.sayAgain(index));
  if (expected === undefined) return;
  const stands = await attempt(restoring, last, () => session.moveTo({}));
  const differing = stands === undefined ? undefined : placeParts.find((part) => stands[part] !== expected[part]);
  if (stands === undefined || differing === undefined || isGivenUp(restoring, last)) return;
  throw lost(restoring, last, `the ${differing} was ${expected[differing] ?? 'none'}, and is ${stands[differing] ?? 'none'}`);
}

/**
 * A session stays where it is when its role changes, so the role that the script has come to need not be one that may go there. The login's own is
 * tried first, then those of the script, the latest first. Throws the refusal of the last one.
 */
async function move({ session, sayAgain }: Restoring, behind: readonly SessionEffect[], to: Place): Promise<void> {
  const roles = [...behind.keys()].filter((index) => behind[index]?.kind === 'role').toReversed();
  let refusal: unknown;
  for (const role of [undefined, ...roles]) {
    try {
      if (role !== undefined) await sayAgain(role);
      await session.moveTo(to);
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function refuseLost(restoring: Restoring, behind: readonly SessionEffect[]): void {
  let open = -1;
  let gone = -1;
  let why = '';
  for (const [index, effect] of behind.entries()) {
    if (effect.kind === 'opens a transaction') open = index;
    if (effect.kind === 'ends a transaction') open = -1;
    if (effect.kind === 'lost') [gone, why] = [index, effect.why];
  }
  if (open >= 0 && !isGivenUp(restoring, open))
    throw lost(restoring, open, 'it opened a transaction, and what ran in it since then is undone by the platform');
  if (gone >= 0 && !isGivenUp(restoring, gone)) throw lost(restoring, gone, why);
}

/** The last role, and all that is repeated, in the order of the script. */
function saidAgain(behind: readonly SessionEffect[]): readonly number[] {
  const lastRole = behind.findLastIndex(({ kind }) => kind === 'role');
  return [...behind.keys()].filter((index) => index === lastRole || behind[index]?.kind === 'repeat');
}

/** What the platform refuses for certain is lost; other trouble passes, and another attempt begins anew. */
async function attempt<T>(restoring: Restoring, index: number, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (isGivenUp(restoring, index)) return undefined;
    throw lost(restoring, index, `giving it again was refused (${error.message})`);
  }
}

function isRefusal(error: unknown): error is PortError {
  return isPortError(error) && !error.ambiguous && !isRetryable(error.kind);
}

/** Where the session stood: as the platform told, and from there on by what the statements do whose answer was lost. */
async function expectedPlace(restoring: Restoring, behind: readonly SessionEffect[]): Promise<Place | undefined> {
  const { journal, session } = restoring;
  const told = journal.place !== undefined && journal.place.after <= journal.acknowledgedThrough ? journal.place : undefined;
  let place: Place | undefined = told ?? (await session.moveTo({}));
  if (place === undefined) return undefined;
  for (let index = (told?.after ?? -1) + 1; index < behind.length; index++) {
    const effect = behind[index];
    if (effect?.kind === 'role') place = { ...place, role: effect.role ?? unknownMove(restoring, index) };
    if (effect?.kind !== 'move') continue;
    const to = effect.to ?? unknownMove(restoring, index);
    if (to === undefined || (effect.how === 'if it made it' && !(await isOfThisScript(restoring, to)))) continue;
    place = effect.how === 'out of it' ? leave(place, to) : enter(place, to);
  }
  const { role, warehouse, database, schema } = place;
  return { role, warehouse, database, schema };
}

function unknownMove(restoring: Restoring, index: number): undefined {
  if (!isGivenUp(restoring, index)) throw lost(restoring, index, 'it moved the session to where only the platform can tell');
}

/** `IF NOT EXISTS` moves nowhere when it is there already. */
async function isOfThisScript({ session, journal }: Restoring, object: ObjectReference): Promise<boolean> {
  const [state] = await session.inspect([object]);
  return state?.createdAt !== undefined && journal.firstSentAt !== undefined && Date.parse(state.createdAt) >= Date.parse(journal.firstSentAt);
}

function enter(place: Place, { kind, name }: ObjectReference): Place {
  if (kind === 'warehouse') return { ...place, warehouse: name };
  if (kind === 'database') return { ...place, database: name, schema: 'PUBLIC' }; // [doc] it brings its PUBLIC schema along
  return { ...place, ...schemaPath(place, name) };
}

function leave(place: Place, { kind, name }: ObjectReference): Place {
  if (kind === 'warehouse') return place.warehouse === name ? { ...place, warehouse: undefined } : place;
  if (kind === 'database') return place.database === name ? { ...place, database: undefined, schema: undefined } : place;
  const { database, schema } = schemaPath(place, name);
  return place.database === database && place.schema === schema ? { ...place, schema: undefined } : place;
}

/** A part that holds a dot keeps its quotes in a name of several parts. */
function schemaPath(place: Place, name: string): { readonly database: string | undefined; readonly schema: string | undefined } {
  const path = (name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? []).map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part));
  return { database: path.length > 1 ? path.at(-2) : place.database, schema: path.at(-1) };
}

function isGivenUp({ journal }: Restoring, index: number): boolean {
  return index <= (journal.sessionGivenUpThrough ?? -1);
}

function lost({ planned, clock }: Restoring, index: number, why: string): Error {
  const statement = planned[index];
  return statement === undefined ? new RangeError(`no statement ${index}`) : new SessionLost(statement, why, isoTime(clock.now()));
}
