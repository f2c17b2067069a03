// What exists. SHOW matches patterns and ignores letter case; here a name is itself or it is another object.
import type { ObjectReference } from '../../domain/plan.js';
import { PlatformError } from '../platform-error.js';
import type { ObjectState } from '../runner-messages.js';
import { showLimit } from './own-statements.js';
import type { OwnStatement } from './own-statements.js';
import type { Row } from './statement.js';

type Read = (statement: OwnStatement) => Promise<readonly Row[]>;

/** The state of each object, in order. Kinds that cannot be listed reject with `invalid-request`. */
export async function inspectObjects(read: Read, objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
  const states: ObjectState[] = [];
  for (const object of objects) {
    const row = await findObject(read, object);
    states.push(row === undefined ? { object, exists: false } : { object, exists: true, createdAt: row['created_on'], owner: row['owner'] });
  }
  return states;
}

/** The row of SHOW for exactly this object, or nothing when there is none. */
export async function findObject(read: Read, object: ObjectReference): Promise<Row | undefined> {
  switch (object.kind) {
    case 'database':
    case 'role':
    case 'user':
    case 'warehouse':
      return exactly(object.name, await read({ name: 'list', kind: object.kind, like: object.name }));
    case 'schema':
      return await findSchema(read, object.name);
    case 'catalog':
    case 'table':
    case 'view':
    case 'volume':
    case 'procedure':
    case 'function':
    case 'integration':
    case 'other':
      throw notInspectable(`objects of kind ${object.kind} cannot be looked up`);
  }
}

async function findSchema(read: Read, name: string): Promise<Row | undefined> {
  const [database, schema, ...more] = name.split('.');
  if (database === undefined || schema === undefined || more.length > 0)
    throw notInspectable('a schema is named by its database, a dot and its name');
  try {
    return exactly(schema, await read({ name: 'list-schemas', database, like: schema }));
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'not-found') return undefined; // the database is gone, and its schemas with it
    throw error;
  }
}

function exactly(name: string, rows: readonly Row[]): Row | undefined {
  const found = rows.find((row) => row['name'] === name);
  if (found === undefined && rows.length >= showLimit)
    throw new PlatformError({
      kind: 'bad-answer',
      message: `SHOW gave ${rows.length} rows, its limit, and none is the object that was looked for: it may have been left out.`,
      next: 'Use a name without "%" and with fewer "_".',
      ambiguous: false,
    });
  return found;
}

function notInspectable(why: string): PlatformError {
  return new PlatformError({
    kind: 'invalid-request',
    message: `Whether an object exists was asked, but ${why}.`,
    next: 'Ask for databases, schemas, roles, users and warehouses only.',
    ambiguous: false,
  });
}
