// The common middle of GRANT and REVOKE: which privileges, on what, and to or from whom.
import type { CatalogObject } from '../catalog.js';
import { displayName } from '../catalog.js';
import type { Access } from '../access.js';
import { activeRoles, holdsOnAccount, owns, resolve } from '../access.js';
import { doesNotExist, invalidValue } from '../errors.js';
import type { Grantee } from '../grants.js';
import { sameGrantee } from '../grants.js';
import { accountPrivileges, kindNames, kindOfPlural, kindPlurals, objectKind } from '../object-kinds.js';
import type { TokenCursor } from '../token-cursor.js';
import { acceptArgumentTypes } from './signature.js';

export type GrantTarget =
  | { readonly kind: 'account' }
  | { readonly kind: 'object'; readonly objectKind: string; readonly name: readonly string[] }
  | {
      readonly kind: 'all' | 'future';
      readonly objectKind: string;
      readonly within: 'DATABASE' | 'SCHEMA';
      readonly name: readonly string[];
    };

export interface Counterpart {
  readonly kind: Grantee['kind'];
  readonly name: readonly string[];
}

/** Comma separated privileges up to ON, as written. ALL [PRIVILEGES] is `ALL`. */
export function parsePrivileges(cursor: TokenCursor): string[] {
  const privileges: string[] = [];
  do {
    const words: string[] = [];
    while (!cursor.sees('ON') && !cursor.sees(',')) {
      const token = cursor.next();
      if (token.kind !== 'word') throw invalidPrivilege(token.text);
      words.push(token.value);
    }
    const privilege = words.join(' ');
    if (privilege === '') throw cursor.unexpected();
    privileges.push(privilege === 'ALL PRIVILEGES' ? 'ALL' : privilege);
  } while (cursor.accept(','));
  return privileges;
}

export function parseTarget(cursor: TokenCursor): GrantTarget {
  if (cursor.accept('ACCOUNT')) return { kind: 'account' };
  const many = cursor.acceptOneOf(['ALL', 'FUTURE']);
  if (many === undefined) {
    const kind = cursor.acceptOneOf(kindNames);
    if (kind === undefined) throw cursor.unexpected();
    const name = cursor.name();
    if (objectKind(kind).callable) name.push(`${name.pop() ?? ''}(${(acceptArgumentTypes(cursor) ?? []).join(', ')})`);
    return { kind: 'object', objectKind: kind, name };
  }
  const plural = cursor.acceptOneOf(kindPlurals);
  if (plural === undefined || kindOfPlural(plural).level === 'account') throw cursor.unexpected();
  cursor.expect('IN');
  const within = cursor.acceptOneOf(['DATABASE', 'SCHEMA'] as const);
  if (within === undefined) throw cursor.unexpected();
  return { kind: many === 'ALL' ? 'all' : 'future', objectKind: kindOfPlural(plural).name, within, name: cursor.name() };
}

/** `[ROLE] r`, `DATABASE ROLE d.r`, `USER u`. */
export function parseCounterpart(cursor: TokenCursor): Counterpart {
  const kind = cursor.acceptOneOf(['DATABASE ROLE', 'ROLE', 'USER'] as const) ?? 'ROLE';
  return { kind, name: cursor.name() };
}

/** @throws SqlError 002003 when there is no such role or user. */
export function resolveCounterpart(access: Access, counterpart: Counterpart): Grantee {
  const object = resolve(access, counterpart.kind, counterpart.name);
  return { kind: counterpart.kind, name: displayName(object.path) };
}

/** Spells out ALL and refuses what cannot be held on such a thing. */
export function checkedPrivileges(privileges: readonly string[], target: GrantTarget): readonly string[] {
  const allowed = target.kind === 'account' ? accountPrivileges : objectKind(target.objectKind).privileges;
  if (privileges.length === 1 && privileges[0] === 'ALL') return allowed.filter((privilege) => privilege !== 'IMPORTED PRIVILEGES');
  for (const privilege of privileges) if (!allowed.includes(privilege)) throw invalidPrivilege(privilege);
  return privileges;
}

/** The objects of `ALL ... IN`, or the one named. */
export function objectsOf(access: Access, target: Exclude<GrantTarget, { kind: 'account' | 'future' }>): CatalogObject[] {
  if (target.kind === 'object') return [resolve(access, target.objectKind, target.name)];
  const container = resolve(access, target.within, target.name);
  return access.account.catalog.list(target.objectKind, container.path).filter((object) => object.path.at(-1) !== 'INFORMATION_SCHEMA');
}

/** [doc] the owner, MANAGE GRANTS, or the privilege itself WITH GRANT OPTION. */
export function mayGrant(access: Access, privilege: string, object: CatalogObject): boolean {
  if (privilege === 'IMPORTED PRIVILEGES') {
    // [doc] by default only ACCOUNTADMIN can hand out the shared database
    return activeRoles(access).some((role) => role.name === 'ACCOUNTADMIN');
  }
  if (owns(access, object) || holdsOnAccount(access, 'MANAGE GRANTS')) return true;
  const roles = activeRoles(access);
  return access.account.grants
    .on({ kind: object.kind.name, path: object.path })
    .some((grant) => grant.grantOption && grant.privilege === privilege && roles.some((role) => sameGrantee(role, grant.to)));
}

/** [seen] MANAGE GRANTS does not hand out global privileges: the grantor holds them with grant option. */
export function mayGrantOnAccount(access: Access, privilege: string): boolean {
  return holdsOnAccount(access, privilege, true);
}

/** [known] privileges of a shared database are one package. */
export function refuseSharedDatabase(object: CatalogObject, privilege: string): void {
  const shared = object.kind.name === 'DATABASE' && object.path[0] === 'SNOWFLAKE';
  if (shared && privilege !== 'IMPORTED PRIVILEGES') {
    throw invalidValue("Granting individual privileges on imported databases is not allowed. Use 'GRANT IMPORTED PRIVILEGES' instead.");
  }
  if (!shared && privilege === 'IMPORTED PRIVILEGES') throw doesNotExist('SHARED DATABASE', displayName(object.path));
}

export function describeTarget(target: GrantTarget): string {
  switch (target.kind) {
    case 'account':
      return 'ACCOUNT';
    case 'object':
      return `${target.objectKind} ${displayName(target.name)}`;
    case 'all':
    case 'future':
      return `${target.kind.toUpperCase()} ${objectKind(target.objectKind).plural} IN ${target.within} ${displayName(target.name)}`;
    default:
      return target satisfies never;
  }
}

/** [known] the vendor refuses it while compiling; its number was not established. */
function invalidPrivilege(privilege: string): Error {
  return invalidValue(`Invalid privilege '${privilege}' for this kind of object.`);
}
