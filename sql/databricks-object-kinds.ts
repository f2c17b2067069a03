// Databricks' securable objects, closed: a CREATE or ALTER of anything else is `unknown`. Longest match first.
// Source: the vendor's pages "Unity Catalog privileges and securable objects" and those of the CREATE statements.
import type { ObjectReference } from '../domain/plan.js';
import type { Cursor } from './cursor.js';

type Kind = ObjectReference['kind'];

/** An object kind as a statement writes it, and what we call it. */
export interface DatabricksKind {
  readonly words: string;
  readonly kind: Kind;
  /** What the object's power reaches: its catalog; all data of one catalog; or the metastore, and with it storage, credentials and other accounts. */
  readonly reach: 'inside a catalog' | 'a catalog' | 'the metastore';
}

const insideCatalog: Readonly<Record<string, Kind>> = {
  SCHEMA: 'schema',
  DATABASE: 'schema', // another word for schema
  TABLE: 'table',
  'EXTERNAL TABLE': 'table',
  'STREAMING TABLE': 'table',
  VIEW: 'view',
  'MATERIALIZED VIEW': 'view',
  'METRIC VIEW': 'view',
  VOLUME: 'volume',
  'EXTERNAL VOLUME': 'volume',
  FUNCTION: 'function',
  PROCEDURE: 'procedure',
  MODEL: 'other',
  POLICY: 'other',
};

const ofMetastore = [
  'CLEAN ROOM',
  'CONNECTION',
  'CREDENTIAL',
  'EXTERNAL LOCATION',
  'EXTERNAL METADATA',
  'GROUP',
  'METASTORE',
  'PROVIDER',
  'RECIPIENT',
  'SERVER',
  'SERVICE CREDENTIAL',
  'SHARE',
  'STORAGE CREDENTIAL',
  'USER',
];

const kinds: ReadonlyMap<string, DatabricksKind> = new Map<string, DatabricksKind>([
  ...['CATALOG', 'FOREIGN CATALOG'].map((words) => [words, { words, kind: 'catalog', reach: 'a catalog' }] as const),
  ...Object.entries(insideCatalog).map(([words, kind]) => [words, { words, kind, reach: 'inside a catalog' }] as const),
  ...ofMetastore.map((words) => [words, { words, kind: words === 'USER' ? 'user' : 'other', reach: 'the metastore' }] as const),
]);

/** Reads an object kind and moves past it; `undefined`, without moving, for anything that is none. */
export function readDatabricksKind(cursor: Cursor): DatabricksKind | undefined {
  for (const count of [2, 1]) {
    const kind = kinds.get(cursor.words(count));
    if (kind === undefined) continue;
    cursor.skip(count);
    return kind;
  }
  return undefined;
}

/** A name in the spelling of Unity Catalog; `undefined` for what only the platform can resolve. */
export function readDatabricksObject(cursor: Cursor, { kind, reach }: DatabricksKind): ObjectReference | undefined {
  const name = cursor.name(reach === 'inside a catalog' ? 'several parts' : 'one part');
  return name === undefined ? undefined : { kind, name };
}

/** Such as `catalog immuta`. */
export function describedObject({ words }: DatabricksKind, object: ObjectReference | undefined): string {
  return `${words.toLowerCase()} ${object === undefined ? 'whose name only the platform can tell' : object.name}`;
}
