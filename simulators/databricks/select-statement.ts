// SELECT without joins, groups or subqueries: enough for every check of what exists and who holds what.
import { orderOf } from './cell.js';
import { parseExpression } from './expression.js';
import type { Expression } from './expression.js';
import { sourceOf } from './information-schema.js';
import { qualify } from './session.js';
import type { Cell, Execution, Result, Row, Statement } from './statement.js';
import type { TokenCursor } from './token-cursor.js';

interface Item {
  readonly name: string;
  evaluate(rows: readonly Row[], row: Row, execution: Execution): Cell;
  readonly aggregates: boolean;
}

export function parseSelect(cursor: TokenCursor): Statement {
  const distinct = cursor.accept('DISTINCT');
  const items = cursor.accept('*') ? undefined : readItems(cursor);
  if (items === undefined && !cursor.sees('FROM')) throw cursor.unexpected();
  const from = cursor.accept('FROM') ? cursor.name() : undefined;
  if (from !== undefined && cursor.peek()?.kind === 'word' && !startsClause(cursor)) {
    cursor.accept('AS');
    cursor.identifier();
  }
  const where = cursor.accept('WHERE') ? parseExpression(cursor) : undefined;
  const order = readOrder(cursor);
  const limit = cursor.accept('LIMIT') ? cursor.number() : undefined;
  return {
    verb: 'SELECT',
    ...(from === undefined ? {} : { object: `TABLE ${from.join('.')}` }),
    read: true,
    run(execution) {
      const source = from === undefined ? { columns: [], rows: [{}] } : sourceOf(execution.access, qualify(execution.session, from, 3));
      const kept = source.rows.filter((row) => where === undefined || where(row, execution) === true);
      const sorted = order === undefined ? kept : kept.toSorted((a, b) => order(a, b, execution));
      const all = project(items, source.columns, sorted, execution);
      const rows = distinct ? [...new Map(all.rows.map((row) => [JSON.stringify(row), row])).values()] : all.rows;
      return { columns: all.columns, rows: rows.slice(0, limit) };
    },
  };
}

function project(items: readonly Item[] | undefined, all: readonly string[], rows: readonly Row[], execution: Execution): Result {
  if (items === undefined) return { columns: all, rows: rows.map((row) => all.map((name) => row[name] ?? null)) };
  const columns = items.map((item) => item.name);
  if (items.some((item) => item.aggregates)) return { columns, rows: [items.map((item) => item.evaluate(rows, rows[0] ?? {}, execution))] };
  return { columns, rows: rows.map((row) => items.map((item) => item.evaluate(rows, row, execution))) };
}

function readItems(cursor: TokenCursor): Item[] {
  const items = [readItem(cursor)];
  while (cursor.accept(',')) items.push(readItem(cursor));
  return items;
}

function readItem(cursor: TokenCursor): Item {
  const start = cursor.peek();
  const aggregate = readAggregate(cursor);
  const expression = aggregate === undefined ? parseExpression(cursor) : undefined;
  const end = cursor.peek()?.start ?? cursor.text.length;
  const written = cursor.text.slice(start?.start, end).replace(/;\s*$/, '').trim();
  const named = cursor.accept('AS') || (cursor.peek()?.kind === 'word' && !startsClause(cursor)) ? cursor.identifier() : nameFor(written);
  return {
    name: named,
    aggregates: aggregate !== undefined,
    evaluate: (rows, row, execution) => (aggregate === undefined ? (expression?.(row, execution) ?? null) : aggregate(rows, execution)),
  };
}

/** A column is called by its last part, anything else as it is written [spark]. */
function nameFor(written: string): string {
  return /^[\w.`]+$/.test(written) ? (written.split('.').at(-1) ?? written).replaceAll('`', '') : written.toLowerCase();
}

type Aggregate = (rows: readonly Row[], execution: Execution) => Cell;

function readAggregate(cursor: TokenCursor): Aggregate | undefined {
  if (cursor.accept('COUNT', '(', '*', ')') || cursor.accept('COUNT', '(', '1', ')')) return (rows) => rows.length;
  const kind = ['COUNT', 'MAX', 'MIN'].find((each) => cursor.accept(each, '('));
  if (kind === undefined) return undefined;
  const inner = parseExpression(cursor);
  cursor.expect(')');
  return (rows, execution) => {
    const values = rows.map((row) => inner(row, execution)).filter((value) => value !== null);
    if (kind === 'COUNT') return values.length;
    return values.toSorted((a, b) => (kind === 'MIN' ? orderOf(a, b) : orderOf(b, a)))[0] ?? null;
  };
}

function readOrder(cursor: TokenCursor): ((a: Row, b: Row, execution: Execution) => number) | undefined {
  if (!cursor.accept('ORDER', 'BY')) return undefined;
  const keys: { readonly key: Expression; readonly sign: number }[] = [];
  do {
    const key = parseExpression(cursor);
    keys.push({ key, sign: cursor.acceptOneOf(['ASC', 'DESC']) === 'DESC' ? -1 : 1 });
  } while (cursor.accept(','));
  return (a, b, execution) => {
    for (const { key, sign } of keys) {
      const order = orderOf(key(a, execution), key(b, execution)) * sign;
      if (order !== 0) return order;
    }
    return 0;
  };
}

function startsClause(cursor: TokenCursor): boolean {
  return ['FROM', 'WHERE', 'ORDER', 'GROUP', 'LIMIT', 'UNION', 'JOIN'].some((word) => cursor.sees(word));
}
