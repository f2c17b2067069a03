// Where names without a database or catalog lead. A script may say `USE CATALOG immuta` once and then name tables alone: two scripts, or a script and
// the platform, can only be compared by whole names. Followed is what moves the session by the vendors' documents: USE, on Snowflake also CREATE
// DATABASE and CREATE SCHEMA, on Databricks also SET CATALOG. After anything that only the platform can read the place is not known, and names stay
// as they are written.
import type { ObjectReference } from '../domain/plan.js';
import type { Classification } from './classification.js';
import { Cursor } from './cursor.js';
import type { LexedText } from './token.js';

interface Place {
  /** The database, on Databricks the catalog. */
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
}

/** How many parts a whole name has; other kinds are not inside a database, or not always. */
const wholeNames: Readonly<Partial<Record<ObjectReference['kind'], number>>> = { schema: 2, table: 3, view: 3, volume: 3, function: 3, procedure: 3 };

/** The same findings with whole names, as far as the place is known. Statements and findings stand side by side. */
export function withWholeNames<T extends Classification>(statements: readonly LexedText[], findings: readonly T[]): T[] {
  let place: Place = {};
  return findings.map((finding, index) => {
    const statement = statements[index];
    const object = finding.object === undefined ? undefined : whole(finding.object, place);
    if (statement !== undefined) place = moved(place, statement, { ...finding, ...(object === undefined ? {} : { object }) });
    return object === undefined ? finding : { ...finding, object };
  });
}

function whole(object: ObjectReference, { database, schema }: Place): ObjectReference {
  const missing = (wholeNames[object.kind] ?? 0) - partsOf(object.name).length;
  if (missing <= 0 || database === undefined || (missing > 1 && schema === undefined)) return object;
  return { ...object, name: [database, ...(missing > 1 ? [schema] : []), object.name].join('.') };
}

function moved(place: Place, statement: LexedText, found: Classification): Place {
  if (found.class === 'opaque' || found.class === 'unknown') return {};
  const cursor = new Cursor(statement);
  if (cursor.accept('USE')) return used(place, cursor, statement.platform);
  if (statement.platform === 'Databricks' && cursor.accept('SET CATALOG')) return named(place, cursor, 'database', statement.platform);
  if (found.class === 'drop' && found.object !== undefined && contains(found.object, place)) return {};
  if (statement.platform === 'Snowflake' && found.object !== undefined && (found.class === 'create' || found.class === 'replace'))
    return created(place, found.object, found.plainCreate === true || found.class === 'replace');
  return place;
}

const notPlaces = new Set(['ROLE', 'SECONDARY', 'WAREHOUSE']);

function used(place: Place, cursor: Cursor, platform: LexedText['platform']): Place {
  if (platform === 'Snowflake') {
    if (notPlaces.has(cursor.word)) return place;
    const isSchema = cursor.accept('SCHEMA');
    if (!isSchema) cursor.accept('DATABASE');
    return named(place, cursor, isSchema ? 'schema' : 'database', platform);
  }
  const isCatalog = cursor.accept('CATALOG');
  if (!isCatalog && !cursor.accept('SCHEMA')) cursor.accept('DATABASE'); // another word for schema
  return named(place, cursor, isCatalog ? 'database' : 'schema', platform);
}

/** Goes where the name says; one part alone is what `single` says. */
function named(place: Place, cursor: Cursor, single: 'database' | 'schema', platform: LexedText['platform']): Place {
  const name = cursor.name('several parts');
  const parts = name === undefined ? [] : partsOf(name);
  const [first, second] = parts;
  if (parts.length === 2) return { database: first, schema: second };
  if (parts.length !== 1) return {};
  return single === 'schema' ? { ...place, schema: first } : { database: first, schema: platform === 'Snowflake' ? 'PUBLIC' : 'default' };
}

/** A new database or schema is the current one from then on. Whether one that may have stood there is, nobody says. */
function created(place: Place, { kind, name }: ObjectReference, isNew: boolean): Place {
  if (kind === 'database') return isNew ? { database: name, schema: 'PUBLIC' } : {};
  if (kind !== 'schema') return place;
  const [schema, database = place.database] = partsOf(name).toReversed();
  return isNew ? { database, schema } : { database: database === place.database ? database : undefined };
}

function contains({ kind, name }: ObjectReference, { database, schema }: Place): boolean {
  if (kind === 'database' || kind === 'catalog') return name === database;
  return kind === 'schema' && name === `${database ?? ''}.${schema ?? ''}`;
}

/** The parts of a name as `Cursor.name` gives it: one that holds a dot has kept its quotes. */
function partsOf(name: string): readonly string[] {
  return name.match(/"(?:[^"]|"")*"|`(?:[^`]|``)*`|[^.]+/g) ?? [name];
}
