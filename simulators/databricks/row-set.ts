// Results in the columns of the wire. Column-based and not Arrow: every driver of the vendor takes it although it offers Arrow.
import thrift from 'thrift';
import { textOf } from './cell.js';
import { types } from './definitions.js';
import type { Cell, Result } from './statement.js';

const { Int64 } = thrift;

/** The schema of a result; none for a statement without one. */
export function metadataOf(result: Result | undefined): types.TGetResultSetMetadataResp {
  const columns = (result?.columns ?? []).map(
    (columnName, index) =>
      new types.TColumnDesc({
        columnName,
        position: index + 1,
        typeDesc: new types.TTypeDesc({
          types: [new types.TTypeEntry({ primitiveEntry: new types.TPrimitiveTypeEntry({ type: wireTypes[typeOf(result, index)] }) })],
        }),
      }),
  );
  return new types.TGetResultSetMetadataResp({
    status: success(),
    schema: new types.TTableSchema({ columns }),
    resultFormat: types.TSparkRowSetType.COLUMN_BASED_SET,
    lz4Compressed: false,
  });
}

/** The rows from one place on, at most so many. */
export function rowSetOf(result: Result | undefined, from: number, most: number): types.TRowSet {
  const rows = (result?.rows ?? []).slice(from, from + most);
  const columns = (result?.columns ?? []).map((_name, index) =>
    columnOf(
      typeOf(result, index),
      rows.map((row) => row[index] ?? null),
    ),
  );
  return new types.TRowSet({ startRowOffset: new Int64(from), rows: [], columns });
}

export function success(): types.TStatus {
  return new types.TStatus({ statusCode: types.TStatusCode.SUCCESS_STATUS });
}

type ColumnType = 'text' | 'boolean' | 'integer' | 'timestamp';

const wireTypes: Readonly<Record<ColumnType, types.TTypeId>> = {
  text: types.TTypeId.STRING_TYPE,
  boolean: types.TTypeId.BOOLEAN_TYPE,
  integer: types.TTypeId.BIGINT_TYPE,
  timestamp: types.TTypeId.TIMESTAMP_TYPE,
};

/** By the first value that is not null; a column without any is text. */
function typeOf(result: Result | undefined, index: number): ColumnType {
  const value = result?.rows.map((row) => row[index]).find((each) => each !== null && each !== undefined);
  if (value instanceof Date) return 'timestamp';
  return typeof value === 'boolean' ? 'boolean' : typeof value === 'number' && Number.isSafeInteger(value) ? 'integer' : 'text';
}

function columnOf(type: ColumnType, cells: readonly Cell[]): types.TColumn {
  const nulls = Buffer.alloc(Math.ceil(cells.length / 8)); // one bit a row, the lowest first
  for (const [row, cell] of cells.entries()) if (cell === null) nulls.writeUInt8(nulls.readUInt8(row >> 3) | (1 << (row & 7)), row >> 3);
  switch (type) {
    case 'boolean':
      return new types.TColumn({ boolVal: new types.TBoolColumn({ values: cells.map((cell) => cell === true), nulls }) });
    case 'integer':
      return new types.TColumn({ i64Val: new types.TI64Column({ values: cells.map((cell) => new Int64(Number(cell ?? 0))), nulls }) });
    case 'text':
    case 'timestamp':
      return new types.TColumn({ stringVal: new types.TStringColumn({ values: cells.map((cell) => (cell === null ? '' : textOf(cell))), nulls }) });
  }
}
