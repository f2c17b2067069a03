// What a statement answers: typed columns and rows. How they travel is in wire.ts.

/** `timestamp` cells are milliseconds since 1970. */
export type ColumnType = 'text' | 'fixed' | 'real' | 'boolean' | 'timestamp';
export type Cell = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export interface Result {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** The vendor's statement type numbers, as the drivers test them. */
  readonly statementType: number;
  /** How long the statement wants to take before its answer: SYSTEM$WAIT. */
  readonly waitMs?: number;
}

/** [src] snowflake-sdk result/statement_type.js and gosnowflake: 0x1000 select, 0x3000 to 0x3fff DML, 0x6000 and above DDL; 0x4000 for SHOW and USE [known]. */
export const statementTypes = { select: 0x1000, dml: 0x3100, show: 0x4000, multiple: 0xa000, ddl: 0x6000 } as const;

/** The one-cell answer of every statement that changes something. */
export function statusResult(message: string, statementType: number = statementTypes.ddl): Result {
  return { columns: [{ name: 'status', type: 'text' }], rows: [[message]], statementType };
}

/** The answer of USE, ALTER, SET and their like [seen]. */
export function done(): Result {
  return statusResult('Statement executed successfully.');
}
