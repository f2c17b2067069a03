// FROM: what a SELECT reads its rows from. Tables hold none here.
import { displayName, lastPart } from '../catalog.js';
import { doesNotExist, notSimulated, unknownFunction } from '../errors.js';
import type { Value } from '../evaluate.js';
import { evaluate } from '../evaluate.js';
import { parseExpression } from '../expression.js';
import type { Column } from '../result.js';
import type { Execution } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { accountUsageHistory, isHistoryFunction, parseHistoryFunction } from './history-source.js';

export interface RowSource {
  readonly name: string;
  /** Counts as a question for the history. */
  readonly history: boolean;
  read(execution: Execution): { readonly columns: readonly Column[]; readonly rows: ReadonlyMap<string, Value>[] };
}

const afterSource = ['WHERE', 'ORDER', 'LIMIT', 'GROUP'];

export function parseSource(cursor: TokenCursor): RowSource {
  const source = cursor.accept('TABLE', '(') ? parseTableFunction(cursor) : parseView(cursor);
  const next = cursor.peek();
  if (cursor.accept('AS') || (next?.kind === 'word' && !afterSource.includes(next.value))) cursor.identifier();
  return source;
}

function parseTableFunction(cursor: TokenCursor): RowSource {
  const path = cursor.name();
  const name = lastPart(path);
  if (name !== 'RESULT_SCAN' && !isHistoryFunction(name)) throw unknownFunction(displayName(path));
  const source = name === 'RESULT_SCAN' ? parseResultScan(cursor) : parseHistoryFunction(cursor, path);
  cursor.expect(')');
  return source;
}

/** [doc] the answer of an earlier statement as a table; Python's driver 4.x fetches the result of an asynchronous one so. */
function parseResultScan(cursor: TokenCursor): RowSource {
  cursor.expect('(');
  const argument = parseExpression(cursor);
  cursor.expect(')');
  return {
    name: 'RESULT_SCAN',
    history: false,
    read(execution) {
      const queryId = String(evaluate(argument, { execution, row: new Map(), wait: () => undefined }).cell ?? '');
      const result = execution.resultOf(queryId);
      if (result === undefined) throw doesNotExist('STATEMENT', queryId);
      const { columns } = result;
      return { columns, rows: result.rows.map((row) => new Map(columns.map(({ name, type }, index) => [name, { type, cell: row[index] ?? null }]))) };
    },
  };
}

function parseView(cursor: TokenCursor): RowSource {
  const path = cursor.name();
  if (displayName(path) !== 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY') throw notSimulated(`SELECT ... FROM ${displayName(path)}`);
  return accountUsageHistory;
}
