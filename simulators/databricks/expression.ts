// Scalar expressions: what conditions and select lists of catalog queries are made of. Null follows SQL: compared with anything it is null.
import { like, orderOf, textOf } from './cell.js';
import { unboundParameter, unresolvedColumn } from './errors.js';
import { callFunction } from './functions.js';
import type { Cell, Execution, Row } from './statement.js';
import type { TokenCursor } from './token-cursor.js';

export type Expression = (row: Row, execution: Execution) => Cell;

/** Words that end an expression rather than name a column. */
const keywords = new Set([
  'FROM',
  'WHERE',
  'ORDER',
  'GROUP',
  'LIMIT',
  'AND',
  'OR',
  'NOT',
  'AS',
  'ASC',
  'DESC',
  'IN',
  'LIKE',
  'IS',
  'BETWEEN',
  'UNION',
]);

export function parseExpression(cursor: TokenCursor): Expression {
  let left = parseAnd(cursor);
  while (cursor.accept('OR')) {
    const [a, b] = [left, parseAnd(cursor)];
    left = (row, execution) => {
      const [first, second] = [a(row, execution), b(row, execution)];
      return first === true || second === true ? true : first === null || second === null ? null : false;
    };
  }
  return left;
}

function parseAnd(cursor: TokenCursor): Expression {
  let left = parseNot(cursor);
  while (cursor.accept('AND')) {
    const [a, b] = [left, parseNot(cursor)];
    left = (row, execution) => {
      const [first, second] = [a(row, execution), b(row, execution)];
      return first === false || second === false ? false : first === null || second === null ? null : true;
    };
  }
  return left;
}

function parseNot(cursor: TokenCursor): Expression {
  if (!cursor.accept('NOT')) return parseComparison(cursor);
  const inner = parseNot(cursor);
  return (row, execution) => negated(inner(row, execution));
}

function parseComparison(cursor: TokenCursor): Expression {
  const left = parseSum(cursor);
  if (cursor.accept('IS')) {
    const not = cursor.accept('NOT');
    cursor.expect('NULL');
    return (row, execution) => (left(row, execution) === null) !== not;
  }
  const not = cursor.accept('NOT');
  const test = parseMembership(cursor, left);
  if (test !== undefined) return not ? (row, execution) => negated(test(row, execution)) : test;
  if (not) throw cursor.unexpected();
  const operator = cursor.acceptOneOf(['=', '==', '<>', '!=', '<=', '>=', '<', '>']);
  if (operator === undefined) return left;
  const right = parseSum(cursor);
  return (row, execution) => compared(operator, left(row, execution), right(row, execution));
}

function parseMembership(cursor: TokenCursor, left: Expression): Expression | undefined {
  const operator = cursor.acceptOneOf(['LIKE', 'ILIKE']);
  if (operator !== undefined) {
    const pattern = parseSum(cursor);
    return (row, execution) => {
      const [value, wanted] = [left(row, execution), pattern(row, execution)];
      if (value === null || wanted === null) return null;
      return operator === 'LIKE' ? like(textOf(value), textOf(wanted)) : like(textOf(value).toLowerCase(), textOf(wanted).toLowerCase());
    };
  }
  if (cursor.accept('BETWEEN')) {
    const low = parseSum(cursor);
    cursor.expect('AND');
    const high = parseSum(cursor);
    return (row, execution) => {
      const value = left(row, execution);
      const [above, below] = [compared('>=', value, low(row, execution)), compared('<=', value, high(row, execution))];
      return above === null || below === null ? null : above === true && below === true;
    };
  }
  if (!cursor.accept('IN')) return undefined;
  cursor.expect('(');
  const choices = [parseExpression(cursor)];
  while (cursor.accept(',')) choices.push(parseExpression(cursor));
  cursor.expect(')');
  return (row, execution) => {
    const results = choices.map((choice) => compared('=', left(row, execution), choice(row, execution)));
    return results.includes(true) ? true : results.includes(null) ? null : false;
  };
}

function parseSum(cursor: TokenCursor): Expression {
  let left = parseValue(cursor);
  for (;;) {
    const operator = cursor.acceptOneOf(['||', '+', '-']);
    if (operator === undefined) return left;
    const [a, b] = [left, parseValue(cursor)];
    left = (row, execution) => {
      const [first, second] = [a(row, execution), b(row, execution)];
      if (first === null || second === null) return null;
      if (operator === '||') return textOf(first) + textOf(second);
      return operator === '+' ? Number(first) + Number(second) : Number(first) - Number(second);
    };
  }
}

function parseValue(cursor: TokenCursor): Expression {
  const value = parsePlainValue(cursor);
  if (!cursor.accept('::')) return value;
  return converted(value, cursor.identifier().toUpperCase());
}

function parsePlainValue(cursor: TokenCursor): Expression {
  if (cursor.accept('(')) {
    const inner = parseExpression(cursor);
    cursor.expect(')');
    return inner;
  }
  const token = cursor.peek();
  if (token?.kind === 'string') return constant(cursor.string());
  if (token?.kind === 'number') return constant(cursor.number());
  if (cursor.accept('-')) return constant(-cursor.number());
  if (cursor.accept('NULL')) return constant(null);
  if (cursor.accept('TRUE')) return constant(true);
  if (cursor.accept('FALSE')) return constant(false);
  if (cursor.sees('TIMESTAMP') && cursor.peek(1)?.kind === 'string') {
    cursor.next();
    return constant(new Date(`${cursor.string().replace(' ', 'T')}Z`));
  }
  if (cursor.accept('CAST', '(')) {
    const inner = parseExpression(cursor);
    cursor.expect('AS');
    const type = cursor.identifier().toUpperCase();
    cursor.expect(')');
    return converted(inner, type);
  }
  if (cursor.accept(':')) return parameter(cursor.identifier());
  if (cursor.accept('?')) return parameter(cursor.nextPlace());
  if (token?.kind === 'word' && keywords.has(token.value)) throw cursor.unexpected();
  const name = [cursor.identifier()];
  while (cursor.accept('.')) name.push(cursor.identifier());
  return cursor.accept('(') ? parseCall(cursor, name) : column(name.at(-1) ?? '');
}

function parseCall(cursor: TokenCursor, name: readonly string[]): Expression {
  const parameters: Expression[] = [];
  while (!cursor.accept(')')) {
    parameters.push(parseExpression(cursor));
    if (!cursor.sees(')')) cursor.expect(',');
  }
  return (row, execution) =>
    callFunction(
      name.join('.'),
      parameters.map((parameter) => parameter(row, execution)),
      execution,
    );
}

function column(written: string): Expression {
  const name = written.toLowerCase();
  const bare = new Set(['current_user', 'session_user', 'user', 'current_timestamp', 'current_catalog', 'current_database', 'current_schema']);
  return (row, execution) => {
    const value = row[name];
    if (value !== undefined) return value;
    if (bare.has(name)) return callFunction(name, [], execution); // [doc] these need no parentheses
    throw unresolvedColumn(written);
  };
}

/** [doc] sql-ref-parameter-marker: a value, never SQL. */
function parameter(marker: string | number): Expression {
  return (_row, { parameters }) => {
    const value = parameters.get(marker);
    if (value === undefined) throw unboundParameter(String(marker));
    return value;
  };
}

function constant(value: Cell): Expression {
  return () => value;
}

function converted(inner: Expression, type: string): Expression {
  return (row, execution) => {
    const value = inner(row, execution);
    if (value === null) return null;
    if (type === 'TIMESTAMP') return value instanceof Date ? value : new Date(`${textOf(value).replace(' ', 'T')}Z`);
    if (['INT', 'BIGINT', 'LONG', 'DOUBLE'].includes(type)) return value instanceof Date ? Math.floor(value.getTime() / 1_000) : Number(value);
    return textOf(value);
  };
}

function negated(value: Cell): Cell {
  return value === null ? null : value !== true;
}

type Comparison = '=' | '==' | '<>' | '!=' | '<=' | '>=' | '<' | '>';

function compared(operator: Comparison, left: Cell, right: Cell): boolean | null {
  if (left === null || right === null) return null;
  const order = orderOf(left, right);
  switch (operator) {
    case '=':
    case '==':
      return order === 0;
    case '<>':
    case '!=':
      return order !== 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
  }
}
