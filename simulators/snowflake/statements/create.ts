// CREATE of everything in object-kinds.ts. Bodies of procedures, functions, views and policies are taken as they are.
import type { PropertyValue } from '../catalog.js';
import { displayName, lastPart } from '../catalog.js';
import { owns, qualify, requireContainers, requireCreate, resolve } from '../access.js';
import { alreadyExists, insufficientPrivileges } from '../errors.js';
import { kindNames, objectKind } from '../object-kinds.js';
import { checkPublicKeys, parseProperties } from '../properties.js';
import { statusResult } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { argumentTypes } from './signature.js';

interface Creation {
  readonly kind: string;
  readonly name: readonly string[];
  readonly replace: boolean;
  readonly unlessExists: boolean;
  readonly properties: ReadonlyMap<string, PropertyValue>;
  /** Must exist: CLONE, LIKE. */
  readonly source?: readonly string[];
}

const modifiers = ['TRANSIENT', 'TEMPORARY', 'TEMP', 'LOCAL', 'GLOBAL', 'VOLATILE', 'SECURE', 'RECURSIVE', 'MATERIALIZED', 'AGGREGATE'];
const integrationKinds = ['API', 'SECURITY', 'STORAGE', 'NOTIFICATION', 'EXTERNAL ACCESS', 'CATALOG'];

export function parseCreate(cursor: TokenCursor): Statement {
  cursor.expect('CREATE');
  const replace = cursor.accept('OR', 'REPLACE');
  while (cursor.acceptOneOf(modifiers) !== undefined);
  cursor.acceptOneOf(integrationKinds);
  const kind = cursor.acceptOneOf(kindNames);
  if (kind === undefined) throw cursor.unexpected();
  const unlessExists = cursor.accept('IF', 'NOT', 'EXISTS');
  // [doc] the two exclude each other
  if (replace && unlessExists) throw cursor.unexpected();
  const name = cursor.name();
  const creation = { kind, replace, unlessExists, ...parseDefinition(cursor, kind, name) };
  cursor.end();
  return { verb: 'CREATE', object: `${kind} ${displayName(creation.name)}`, read: false, run: (execution) => create(execution, creation) };
}

function parseDefinition(cursor: TokenCursor, kind: string, name: readonly string[]): Pick<Creation, 'name' | 'properties' | 'source'> {
  const none = new Map<string, PropertyValue>();
  if (objectKind(kind).callable) {
    const signed = [...name.slice(0, -1), `${lastPart(name)}(${argumentTypes(cursor).join(', ')})`];
    cursor.expect('RETURNS');
    skipToBody(cursor);
    return { name: signed, properties: none };
  }
  if (cursor.accept('CLONE')) return { name, properties: none, source: cursor.name() };
  switch (kind) {
    case 'TABLE': {
      if (cursor.accept('LIKE')) return { name, properties: none, source: cursor.name() };
      if (!cursor.sees('AS') && cursor.parenthesised().length === 0) throw cursor.unexpected();
      cursor.rest();
      return { name, properties: none };
    }
    case 'VIEW':
    case 'MASKING POLICY':
    case 'ROW ACCESS POLICY':
      if (kind === 'VIEW' && cursor.sees('(')) cursor.parenthesised();
      skipToBody(cursor);
      return { name, properties: none };
    case 'DATABASE':
    case 'SCHEMA':
    case 'ROLE':
    case 'USER':
    case 'WAREHOUSE':
    case 'DATABASE ROLE':
      if (kind === 'SCHEMA') cursor.accept('WITH', 'MANAGED', 'ACCESS');
      return { name, properties: parseProperties(cursor) };
    default:
      cursor.rest();
      return { name, properties: none };
  }
}

/** Everything up to AS may be options; what follows AS is the body, and there must be one. */
function skipToBody(cursor: TokenCursor): void {
  while (!cursor.accept('AS')) {
    if (cursor.sees('(')) cursor.parenthesised();
    else if (cursor.acceptOneOf(['EXECUTE AS OWNER', 'EXECUTE AS CALLER', 'EXECUTE AS RESTRICTED CALLER']) === undefined) cursor.next();
  }
  if (cursor.atEnd) throw cursor.unexpected();
  cursor.rest();
}

function create(execution: Execution, creation: Creation): ReturnType<Statement['run']> {
  const { account, session } = execution;
  const { kind, replace, unlessExists, properties } = creation;
  const path = qualify(execution, kind, creation.name, `CREATE ${kind}`);
  requireContainers(execution, path);
  requireCreate(execution, kind, path);
  if (creation.source !== undefined) resolve(execution, kind, creation.source);
  if (kind === 'USER') checkPublicKeys(properties);

  const existing = account.catalog.find(kind, path);
  if (existing !== undefined && unlessExists) return statusResult(`${lastPart(path)} already exists, statement succeeded.`);
  if (existing !== undefined && !replace) throw alreadyExists(displayName(path));
  if (existing !== undefined) {
    // [doc] replacing drops the old object, with its grants and all that lies in it
    if (!owns(execution, existing)) throw insufficientPrivileges(kind, lastPart(path), session.role, 'OWNERSHIP');
    account.drop(existing);
  }
  account.create(kind, path, displayName([session.role]), kind === 'USER' ? withUserDefaults(path, properties) : properties);
  // [doc] a new database or schema becomes the current one
  if (kind === 'DATABASE') [session.database, session.schema] = [path[0], 'PUBLIC'];
  if (kind === 'SCHEMA') [session.database, session.schema] = path;
  return statusResult(`${kind.charAt(0)}${kind.slice(1).toLowerCase()} ${displayName(path.slice(-1))} successfully created.`);
}

function withUserDefaults(path: readonly string[], properties: ReadonlyMap<string, PropertyValue>): Map<string, PropertyValue> {
  // [doc] the login name is the name unless said otherwise; since bundle 2024_08 all secondary roles are on by default
  return new Map<string, PropertyValue>([['LOGIN_NAME', lastPart(path)], ['DEFAULT_SECONDARY_ROLES', ['ALL']], ...properties]);
}
