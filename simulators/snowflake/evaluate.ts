// Values of expressions, with their types. Comparisons with NULL are NULL, as in SQL.
import { SqlError, invalidIdentifier } from './errors.js';
import type { Expression } from './expression.js';
import { callFunction, toTimestamp } from './functions.js';
import { like } from './like.js';
import type { Cell, ColumnType } from './result.js';
import type { Execution } from './statement.js';

export interface Value {
  readonly type: ColumnType;
  readonly cell: Cell;
}

export interface Evaluation {
  readonly execution: Execution;
  /** Columns of the row at hand, by name. */
  readonly row: ReadonlyMap<string, Value>;
  /** How many rows COUNT(*) counts. */
  readonly count?: number;
  /** Told how long SYSTEM$WAIT wants to wait. */
  readonly wait: (milliseconds: number) => void;
}

export const nullValue: Value = { type: 'text', cell: null };

export function evaluate(expression: Expression, evaluation: Evaluation): Value {
  const value = (inner: Expression): Value => evaluate(inner, evaluation);
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'column': {
      const column = evaluation.row.get(expression.name);
      if (column === undefined) throw invalidIdentifier(expression.name);
      return column;
    }
    case 'call':
      return callFunction(expression.name, expression.args.map(datePartAsText).map(value), evaluation);
    case 'count':
      return { type: 'fixed', cell: evaluation.count ?? 1 };
    case 'not':
      return not(value(expression.operand));
    case 'isNull':
      return boolean((value(expression.operand).cell === null) !== expression.negated);
    case 'in': {
      const operand = value(expression.operand);
      const found = expression.options.some((option) => compare(operand, value(option)) === 0);
      return operand.cell === null ? nullValue : boolean(found !== expression.negated);
    }
    case 'cast':
      return cast(value(expression.operand), expression.type);
    case 'binary':
      return binary(expression.operator, value(expression.left), value(expression.right));
    default:
      return expression satisfies never;
  }
}

export function isTrue(value: Value): boolean {
  return value.cell === true;
}

/** Below, at or above zero; undefined when either is NULL. */
export function compare(left: Value, right: Value): number | undefined {
  if (left.cell === null || right.cell === null) return undefined;
  if (left.type === 'timestamp' || right.type === 'timestamp') return order(timestampCell(left), timestampCell(right));
  if (isNumber(left) || isNumber(right)) return order(Number(left.cell), Number(right.cell));
  return order(String(left.cell), String(right.cell));
}

function binary(operator: string, left: Value, right: Value): Value {
  if (operator === 'AND') return left.cell === false || right.cell === false ? boolean(false) : both(left, right, () => boolean(true));
  if (operator === 'OR') return left.cell === true || right.cell === true ? boolean(true) : both(left, right, () => boolean(false));
  return both(left, right, () => {
    switch (operator) {
      case 'LIKE':
      case 'ILIKE':
        return boolean(like(String(left.cell), String(right.cell), operator === 'ILIKE'));
      case '||':
        return { type: 'text', cell: `${left.cell}${right.cell}` };
      case '+':
      case '-': {
        const sum = operator === '+' ? Number(left.cell) + Number(right.cell) : Number(left.cell) - Number(right.cell);
        return { type: Number.isInteger(sum) ? 'fixed' : 'real', cell: sum };
      }
      default:
        return boolean(holds(operator, compare(left, right) ?? 0));
    }
  });
}

function holds(operator: string, difference: number): boolean {
  switch (operator) {
    case '=':
      return difference === 0;
    case '<>':
    case '!=':
      return difference !== 0;
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    default:
      return difference >= 0;
  }
}

/** `DATEADD(minute, ...)` names its unit without quotes. */
function datePartAsText(argument: Expression, index: number): Expression {
  const units = ['MILLISECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS'];
  return index < 2 && argument.kind === 'column' && units.includes(argument.name) ? { kind: 'literal', value: argument.name } : argument;
}

function cast(value: Value, type: string): Value {
  if (value.cell === null) return value;
  if (type.startsWith('TIMESTAMP')) return toTimestamp(value);
  if (['VARCHAR', 'TEXT', 'STRING', 'CHAR'].includes(type)) {
    const text =
      value.type === 'timestamp' ? new Date(Number(value.cell)).toISOString().replace('T', ' ').replace('Z', ' +0000') : String(value.cell);
    return { type: 'text', cell: text };
  }
  if (['NUMBER', 'INT', 'INTEGER', 'BIGINT', 'DECIMAL'].includes(type)) {
    const number = Number(value.cell);
    // [known] 100038 (22018)
    if (Number.isNaN(number)) throw new SqlError('100038', '22018', `Numeric value '${value.cell}' is not recognized`);
    return { type: 'fixed', cell: Math.round(number) };
  }
  if (type === 'BOOLEAN') return boolean(String(value.cell).toLowerCase() === 'true');
  throw new SqlError('002040', '42601', `SQL compilation error:\nUnsupported data type '${type}'.`);
}

function literal(value: Cell): Value {
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'fixed' : 'real', cell: value };
  return typeof value === 'boolean' ? boolean(value) : { type: 'text', cell: value };
}

function not(value: Value): Value {
  return value.cell === null ? nullValue : boolean(value.cell !== true);
}

function both(left: Value, right: Value, known: () => Value): Value {
  return left.cell === null || right.cell === null ? nullValue : known();
}

function boolean(cell: boolean): Value {
  return { type: 'boolean', cell };
}

function isNumber(value: Value): boolean {
  return value.type === 'fixed' || value.type === 'real';
}

function timestampCell(value: Value): number {
  return Number(toTimestamp(value).cell);
}

function order<T extends string | number>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
