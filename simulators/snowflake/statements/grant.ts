// GRANT of privileges, roles and ownership.
import type { CatalogObject } from '../catalog.js';
import { displayName } from '../catalog.js';
import { holdsOnAccount, inherited, owns, resolve } from '../access.js';
import { dependentGrant, grantNotExecuted, invalidValue } from '../errors.js';
import type { Grantee } from '../grants.js';
import type { Result } from '../result.js';
import { done, statusResult } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import type { Counterpart, GrantTarget } from './grant-target.js';
import {
  checkedPrivileges,
  describeTarget,
  mayGrant,
  mayGrantOnAccount,
  objectsOf,
  parseCounterpart,
  parsePrivileges,
  parseTarget,
  refuseSharedDatabase,
  resolveCounterpart,
} from './grant-target.js';

type CurrentGrants = 'copy' | 'revoke' | 'refuse';

export function parseGrant(cursor: TokenCursor): Statement {
  cursor.expect('GRANT');
  if (cursor.accept('OWNERSHIP', 'ON')) return grantOwnership(cursor);
  const roleKind = grantsRole(cursor) ? cursor.acceptOneOf(['DATABASE ROLE', 'ROLE'] as const) : undefined;
  if (roleKind !== undefined) return grantRole(cursor, roleKind);
  const written = parsePrivileges(cursor);
  cursor.expect('ON');
  const target = parseTarget(cursor);
  cursor.expect('TO');
  const to = parseCounterpart(cursor);
  const grantOption = cursor.accept('WITH', 'GRANT', 'OPTION');
  cursor.end();
  const privileges = checkedPrivileges(written, target);
  return {
    verb: 'GRANT',
    object: `${written.join(', ')} ON ${describeTarget(target)}`,
    read: false,
    run: (execution) => grantPrivileges(execution, privileges, target, to, grantOption),
  };
}

/** Tells GRANT ROLE r TO ... from a privilege that begins with such a word. */
function grantsRole(cursor: TokenCursor): boolean {
  return cursor.sees('ROLE') || cursor.sees('DATABASE', 'ROLE');
}

function grantPrivileges(
  execution: Execution,
  privileges: readonly string[],
  target: GrantTarget,
  counterpart: Counterpart,
  grantOption: boolean,
): Result {
  const { account, session } = execution;
  const to = resolveCounterpart(execution, counterpart);
  const frame = { to, grantOption, grantedBy: displayName([session.role]), createdAt: account.clock.now() };
  if (target.kind === 'account') {
    if (!privileges.every((privilege) => mayGrantOnAccount(execution, privilege))) throw grantNotExecuted();
    for (const privilege of privileges) account.grants.add({ ...frame, privilege, on: { kind: 'ACCOUNT', path: [] } });
    return done();
  }
  if (target.kind === 'future') {
    grantFuture(execution, privileges, target, to, grantOption);
    return done();
  }
  const objects = objectsOf(execution, target);
  for (const object of objects) {
    for (const privilege of privileges) {
      refuseSharedDatabase(object, privilege);
      if (!mayGrant(execution, privilege, object)) throw grantNotExecuted();
    }
  }
  for (const object of objects) {
    for (const privilege of privileges) account.grants.add({ ...frame, privilege, on: { kind: object.kind.name, path: object.path } });
  }
  return target.kind === 'all' ? affected(objects.length) : done();
}

function grantFuture(
  execution: Execution,
  privileges: readonly string[],
  target: Extract<GrantTarget, { kind: 'all' | 'future' }>,
  to: Grantee,
  grantOption: boolean,
): void {
  const { account, session } = execution;
  const container = resolve(execution, target.within, target.name);
  // [doc] future grants need MANAGE GRANTS
  if (!holdsOnAccount(execution, 'MANAGE GRANTS')) throw grantNotExecuted();
  const within = { kind: container.kind.name, path: container.path };
  const frame = { kind: target.objectKind, within, to, grantOption, grantedBy: displayName([session.role]), createdAt: account.clock.now() };
  for (const privilege of privileges) account.grants.addFuture({ ...frame, privilege });
}

function grantRole(cursor: TokenCursor, kind: 'ROLE' | 'DATABASE ROLE'): Statement {
  const name = cursor.name();
  cursor.expect('TO');
  const counterpart = parseCounterpart(cursor);
  cursor.end();
  return {
    verb: 'GRANT',
    object: `${kind} ${displayName(name)}`,
    read: false,
    run(execution) {
      const { account, session } = execution;
      const role = resolve(execution, kind, name);
      const to = resolveCounterpart(execution, counterpart);
      // [doc] the owner of the role, or MANAGE GRANTS
      if (!owns(execution, role) && !holdsOnAccount(execution, 'MANAGE GRANTS')) throw grantNotExecuted();
      const on = { kind, path: role.path };
      const givesItself = inherited(account, [{ kind, name: displayName(role.path) }]).some(
        (held) => held.kind === to.kind && held.name === to.name && to.name !== 'PUBLIC',
      );
      // [known] a circle of roles is refused; its number was not established
      if (givesItself) throw invalidValue(`Cannot grant role '${displayName(role.path)}' to role '${to.name}': this would create a circle.`);
      account.grants.add({ privilege: 'USAGE', on, to, grantOption: false, grantedBy: displayName([session.role]), createdAt: account.clock.now() });
      return done();
    },
  };
}

function grantOwnership(cursor: TokenCursor): Statement {
  const target = parseTarget(cursor);
  if (target.kind === 'account') throw cursor.unexpected();
  cursor.expect('TO');
  const counterpart = parseCounterpart(cursor);
  if (counterpart.kind === 'USER') throw cursor.unexpected();
  const current = cursor.acceptOneOf(['COPY CURRENT GRANTS', 'REVOKE CURRENT GRANTS']);
  cursor.end();
  const currentGrants = current === undefined ? 'refuse' : current === 'COPY CURRENT GRANTS' ? 'copy' : 'revoke';
  return {
    verb: 'GRANT',
    object: `OWNERSHIP ON ${describeTarget(target)}`,
    read: false,
    run(execution) {
      const to = resolveCounterpart(execution, counterpart);
      if (target.kind === 'future') {
        grantFuture(execution, ['OWNERSHIP'], target, to, false);
        return done();
      }
      const objects = objectsOf(execution, target);
      for (const object of objects) {
        // [doc] the owner, or MANAGE GRANTS; what the vendor owns stays with it
        if (object.owner === null || (!owns(execution, object) && !holdsOnAccount(execution, 'MANAGE GRANTS'))) throw grantNotExecuted();
        if (currentGrants === 'refuse') refuseDependents(execution, object, to);
      }
      for (const object of objects) transfer(execution, object, to, currentGrants);
      return target.kind === 'all' ? affected(objects.length) : done();
    },
  };
}

/** [seen] grants to roles stand in the way, on a role too; a transfer to the present owner is never blocked. */
function refuseDependents({ account }: Execution, object: CatalogObject, to: Grantee): void {
  if (object.owner === to.name) return;
  const dependent = account.grants.on({ kind: object.kind.name, path: object.path }).find((grant) => grant.to.kind !== 'USER');
  if (dependent !== undefined) throw dependentGrant(dependent.privilege, displayName(object.path), dependent.to.name);
}

function transfer({ account }: Execution, object: CatalogObject, to: Grantee, currentGrants: CurrentGrants): void {
  const on = { kind: object.kind.name, path: object.path };
  if (currentGrants === 'revoke') {
    const held = new Set(account.grants.on(on));
    account.grants.removeWhere((grant) => held.has(grant));
  }
  // [doc] copied grants are the new owner's from now on
  if (currentGrants === 'copy') for (const grant of account.grants.on(on)) grant.grantedBy = to.name;
  object.owner = to.name;
  account.catalog.note('changed', object);
}

/** [seen] */
function affected(count: number): Result {
  return statusResult(`Statement executed successfully. ${count} objects affected.`);
}
