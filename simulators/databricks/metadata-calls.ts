// The calls by which SQL tools list what there is. They are no statements: they stand in no history, and show what the caller may see.
import { like } from './cell.js';
import type { Access } from './access.js';
import { types } from './definitions.js';
import { nameOf } from './metastore.js';
import type { Metastore, Securable } from './metastore.js';
import type { Cell, Result } from './statement.js';

/** What a metadata call asks for; on the wire what is absent is null. Catalogs are named, everything below is a pattern. */
interface Asked {
  readonly catalogName?: string | null | undefined;
  readonly schemaName?: string | null | undefined;
  readonly tableName?: string | null | undefined;
  readonly columnName?: string | null | undefined;
  readonly functionName?: string | null | undefined;
}

type Listing = (asked: Asked, access: Access, metastore: Metastore) => Result;

export const metadataCalls = {
  GetCatalogs: (_asked, access, metastore) => ({
    columns: ['TABLE_CAT'],
    rows: metastore
      .list('CATALOG')
      .filter((each) => access.sees(each))
      .map((each) => [nameOf(each)]),
  }),

  GetSchemas: ({ catalogName }, access, metastore) => ({
    columns: ['TABLE_SCHEM', 'TABLE_CATALOG'],
    rows: metastore
      .list('SCHEMA', catalogName ? [catalogName.toLowerCase()] : [])
      .filter((each) => access.sees(each))
      .map(({ path: [catalog = '', schema = ''] }) => [schema, catalog]),
  }),

  GetTables: (asked, access, metastore) => ({
    columns: ['TABLE_CAT', 'TABLE_SCHEM', 'TABLE_NAME', 'TABLE_TYPE', 'REMARKS'],
    rows: below('TABLE', asked, asked.tableName, access, metastore).map(({ path, shownKind, comment }) => [...path, shownKind, comment ?? '']),
  }),

  GetTableTypes: () => ({ columns: ['TABLE_TYPE'], rows: [['TABLE'], ['VIEW']] }),

  /** The columns of tables are not kept: one stands for all, here as in SELECT *. */
  GetColumns: (asked, access, metastore) => ({
    columns: [
      'TABLE_CAT',
      'TABLE_SCHEM',
      'TABLE_NAME',
      'COLUMN_NAME',
      'DATA_TYPE',
      'TYPE_NAME',
      'NULLABLE',
      'REMARKS',
      'ORDINAL_POSITION',
      'IS_NULLABLE',
    ],
    rows: matches('value', asked.columnName)
      ? below('TABLE', asked, asked.tableName, access, metastore).map(({ path }) => [...path, 'value', jdbcText, 'STRING', 1, '', 0, 'YES'])
      : [],
  }),

  GetFunctions: (asked, access, metastore) => ({
    columns: ['FUNCTION_CAT', 'FUNCTION_SCHEM', 'FUNCTION_NAME', 'REMARKS', 'FUNCTION_TYPE', 'SPECIFIC_NAME'],
    rows: below('FUNCTION', asked, asked.functionName, access, metastore).map(({ path, comment }) => [
      ...path,
      comment ?? '',
      1, // [doc] java.sql.DatabaseMetaData: the result is no table
      path.join('.'),
    ]),
  }),

  GetTypeInfo: () => ({ columns: ['TYPE_NAME', 'DATA_TYPE', 'PRECISION', 'NULLABLE', 'CASE_SENSITIVE', 'SEARCHABLE'], rows: typeInfo }),

  // Constraints are not kept
  GetPrimaryKeys: () => ({ columns: ['TABLE_CAT', 'TABLE_SCHEM', 'TABLE_NAME', 'COLUMN_NAME', 'KEY_SEQ', 'PK_NAME'], rows: [] }),
  GetCrossReference: () => ({
    columns: ['PKTABLE_CAT', 'PKTABLE_SCHEM', 'PKTABLE_NAME', 'PKCOLUMN_NAME', 'FKTABLE_CAT', 'FKTABLE_SCHEM', 'FKTABLE_NAME', 'FKCOLUMN_NAME'],
    rows: [],
  }),
} as const satisfies Readonly<Record<string, Listing>>;

export type MetadataCall = keyof typeof metadataCalls;

/** The answer in the form of the call. */
export function metadataAnswer(name: MetadataCall, answer: ConstructorParameters<typeof types.TGetTablesResp>[0]): unknown {
  return new types[`T${name}Resp`](answer);
}

/** [doc] java.sql.Types, which the vendor's drivers show. */
const jdbcText = 12;
const typeInfo: readonly (readonly Cell[])[] = [
  ['BOOLEAN', 16, null, 1, false, 2],
  ['TINYINT', -6, 3, 1, false, 2],
  ['SMALLINT', 5, 5, 1, false, 2],
  ['INT', 4, 10, 1, false, 2],
  ['BIGINT', -5, 19, 1, false, 2],
  ['FLOAT', 6, 7, 1, false, 2],
  ['DOUBLE', 8, 15, 1, false, 2],
  ['STRING', jdbcText, null, 1, true, 3],
  ['TIMESTAMP', 93, null, 1, false, 2],
  ['DATE', 91, null, 1, false, 2],
  ['BINARY', -2, null, 1, false, 2],
  ['DECIMAL', 3, 38, 1, false, 2],
];

function below(
  kind: 'TABLE' | 'FUNCTION',
  { catalogName, schemaName }: Asked,
  name: string | null | undefined,
  access: Access,
  metastore: Metastore,
): readonly Securable[] {
  return metastore
    .list(kind, catalogName ? [catalogName.toLowerCase()] : [])
    .filter((each) => access.sees(each) && matches(each.path[1] ?? '', schemaName) && matches(each.path[2] ?? '', name));
}

function matches(value: string, pattern: string | null | undefined): boolean {
  return !pattern || like(value, pattern.toLowerCase());
}
