// The vendor's answers as JSON. Every cell is a string or null: other drivers than Node's fail on a bare number.
// [src] snowflake-sdk 3.3.0 result.js reads rowtype, rowset, returned; errors carry number, SQLSTATE and query id.
import type { SqlError } from './errors.js';
import type { Cell, Column, Result } from './result.js';
import type { Session } from './session.js';

export interface Answer {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
}

export function success(data: Readonly<Record<string, unknown>> | null): Answer {
  return { success: true, code: null, message: null, data };
}

export function failure(code: string, message: string, data: Readonly<Record<string, unknown>> | null = null): Answer {
  return { success: false, code, message, data };
}

export function resultAnswer(queryId: string, result: Result, session: Session, more: Readonly<Record<string, unknown>> = {}): Answer {
  const rowset = result.rows.map((row) => row.map((cell, index) => wireCell(cell, result.columns[index])));
  return success({
    parameters: sessionParameters(),
    rowtype: result.columns.map(wireColumn),
    rowset,
    total: rowset.length,
    returned: rowset.length,
    queryId,
    sqlState: '00000',
    databaseProvider: null,
    finalDatabaseName: session.database ?? null,
    finalSchemaName: session.schema ?? null,
    finalWarehouseName: session.warehouse ?? null,
    finalRoleName: session.role,
    numberOfBinds: 0,
    arrayBindSupported: false,
    statementTypeId: result.statementType,
    version: 1,
    sendResultTime: Date.now(),
    queryResultFormat: 'json',
    queryContext: { entries: [{ id: 0, timestamp: Date.now() * 1000, priority: 0, context: null }] },
    ...more,
  });
}

export function errorAnswer(queryId: string, error: SqlError): Answer {
  return failure(error.code, error.message, {
    internalError: false,
    unredactedFromSecureObject: false,
    errorCode: error.code,
    age: 0,
    sqlState: error.sqlState,
    queryId,
    line: error.line,
    pos: error.position,
    type: 'COMPILATION',
  });
}

/** [src] 333333: synchronous and still running, ask the address; 333334: asynchronous, as asked. */
export function inProgressAnswer(queryId: string, asynchronous: boolean): Answer {
  return {
    success: true,
    code: asynchronous ? '333334' : '333333',
    message: asynchronous
      ? 'Asynchronous execution in progress. Use provided query id to perform query monitoring and management.'
      : 'Query execution in progress.',
    data: { queryId, getResultUrl: `/queries/${queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null },
  };
}

/** What drivers keep for a session; only what they need to know. */
export function sessionParameters(): readonly { name: string; value: unknown }[] {
  return [
    { name: 'CLIENT_SESSION_KEEP_ALIVE', value: false },
    { name: 'QUERY_CONTEXT_CACHE_SIZE', value: 5 },
    { name: 'TIMEZONE', value: 'UTC' },
    { name: 'TIMESTAMP_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM' },
    { name: 'TIMESTAMP_LTZ_OUTPUT_FORMAT', value: '' },
    { name: 'CLIENT_TELEMETRY_ENABLED', value: false },
  ];
}

function wireColumn(column: Column): Readonly<Record<string, unknown>> {
  const frame = {
    name: column.name,
    database: '',
    schema: '',
    table: '',
    nullable: true,
    length: null,
    byteLength: null,
    scale: null,
    precision: null,
    collation: null,
  };
  switch (column.type) {
    case 'text':
      return { ...frame, type: 'text', length: 16_777_216, byteLength: 16_777_216 };
    case 'fixed':
      return { ...frame, type: 'fixed', scale: 0, precision: 38 };
    case 'real':
      return { ...frame, type: 'real' };
    case 'boolean':
      return { ...frame, type: 'boolean' };
    case 'timestamp':
      return { ...frame, type: 'timestamp_ltz', scale: 3, precision: 0 };
    default:
      return column.type satisfies never;
  }
}

function wireCell(cell: Cell, column: Column | undefined): string | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return column?.type === 'boolean' ? (cell ? '1' : '0') : String(cell);
  // seconds with the fraction behind a point, as the drivers divide it
  if (typeof cell === 'number' && column?.type === 'timestamp') return (cell / 1000).toFixed(3);
  return String(cell);
}
