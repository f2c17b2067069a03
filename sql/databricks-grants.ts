// GRANT and REVOKE of Unity Catalog, and the ownership that ALTER .. OWNER TO gives.
//
// Elevated is what reaches beyond the objects it names: anything on the metastore or on what lives in it (storage, credentials, connections,
// shares); to own or MANAGE a catalog, because both can be passed on; anything on the platform's own catalog `system`; anything given to everybody
// or to a recipient of shares, who is outside.
import { of } from './classification.js';
import type { Classification, Grant } from './classification.js';
import type { Cursor } from './cursor.js';
import { describedObject, readDatabricksKind } from './databricks-object-kinds.js';
import type { DatabricksKind } from './databricks-object-kinds.js';
import type { ObjectReference } from '../domain/plan.js';

/** What stands behind GRANT or REVOKE. `undefined` if it is not of a shape known here. */
export function classifyDatabricksGrant(cursor: Cursor, verb: 'GRANT' | 'REVOKE'): Classification | undefined {
  const toOrFrom = verb === 'GRANT' ? 'TO' : 'FROM';
  const privileges = readPrivileges(cursor);
  if (privileges === undefined || !cursor.accept('ON')) return undefined;
  const securable = readSecurable(cursor);
  if (securable === undefined || !cursor.accept(toOrFrom)) return undefined;
  const isRecipient = cursor.words(1) === 'RECIPIENT';
  if (isRecipient) cursor.skip();
  const to = cursor.principal();
  if (to === undefined || !cursor.atEnd) return undefined;
  const grant: Grant = { privileges, on: securable.on, to };
  const what = `${privileges} on ${securable.on}`;
  if (verb === 'REVOKE') return of('revoke', true, { grant, dangers: [`takes ${what} from ${to}`] });
  const reason = isRecipient ? 'it leaves the account' : whyElevated(grant, securable);
  if (reason === undefined) return of('grant', true, { grant });
  return of('elevated', true, { grant, dangers: [`gives ${to} ${what}: ${reason}`] });
}

/** `ALTER .. [SET] OWNER TO principal`. Not repeatable: after the first time the session's user may no longer own the object. */
export function classifyOwner(cursor: Cursor, kind: DatabricksKind, object: ObjectReference | undefined): Classification | undefined {
  const to = cursor.principal();
  if (to === undefined || !cursor.atEnd) return undefined;
  const on = `${kind.words} ${object?.name ?? 'whose name only the platform can tell'}`;
  const grant: Grant = { privileges: 'OWNERSHIP', on, to };
  if (kind.reach === 'inside a catalog' && !isEverybody(to)) return of('grant', false, { grant });
  return of('elevated', false, { grant, dangers: [`makes ${to} owner of ${describedObject(kind, object)}: an owner can pass on everything`] });
}

interface Securable {
  readonly on: string;
  readonly reach: DatabricksKind['reach'];
  readonly isSystems: boolean;
}

function whyElevated({ privileges, to }: Grant, { reach, isSystems }: Securable): string | undefined {
  if (isEverybody(to)) return `${to} is everybody`;
  if (reach === 'the metastore') return 'it reaches beyond one catalog';
  if (isSystems) return 'it opens a part of the platform’s own records';
  if (reach === 'a catalog' && privileges.split(', ').includes('MANAGE')) return 'who manages a catalog can pass on everything in it';
  return undefined;
}

/** Groups that the platform itself keeps. */
function isEverybody(principal: string): boolean {
  return ['account users', 'users', 'all account users', 'public'].includes(principal.toLowerCase());
}

/** Bare words and commas, such as `USE CATALOG, CREATE SCHEMA`. */
function readPrivileges(cursor: Cursor): string | undefined {
  const privileges: string[] = [];
  do {
    const words: string[] = [];
    while (cursor.token?.kind === 'word' && !ends.has(cursor.word)) {
      words.push(cursor.word);
      cursor.skip();
    }
    if (words.length === 0) return undefined;
    privileges.push(words.join(' '));
  } while (cursor.accept(','));
  return privileges.join(', ');
}

const ends = new Set(['ON', 'TO', 'FROM']);

function readSecurable(cursor: Cursor): Securable | undefined {
  if (cursor.accept('METASTORE')) return { on: 'METASTORE', reach: 'the metastore', isSystems: false };
  if (cursor.accept('ANY FILE')) return { on: 'ANY FILE', reach: 'the metastore', isSystems: false };
  if (cursor.accept('ANONYMOUS FUNCTION')) return { on: 'ANONYMOUS FUNCTION', reach: 'the metastore', isSystems: false };
  const kind = readDatabricksKind(cursor);
  if (kind !== undefined && (cursor.word === 'TO' || cursor.word === 'FROM')) return undefined; // SCHEMA TO x: the current one
  const reach = kind?.reach ?? 'inside a catalog';
  const name = cursor.name(reach === 'inside a catalog' ? 'several parts' : 'one part');
  if (name === undefined) return undefined;
  return { on: `${kind?.words ?? 'TABLE'} ${name}`, reach, isSystems: name === 'system' ? reach === 'a catalog' : name.startsWith('system.') };
}
