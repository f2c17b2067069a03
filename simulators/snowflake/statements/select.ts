// SELECT of expressions, and SELECT from the query history. Tables hold no rows here, so nothing can be selected from one.
import { evaluate, compare, isTrue } from '../evaluate.js';
import type { Evaluation, Value } from '../evaluate.js';
import type { Expression } from '../expression.js';
import { parseExpression } from '../expression.js';
import type { Column, Result } from '../result.js';
import { statementTypes } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import type { RowSource } from './row-source.js';
import { parseSource } from './row-source.js';

interface Item {
  readonly name: string;
  readonly expression: Expression;
}

interface Query {
  /** Undefined for `*`. */
  readonly items: readonly Item[] | undefined;
  readonly source: RowSource | undefined;
  readonly where: Expression | undefined;
  readonly order: readonly { readonly by: Expression; readonly descending: boolean }[];
  readonly limit: number;
}

export function parseSelect(cursor: TokenCursor): Statement {
  cursor.expect('SELECT');
  const items = cursor.accept('*') ? undefined : parseItems(cursor);
  const source = cursor.accept('FROM') ? parseSource(cursor) : undefined;
  if (source === undefined && items === undefined) throw cursor.unexpected();
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : undefined;
  const order = cursor.accept('ORDER', 'BY') ? parseOrder(cursor) : [];
  const limit = cursor.accept('LIMIT') ? cursor.number() : Number.POSITIVE_INFINITY;
  cursor.end();
  const query = { items, source, where, order, limit };
  return {
    verb: 'SELECT',
    read: !items?.some((item) => cancels(item.expression)),
    ...(source === undefined ? {} : { object: source.name }),
    ...(source?.history === true ? { history: true as const } : {}),
    run: (execution) => select(execution, query),
  };
}

function parseItems(cursor: TokenCursor): Item[] {
  const items: Item[] = [];
  do {
    const start = cursor.peek()?.start ?? 0;
    const expression = parseExpression(cursor);
    const end = cursor.peek(-1)?.end ?? start;
    const alias = cursor.accept('AS') || isAlias(cursor) ? cursor.identifier() : undefined;
    // [known] without an alias the column is named as written, in upper case
    items.push({ name: alias ?? cursor.text.slice(start, end).toUpperCase(), expression });
  } while (cursor.accept(','));
  return items;
}

function isAlias(cursor: TokenCursor): boolean {
  const token = cursor.peek();
  return token?.kind === 'quoted' || (token?.kind === 'word' && !['FROM', 'WHERE', 'ORDER', 'LIMIT', 'GROUP', 'UNION'].includes(token.value));
}

function parseOrder(cursor: TokenCursor): { by: Expression; descending: boolean }[] {
  const order: { by: Expression; descending: boolean }[] = [];
  do {
    const by = parseExpression(cursor);
    order.push({ by, descending: cursor.acceptOneOf(['ASC', 'DESC']) === 'DESC' });
  } while (cursor.accept(','));
  return order;
}

function select(execution: Execution, { items, source, where, order, limit }: Query): Result {
  let waitMs = 0;
  const wait = (milliseconds: number): void => void (waitMs += milliseconds);
  const evaluation = (row: ReadonlyMap<string, Value>, count?: number): Evaluation => ({
    execution,
    row,
    wait,
    ...(count === undefined ? {} : { count }),
  });

  const table = source?.read(execution);
  const rows = (table?.rows ?? [new Map<string, Value>()]).filter((row) => where === undefined || isTrue(evaluate(where, evaluation(row))));
  rows.sort((left, right) => {
    for (const { by, descending } of order) {
      const difference = compare(evaluate(by, evaluation(left)), evaluate(by, evaluation(right))) ?? 0;
      if (difference !== 0) return descending ? -difference : difference;
    }
    return 0;
  });
  const selected: readonly Item[] = items ?? (table?.columns ?? []).map(({ name }) => ({ name, expression: { kind: 'column', name } }));
  const counts = selected.some((item) => item.expression.kind === 'count');
  const inputs = counts ? [rows[0] ?? new Map<string, Value>()] : rows.slice(0, limit);
  const values = inputs.map((row) => selected.map((item) => evaluate(item.expression, evaluation(row, rows.length))));
  return {
    columns: selected.map((item, index) => ({ name: item.name, type: columnType(item, values[0]?.[index], table?.columns) })),
    rows: values.map((row) => row.map((value) => value.cell)),
    statementType: statementTypes.select,
    waitMs,
  };
}

/** An empty answer has columns too, and they keep their types. */
function columnType(item: Item, value: Value | undefined, columns: readonly Column[] | undefined): Column['type'] {
  const { expression } = item;
  const column = expression.kind === 'column' ? columns?.find((candidate) => candidate.name === expression.name) : undefined;
  return column?.type ?? value?.type ?? 'text';
}

/** SYSTEM$CANCEL_QUERY ends somebody's statement: not a read. */
function cancels(expression: Expression): boolean {
  return expression.kind === 'call' && (expression.name === 'SYSTEM$CANCEL_QUERY' || expression.args.some(cancels));
}
