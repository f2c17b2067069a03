// What exists. Unity Catalog keeps names in lower case, and its information schema shows what the user may see: what is hidden looks absent, and a
// CREATE of it then fails as existing.
import type { ObjectReference } from '../../domain/plan.js';
import { PlatformError } from '../platform-error.js';
import type { ObjectState } from '../runner-messages.js';
import { partsOf } from './own-statements.js';
import type { OwnStatement, Relation } from './own-statements.js';
import type { Row } from './statement.js';

type Read = (statement: OwnStatement) => Promise<readonly Row[]>;

const relations: Readonly<Partial<Record<ObjectReference['kind'], Relation>>> = {
  catalog: 'catalogs',
  schema: 'schemata',
  table: 'tables',
  view: 'tables',
  function: 'routines',
  procedure: 'routines',
  volume: 'volumes',
};

/** The state of each object, in order. Kinds that cannot be listed reject with `invalid-request`. */
export async function inspectObjects(read: Read, objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
  const states: ObjectState[] = [];
  for (const object of objects) states.push(await inspectObject(read, object));
  return states;
}

async function inspectObject(read: Read, object: ObjectReference): Promise<ObjectState> {
  const relation = relations[object.kind];
  if (relation === undefined) throw notInspectable(`objects of kind ${object.kind} cannot be looked up on Databricks`);
  const path = relation === 'catalogs' ? [object.name] : splitName(object.name);
  if (path.length !== partsOf(relation)) throw notInspectable(`a ${object.kind} is named by ${partsOf(relation)} parts with dots between them`);
  const [row] = await read({ name: 'object', relation, path });
  if (row === undefined) return { object, exists: false };
  const created = Number(row['created']);
  return { object, exists: true, createdAt: created > 0 ? new Date(created).toISOString() : undefined, owner: row['owner'] };
}

/** Parts that hold a dot or a backtick stand in backticks. */
function splitName(name: string): readonly string[] {
  const parts = name.match(/`(?:[^`]|``)*`|[^.`]+/g) ?? [];
  return parts.map((part) => (part.startsWith('`') ? part.slice(1, -1).replaceAll('``', '`') : part));
}

function notInspectable(why: string): PlatformError {
  return new PlatformError({
    kind: 'invalid-request',
    message: `Whether an object exists was asked, but ${why}.`,
    next: 'Ask for catalogs, schemas, tables, views, functions and volumes by their full names.',
    ambiguous: false,
  });
}
