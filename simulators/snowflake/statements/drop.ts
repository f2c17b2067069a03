// DROP, with all that goes along: what lies inside, grants on and to it, and the objects a dropped role owned.
import type { CatalogObject } from '../catalog.js';
import { displayName, lastPart } from '../catalog.js';
import { find, owns, qualify, requireOwnership } from '../access.js';
import { SqlError, doesNotExist } from '../errors.js';
import { kindNames, objectKind } from '../object-kinds.js';
import { statusResult } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { acceptArgumentTypes } from './signature.js';

export function parseDrop(cursor: TokenCursor): Statement {
  cursor.expect('DROP');
  cursor.accept('MATERIALIZED');
  const kind = cursor.acceptOneOf(kindNames);
  if (kind === undefined) throw cursor.unexpected();
  const ifExists = cursor.accept('IF', 'EXISTS');
  const name = cursor.name();
  if (objectKind(kind).callable) {
    const types = acceptArgumentTypes(cursor);
    if (types === undefined) throw cursor.unexpected();
    name.push(`${name.pop() ?? ''}(${types.join(', ')})`);
  }
  cursor.acceptOneOf(['CASCADE', 'RESTRICT']);
  cursor.end();
  return { verb: 'DROP', object: `${kind} ${displayName(name)}`, read: false, run: (execution) => drop(execution, kind, name, ifExists) };
}

function drop(execution: Execution, kind: string, name: readonly string[], ifExists: boolean): ReturnType<Statement['run']> {
  const object = findToDrop(execution, kind, name, ifExists);
  if (object === undefined) {
    if (!ifExists) throw doesNotExist(kind, displayName(name));
    return statusResult(`Drop statement executed successfully (${displayName(name)} already dropped).`);
  }
  if (!ownsContainer(execution, object)) requireOwnership(execution, object);
  const { account, session } = execution;
  const before = lastPart(object.path);
  account.drop(object);
  if (kind === 'ROLE') inheritFrom(execution, displayName(object.path));
  if (kind === 'DATABASE' && session.database === before) [session.database, session.schema] = [undefined, undefined];
  if (kind === 'SCHEMA' && session.database === object.path[0] && session.schema === before) session.schema = undefined;
  if (kind === 'WAREHOUSE' && session.warehouse === before) session.warehouse = undefined;
  return statusResult(`${displayName([before])} successfully dropped.`);
}

/** [doc] with IF EXISTS a missing database or schema is no error either. */
function findToDrop(execution: Execution, kind: string, name: readonly string[], ifExists: boolean): CatalogObject | undefined {
  try {
    return find(execution, kind, qualify(execution, kind, name, `DROP ${kind}`));
  } catch (error) {
    if (ifExists && error instanceof SqlError && error.code === '002003') return undefined;
    throw error;
  }
}

/** [doc] the owner of a schema may drop what lies in it. */
function ownsContainer(execution: Execution, object: CatalogObject): boolean {
  if (object.kind.level !== 'schema') return false;
  const schema = execution.account.catalog.find('SCHEMA', object.path.slice(0, 2));
  return schema !== undefined && owns(execution, schema);
}

/** [doc] what a dropped role owned goes to the role that dropped it. */
function inheritFrom({ account, session }: Execution, role: string): void {
  for (const object of account.catalog.list()) {
    if (object.owner !== role) continue;
    object.owner = displayName([session.role]);
    account.catalog.note('changed', object);
  }
}
