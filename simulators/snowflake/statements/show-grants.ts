// SHOW [FUTURE] GRANTS. [doc] docs.snowflake.com/en/sql-reference/sql/show-grants; ownership is listed as a privilege.
import { displayName } from '../catalog.js';
import { resolve } from '../access.js';
import type { Grant, Grantee, Securable } from '../grants.js';
import { sameGrantee } from '../grants.js';
import { kindNames, objectKind } from '../object-kinds.js';
import type { Cell, Column, Result } from '../result.js';
import { statementTypes } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { acceptArgumentTypes } from './signature.js';

const privilegeColumns = columns('created_on', 'privilege', 'granted_on', 'name', 'granted_to', 'grantee_name', 'grant_option', 'granted_by');
const roleColumns = columns('created_on', 'role', 'granted_to', 'grantee_name', 'granted_by');
const futureColumns = columns('created_on', 'privilege', 'grant_on', 'name', 'grant_to', 'grantee_name', 'grant_option');

export function parseShowGrants(cursor: TokenCursor): Statement {
  const run = cursor.accept('FUTURE') ? parseFuture(cursor) : parsePresent(cursor);
  if (cursor.accept('LIMIT')) cursor.number();
  cursor.end();
  return { verb: 'SHOW', object: 'GRANTS', read: true, run };
}

function parsePresent(cursor: TokenCursor): Statement['run'] {
  cursor.expect('GRANTS');
  if (cursor.accept('ON', 'ACCOUNT'))
    return (execution) => privileges(execution.account.grants.on({ kind: 'ACCOUNT', path: [] }).map((grant) => privilegeRow(execution, grant)));
  if (cursor.accept('ON')) return parseOn(cursor);
  if (cursor.accept('OF')) {
    const kind = cursor.acceptOneOf(['DATABASE ROLE', 'ROLE'] as const);
    if (kind === undefined) throw cursor.unexpected();
    const name = cursor.name();
    return (execution) => roles(execution.account.grants.on({ kind, path: resolve(execution, kind, name).path }));
  }
  if (!cursor.accept('TO')) {
    // [doc] alone it means the current user
    return ({ account, session }) => roles(account.grants.to({ kind: 'USER', name: displayName([session.user]) }));
  }
  const kind = cursor.acceptOneOf(['DATABASE ROLE', 'ROLE', 'USER'] as const);
  if (kind === undefined) throw cursor.unexpected();
  const name = cursor.name();
  return (execution) => {
    const grantee: Grantee = { kind, name: displayName(resolve(execution, kind, name).path) };
    const held = execution.account.grants.to(grantee);
    if (kind === 'USER') return roles(held);
    const owned = execution.account.catalog.list().filter((object) => object.owner === grantee.name);
    return privileges([
      ...held.map((grant) => privilegeRow(execution, grant)),
      ...owned.map((object) => ownershipRow(execution, { kind: object.kind.name, path: object.path }, grantee.name, object.createdAt)),
    ]);
  };
}

function parseOn(cursor: TokenCursor): Statement['run'] {
  const kind = cursor.acceptOneOf(kindNames);
  if (kind === undefined) throw cursor.unexpected();
  const name = cursor.name();
  if (objectKind(kind).callable) name.push(`${name.pop() ?? ''}(${(acceptArgumentTypes(cursor) ?? []).join(', ')})`);
  return (execution) => {
    const object = resolve(execution, kind, name);
    const on = { kind, path: object.path };
    const rows = execution.account.grants.on(on).map((grant) => privilegeRow(execution, grant));
    return privileges(object.owner === null ? rows : [ownershipRow(execution, on, object.owner, object.createdAt), ...rows]);
  };
}

function parseFuture(cursor: TokenCursor): Statement['run'] {
  cursor.expect('GRANTS');
  const within = cursor.accept('IN') ? cursor.acceptOneOf(['DATABASE', 'SCHEMA'] as const) : undefined;
  if (within === undefined) cursor.expect('TO', 'ROLE');
  const name = cursor.name();
  return (execution) => {
    const { path } = resolve(execution, within ?? 'ROLE', name);
    const matching = execution.account.grants
      .future()
      .filter((grant) =>
        within === undefined
          ? sameGrantee(grant.to, { kind: 'ROLE', name: displayName(path) })
          : displayName(grant.within.path) === displayName(path),
      );
    const rows = matching.map((grant): Cell[] => [
      grant.createdAt,
      grant.privilege,
      underscored(grant.kind),
      `${displayName(grant.within.path)}.<${grant.kind}>`,
      underscored(grant.to.kind),
      grant.to.name,
      String(grant.grantOption),
    ]);
    return { columns: futureColumns, rows, statementType: statementTypes.show };
  };
}

function privilegeRow(execution: Execution, grant: Grant): Cell[] {
  return [
    grant.createdAt,
    // [known] imported privileges are listed as USAGE
    grant.privilege === 'IMPORTED PRIVILEGES' ? 'USAGE' : grant.privilege,
    underscored(grant.on.kind),
    securableName(execution, grant.on),
    underscored(grant.to.kind),
    grant.to.name,
    String(grant.grantOption),
    grant.grantedBy,
  ];
}

function ownershipRow(execution: Execution, on: Securable, owner: string, createdAt: number): Cell[] {
  return [createdAt, 'OWNERSHIP', underscored(on.kind), securableName(execution, on), 'ROLE', owner, 'true', owner];
}

function privileges(rows: readonly Cell[][]): Result {
  return { columns: privilegeColumns, rows, statementType: statementTypes.show };
}

function roles(grants: readonly Grant[]): Result {
  const rows = grants
    .filter((grant) => grant.on.kind === 'ROLE' || grant.on.kind === 'DATABASE ROLE')
    .map((grant): Cell[] => [grant.createdAt, displayName(grant.on.path), underscored(grant.to.kind), grant.to.name, grant.grantedBy]);
  return { columns: roleColumns, rows, statementType: statementTypes.show };
}

function securableName({ account }: Execution, on: Securable): string {
  return on.kind === 'ACCOUNT' ? account.name : displayName(on.path);
}

/** MASKING POLICY is printed MASKING_POLICY. */
function underscored(kind: string): string {
  return kind.replaceAll(' ', '_');
}

function columns(...names: readonly string[]): Column[] {
  return names.map((name) => ({ name, type: name === 'created_on' ? 'timestamp' : 'text' }));
}
