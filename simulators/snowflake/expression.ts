// Expressions of SELECT: literals, functions, columns, comparisons. Read into a tree, evaluated against one row.
import type { TokenCursor } from './token-cursor.js';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'count' }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean }
  | { readonly kind: 'in'; readonly operand: Expression; readonly options: readonly Expression[]; readonly negated: boolean }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: string }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** [doc] these may be written without parentheses. */
const bareFunctions = new Set(['CURRENT_USER', 'CURRENT_TIMESTAMP']);

/** Words that end an expression, so that `SELECT 1 FROM` does not take FROM for a column. */
const reserved = new Set([
  'FROM',
  'WHERE',
  'ORDER',
  'LIMIT',
  'AS',
  'AND',
  'OR',
  'NOT',
  'IN',
  'IS',
  'LIKE',
  'ILIKE',
  'BETWEEN',
  'GROUP',
  'HAVING',
  'UNION',
  'SELECT',
]);
const comparisons = ['=', '<>', '!=', '<=', '>=', '<', '>'];

export function parseExpression(cursor: TokenCursor): Expression {
  let left = parseAnd(cursor);
  while (cursor.accept('OR')) left = { kind: 'binary', operator: 'OR', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: TokenCursor): Expression {
  let left = parseNot(cursor);
  while (cursor.accept('AND')) left = { kind: 'binary', operator: 'AND', left, right: parseNot(cursor) };
  return left;
}

function parseNot(cursor: TokenCursor): Expression {
  return cursor.accept('NOT') ? { kind: 'not', operand: parseNot(cursor) } : parseComparison(cursor);
}

function parseComparison(cursor: TokenCursor): Expression {
  const left = parseSum(cursor);
  if (cursor.accept('IS')) {
    const negated = cursor.accept('NOT');
    cursor.expect('NULL');
    return { kind: 'isNull', operand: left, negated };
  }
  const negated = cursor.accept('NOT');
  const matching = parseMatching(cursor, left, negated);
  if (matching !== undefined) return matching;
  if (negated) throw cursor.unexpected();
  const operator = cursor.acceptOneOf(comparisons);
  return operator === undefined ? left : { kind: 'binary', operator, left, right: parseSum(cursor) };
}

function parseMatching(cursor: TokenCursor, left: Expression, negated: boolean): Expression | undefined {
  const unless = (expression: Expression): Expression => (negated ? { kind: 'not', operand: expression } : expression);
  const like = cursor.acceptOneOf(['LIKE', 'ILIKE']);
  if (like !== undefined) return unless({ kind: 'binary', operator: like, left, right: parseSum(cursor) });
  if (cursor.accept('BETWEEN')) {
    const low = parseSum(cursor);
    cursor.expect('AND');
    const high = parseSum(cursor);
    return unless({
      kind: 'binary',
      operator: 'AND',
      left: { kind: 'binary', operator: '>=', left, right: low },
      right: { kind: 'binary', operator: '<=', left, right: high },
    });
  }
  if (cursor.accept('IN')) {
    cursor.expect('(');
    const options = [parseExpression(cursor)];
    while (cursor.accept(',')) options.push(parseExpression(cursor));
    cursor.expect(')');
    return { kind: 'in', operand: left, options, negated };
  }
  return undefined;
}

function parseSum(cursor: TokenCursor): Expression {
  let left = parseCast(cursor);
  for (;;) {
    const operator = cursor.acceptOneOf(['+', '-', '||']);
    if (operator === undefined) return left;
    left = { kind: 'binary', operator, left, right: parseCast(cursor) };
  }
}

function parseCast(cursor: TokenCursor): Expression {
  let operand = parseOperand(cursor);
  while (cursor.accept('::')) {
    const type = cursor.identifier();
    if (cursor.sees('(')) cursor.parenthesised();
    operand = { kind: 'cast', operand, type };
  }
  return operand;
}

function parseOperand(cursor: TokenCursor): Expression {
  const token = cursor.peek();
  if (token === undefined) throw cursor.unexpected();
  if (cursor.accept('(')) {
    const inside = parseExpression(cursor);
    cursor.expect(')');
    return inside;
  }
  if (cursor.accept('-')) return { kind: 'binary', operator: '-', left: { kind: 'literal', value: 0 }, right: parseCast(cursor) };
  if (cursor.accept('?')) return { kind: 'literal', value: cursor.questionMark() };
  if (cursor.accept(':')) return { kind: 'literal', value: cursor.binding(String(cursor.number())) };
  if (token.kind === 'string') return { kind: 'literal', value: cursor.string() };
  if (token.kind === 'number') return { kind: 'literal', value: cursor.number() };
  if (token.kind === 'variable') return { kind: 'literal', value: cursor.variable(cursor.next().value) };
  if (token.kind === 'word') {
    if (reserved.has(token.value)) throw cursor.unexpected();
    if (cursor.accept('TRUE')) return { kind: 'literal', value: true };
    if (cursor.accept('FALSE')) return { kind: 'literal', value: false };
    if (cursor.accept('NULL')) return { kind: 'literal', value: null };
    if (cursor.accept('COUNT', '(', '*', ')')) return { kind: 'count' };
  }
  let name = cursor.identifier();
  // An alias or a path before a column says only where it comes from: there is one source
  while (cursor.accept('.')) name = cursor.identifier();
  if (!cursor.accept('(')) return bareFunctions.has(name) && token.kind === 'word' ? { kind: 'call', name, args: [] } : { kind: 'column', name };
  const args: Expression[] = [];
  if (!cursor.sees(')')) {
    do args.push(parseExpression(cursor));
    while (cursor.accept(','));
  }
  cursor.expect(')');
  return { kind: 'call', name, args };
}
