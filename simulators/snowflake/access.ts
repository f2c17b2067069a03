// Who may do what. [doc] docs.snowflake.com/en/user-guide/security-access-control-overview: privileges flow up the role hierarchy,
// the owner may do everything with its object, MANAGE GRANTS acts on grants as the owner would, CREATE looks at the primary role only.
import type { Account } from './account.js';
import type { CatalogObject } from './catalog.js';
import { displayName, lastPart } from './catalog.js';
import { cannotBePerformed, doesNotExist, insufficientPrivileges, noCurrentDatabase, noCurrentSchema } from './errors.js';
import type { Grantee } from './grants.js';
import { sameGrantee } from './grants.js';
import { objectKind } from './object-kinds.js';
import type { Session } from './session.js';

export interface Access {
  readonly account: Account;
  readonly session: Session;
}

/** A role with all that it inherits. PUBLIC belongs to everybody [doc]. */
export function inherited(account: Account, grantees: readonly Grantee[]): Grantee[] {
  const found: Grantee[] = [...grantees, { kind: 'ROLE', name: 'PUBLIC' }];
  for (const grantee of found) {
    for (const grant of account.grants.to(grantee)) {
      if (grant.privilege !== 'USAGE' || (grant.on.kind !== 'ROLE' && grant.on.kind !== 'DATABASE ROLE')) continue;
      const role: Grantee = { kind: grant.on.kind, name: displayName(grant.on.path) };
      if (!found.some((other) => sameGrantee(other, role))) found.push(role);
    }
  }
  return found;
}

/** Every role a user can activate. */
export function rolesOfUser(account: Account, user: string): string[] {
  return inherited(account, [{ kind: 'USER', name: displayName([user]) }])
    .filter((grantee) => grantee.kind === 'ROLE')
    .map((grantee) => grantee.name);
}

export function primaryRoles({ account, session }: Access): Grantee[] {
  return inherited(account, [{ kind: 'ROLE', name: displayName([session.role]) }]);
}

export function activeRoles(access: Access): Grantee[] {
  const { account, session } = access;
  const grantees: Grantee[] = [{ kind: 'ROLE', name: displayName([session.role]) }];
  if (session.secondaryRoles === 'ALL') grantees.push({ kind: 'USER', name: displayName([session.user]) });
  return inherited(account, grantees);
}

export function owns(access: Access, object: CatalogObject): boolean {
  return activeRoles(access).some((role) => role.name === object.owner);
}

export function holdsOnAccount(access: Access, privilege: string, withGrantOption = false): boolean {
  const roles = activeRoles(access);
  return access.account.grants
    .on({ kind: 'ACCOUNT', path: [] })
    .some((grant) => grant.privilege === privilege && (grant.grantOption || !withGrantOption) && roles.some((role) => sameGrantee(role, grant.to)));
}

export function holdsOn(access: Access, privilege: string, object: CatalogObject): boolean {
  if (owns(access, object)) return true;
  const roles = activeRoles(access);
  return access.account.grants
    .on({ kind: object.kind.name, path: object.path })
    .some((grant) => grant.privilege === privilege && roles.some((role) => sameGrantee(role, grant.to)));
}

/** Seen by whoever owns it, holds anything on it, or manages grants; roles and users are seen by all [doc]. */
export function isVisible(access: Access, object: CatalogObject): boolean {
  if (object.kind.name === 'ROLE' || object.kind.name === 'USER') return true;
  // [doc] the shared database's INFORMATION_SCHEMA, and a database's own, are open to whoever sees the database
  if (object.kind.name === 'SCHEMA' && lastPart(object.path) === 'INFORMATION_SCHEMA') return true;
  if (owns(access, object) || holdsOnAccount(access, 'MANAGE GRANTS')) return true;
  const roles = activeRoles(access);
  const held = access.account.grants.on({ kind: object.kind.name, path: object.path });
  if (held.some((grant) => roles.some((role) => sameGrantee(role, grant.to)))) return true;
  return object.path[0] === 'SNOWFLAKE' && object.kind.name !== 'DATABASE' && holdsShared(access);
}

function holdsShared(access: Access): boolean {
  const shared = access.account.catalog.find('DATABASE', ['SNOWFLAKE']);
  return shared !== undefined && holdsOn(access, 'IMPORTED PRIVILEGES', shared);
}

/** Completes a name from the session. @throws SqlError when it needs a database or schema and the session has none. */
export function qualify({ session }: Access, kind: string, name: readonly string[], operation = 'operation'): string[] {
  const wanted = { account: 1, database: 2, schema: 3 }[objectKind(kind).level];
  if (name.length > wanted) throw cannotBePerformed();
  if (name.length === wanted) return [...name];
  if (session.database === undefined) throw noCurrentDatabase(operation);
  if (wanted - name.length === 1) return [session.database, ...name];
  if (session.schema === undefined) throw noCurrentSchema(operation);
  return [session.database, session.schema, ...name];
}

/** Finds what a statement names, for a role that may know of it. @throws SqlError 002003 when absent or not visible. */
export function resolve(access: Access, kind: string, name: readonly string[], operation?: string): CatalogObject {
  const path = qualify(access, kind, name, operation);
  const object = find(access, kind, path);
  if (object === undefined) throw doesNotExist(kind, displayName(path));
  return object;
}

/** As `resolve`, but absence is an answer; containers must still be there. */
export function find(access: Access, kind: string, path: readonly string[]): CatalogObject | undefined {
  requireContainers(access, path);
  const object = access.account.catalog.find(kind, path);
  return object !== undefined && object.kind.name === kind && isVisible(access, object) ? object : undefined;
}

/** @throws SqlError when the database or schema of a path is absent or hidden. */
export function requireContainers(access: Access, path: readonly string[]): CatalogObject | undefined {
  let container: CatalogObject | undefined;
  for (let length = 1; length < path.length; length++) {
    const kind = length === 1 ? 'DATABASE' : 'SCHEMA';
    const inner = access.account.catalog.find(kind, path.slice(0, length));
    if (inner === undefined || !isVisible(access, inner)) throw doesNotExist(kind, displayName(path.slice(0, length)));
    container = inner;
  }
  return container;
}

/** @throws SqlError 003001 unless the role owns the object. */
export function requireOwnership(access: Access, object: CatalogObject): void {
  if (!owns(access, object)) throw insufficientPrivileges(object.kind.name, lastPart(object.path), access.session.role, 'OWNERSHIP');
}

/** @throws SqlError 003001 unless the primary role may create this kind there. Secondary roles do not count [doc]. */
export function requireCreate(access: Access, kind: string, path: readonly string[]): void {
  const { createPrivilege, level } = objectKind(kind);
  const roles = primaryRoles(access);
  const container = requireContainers(access, path);
  const on = container === undefined ? { kind: 'ACCOUNT', path: [] } : { kind: container.kind.name, path: container.path };
  const ownsContainer = container !== undefined && roles.some((role) => role.name === container.owner);
  const granted = access.account.grants
    .on(on)
    .some((grant) => grant.privilege === createPrivilege && roles.some((role) => sameGrantee(role, grant.to)));
  if (ownsContainer || granted) return;
  if (level === 'account') throw insufficientPrivileges('ACCOUNT', access.account.name, access.session.role, createPrivilege);
  throw insufficientPrivileges(on.kind, lastPart(on.path), access.session.role, createPrivilege);
}
