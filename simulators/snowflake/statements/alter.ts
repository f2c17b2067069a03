// ALTER: properties and names. The session and the account have parameters instead of properties.
import type { CatalogObject, PropertyValue } from '../catalog.js';
import { displayName, lastPart } from '../catalog.js';
import { activeRoles, find, qualify, requireCreate, requireOwnership } from '../access.js';
import { alreadyExists, doesNotExist, insufficientPrivileges } from '../errors.js';
import { kindNames, objectKind } from '../object-kinds.js';
import { checkPublicKeys, parseProperties, parsePropertyNames } from '../properties.js';
import { done } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { acceptArgumentTypes } from './signature.js';

type Change = (execution: Execution, object: CatalogObject) => void;

/** Kinds of which every ALTER this simulator knows is SET, UNSET or RENAME; others take anything after the name. */
const plainKinds = new Set(['DATABASE', 'SCHEMA', 'ROLE', 'USER', 'WAREHOUSE', 'DATABASE ROLE']);

export function parseAlter(cursor: TokenCursor): Statement {
  cursor.expect('ALTER');
  if (cursor.accept('SESSION')) return alterSession(cursor);
  if (cursor.accept('ACCOUNT')) return alterAccount(cursor);
  const kind = cursor.acceptOneOf(kindNames);
  if (kind === undefined) throw cursor.unexpected();
  const ifExists = cursor.accept('IF', 'EXISTS');
  const name = cursor.name();
  if (objectKind(kind).callable) name.push(`${name.pop() ?? ''}(${(acceptArgumentTypes(cursor) ?? []).join(', ')})`);
  const change = parseChange(cursor, kind);
  cursor.end();
  return {
    verb: 'ALTER',
    object: `${kind} ${displayName(name)}`,
    read: false,
    run(execution) {
      const object = find(execution, kind, qualify(execution, kind, name, `ALTER ${kind}`));
      if (object === undefined && ifExists) return done();
      if (object === undefined) throw doesNotExist(kind, displayName(name));
      requireOwnership(execution, object);
      change(execution, object);
      return done();
    },
  };
}

function parseChange(cursor: TokenCursor, kind: string): Change {
  if (cursor.accept('RENAME', 'TO')) {
    const name = cursor.name();
    return (execution, object) => rename(execution, object, name);
  }
  if (plainKinds.has(kind)) {
    if (cursor.accept('SET')) return setProperties(parseProperties(cursor));
    if (cursor.accept('UNSET')) return unsetProperties(parsePropertyNames(cursor));
    if (kind === 'WAREHOUSE' && cursor.accept('ABORT', 'ALL', 'QUERIES')) return changed;
    if (kind === 'WAREHOUSE' && cursor.accept('SUSPEND')) return setProperties(new Map([['STATE', 'SUSPENDED']]));
    if (kind === 'WAREHOUSE' && cursor.acceptOneOf(['RESUME IF SUSPENDED', 'RESUME']) !== undefined) return unsetProperties(['STATE']);
    if (kind === 'USER' && cursor.acceptOneOf(['RESET PASSWORD', 'ABORT ALL QUERIES']) !== undefined) return changed;
    if (kind === 'SCHEMA' && cursor.acceptOneOf(['ENABLE MANAGED ACCESS', 'DISABLE MANAGED ACCESS']) !== undefined) return changed;
    throw cursor.unexpected();
  }
  if (cursor.rest().length === 0) throw cursor.unexpected();
  return changed;
}

function changed({ account }: Execution, object: CatalogObject): void {
  account.catalog.note('changed', object);
}

function setProperties(properties: ReadonlyMap<string, PropertyValue>): Change {
  return (execution, object) => {
    if (object.kind.name === 'USER') checkPublicKeys(properties);
    for (const [key, value] of properties) object.properties.set(key, value);
    changed(execution, object);
  };
}

function unsetProperties(names: readonly string[]): Change {
  return (execution, object) => {
    for (const name of names) object.properties.delete(name);
    changed(execution, object);
  };
}

function rename(execution: Execution, object: CatalogObject, name: readonly string[]): void {
  const { account, session } = execution;
  const kind = object.kind.name;
  const path = name.length === 1 ? [...object.path.slice(0, -1), ...name] : qualify(execution, kind, name);
  if (account.catalog.find(kind, path) !== undefined) throw alreadyExists(displayName(path));
  requireCreate(execution, kind, path);
  const before = lastPart(object.path);
  account.rename(object, path);
  if (kind === 'DATABASE' && session.database === before) session.database = lastPart(path);
  if (kind === 'SCHEMA' && session.schema === before) session.schema = lastPart(path);
}

function alterSession(cursor: TokenCursor): Statement {
  const set = cursor.accept('SET');
  if (!set) cursor.expect('UNSET');
  const properties = set ? parseProperties(cursor) : new Map<string, PropertyValue>();
  const names = set ? [] : parsePropertyNames(cursor);
  if (set && properties.size === 0) throw cursor.unexpected();
  return {
    verb: 'ALTER',
    object: 'SESSION',
    read: false,
    run({ session }) {
      for (const [key, value] of properties) session.parameters.set(key, String(value));
      for (const name of names) session.parameters.delete(name);
      return done();
    },
  };
}

function alterAccount(cursor: TokenCursor): Statement {
  const set = cursor.accept('SET');
  if (!set) cursor.expect('UNSET');
  const properties = set ? parseProperties(cursor) : new Map<string, PropertyValue>();
  const names = set ? [] : parsePropertyNames(cursor);
  return {
    verb: 'ALTER',
    object: 'ACCOUNT',
    read: false,
    run(execution) {
      const { account, session } = execution;
      // [doc] account parameters are set by ACCOUNTADMIN only
      if (!activeRoles(execution).some((role) => role.name === 'ACCOUNTADMIN')) {
        throw insufficientPrivileges('ACCOUNT', account.name, session.role, 'OWNERSHIP');
      }
      for (const [key, value] of properties) account.parameters.set(key, String(value));
      for (const name of names) account.parameters.delete(name);
      return done();
    },
  };
}
