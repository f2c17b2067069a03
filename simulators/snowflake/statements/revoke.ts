// REVOKE. Taking away what is not held succeeds [known], so a cleanup can be repeated.
import { displayName } from '../catalog.js';
import { holdsOnAccount, owns, resolve } from '../access.js';
import { grantNotExecuted, invalidValue } from '../errors.js';
import type { Grant, Grantee, Securable } from '../grants.js';
import { sameGrantee, sameSecurable } from '../grants.js';
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
  resolveCounterpart,
} from './grant-target.js';

interface Revocation {
  readonly privileges: readonly string[];
  readonly target: GrantTarget;
  readonly from: Counterpart;
  readonly optionOnly: boolean;
}

export function parseRevoke(cursor: TokenCursor): Statement {
  cursor.expect('REVOKE');
  const optionOnly = cursor.accept('GRANT', 'OPTION', 'FOR');
  const roleKind = cursor.sees('ROLE') || cursor.sees('DATABASE', 'ROLE') ? cursor.acceptOneOf(['DATABASE ROLE', 'ROLE'] as const) : undefined;
  if (roleKind !== undefined) return revokeRole(cursor, roleKind);
  const written = parsePrivileges(cursor);
  cursor.expect('ON');
  const target = parseTarget(cursor);
  cursor.expect('FROM');
  const from = parseCounterpart(cursor);
  cursor.acceptOneOf(['RESTRICT', 'CASCADE']);
  cursor.end();
  const privileges = revocable(written, target);
  return {
    verb: 'REVOKE',
    object: `${written.join(', ')} ON ${describeTarget(target)}`,
    read: false,
    run: (execution) => revoke(execution, { privileges, target, from, optionOnly }),
  };
}

/** [doc] ownership is given to somebody else, never taken away; only future ownership can be revoked. */
function revocable(written: readonly string[], target: GrantTarget): readonly string[] {
  if (!written.includes('OWNERSHIP')) return checkedPrivileges(written, target);
  if (target.kind === 'future' && written.length === 1) return written;
  throw invalidValue("OWNERSHIP cannot be revoked. Use 'GRANT OWNERSHIP' to transfer it.");
}

function revoke(execution: Execution, { privileges, target, from, optionOnly }: Revocation): Result {
  const { grants } = execution.account;
  const grantee = resolveCounterpart(execution, from);
  if (target.kind === 'account') {
    if (!privileges.every((privilege) => mayGrantOnAccount(execution, privilege))) throw grantNotExecuted();
    takeAway(execution, { kind: 'ACCOUNT', path: [] }, privileges, grantee, optionOnly);
    return done();
  }
  if (target.kind === 'future') {
    const container = resolve(execution, target.within, target.name);
    if (!holdsOnAccount(execution, 'MANAGE GRANTS')) throw grantNotExecuted();
    const within = { kind: container.kind.name, path: container.path };
    grants.removeFutureWhere(
      (grant) =>
        grant.kind === target.objectKind &&
        privileges.includes(grant.privilege) &&
        sameSecurable(grant.within, within) &&
        sameGrantee(grant.to, grantee),
    );
    return done();
  }
  const objects = objectsOf(execution, target);
  for (const object of objects) {
    if (!privileges.every((privilege) => mayGrant(execution, privilege, object))) throw grantNotExecuted();
  }
  for (const object of objects) takeAway(execution, { kind: object.kind.name, path: object.path }, privileges, grantee, optionOnly);
  return target.kind === 'all' ? statusResult(`Statement executed successfully. ${objects.length} objects affected.`) : done();
}

function takeAway({ account }: Execution, on: Securable, privileges: readonly string[], from: Grantee, optionOnly: boolean): void {
  const meant = (grant: Grant): boolean => sameSecurable(grant.on, on) && sameGrantee(grant.to, from) && privileges.includes(grant.privilege);
  if (optionOnly) for (const grant of account.grants.on(on)) grant.grantOption &&= !meant(grant);
  else account.grants.removeWhere(meant);
}

function revokeRole(cursor: TokenCursor, kind: 'ROLE' | 'DATABASE ROLE'): Statement {
  const name = cursor.name();
  cursor.expect('FROM');
  const counterpart = parseCounterpart(cursor);
  cursor.end();
  return {
    verb: 'REVOKE',
    object: `${kind} ${displayName(name)}`,
    read: false,
    run(execution) {
      const role = resolve(execution, kind, name);
      const from = resolveCounterpart(execution, counterpart);
      if (!owns(execution, role) && !holdsOnAccount(execution, 'MANAGE GRANTS')) throw grantNotExecuted();
      takeAway(execution, { kind, path: role.path }, ['USAGE'], from, false);
      return done();
    },
  };
}
