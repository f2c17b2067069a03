// Values that a driver sends beside the text of a statement. All of them come as text with the name of a type [src: databricks-sql-nodejs 2.1.0,
// databricks-sql-connector 4.x].
import type { types } from './definitions.js';
import type { Cell, Execution } from './statement.js';

/** By name where they have one, else by place, counted from 1. */
export function parametersOf(sent: readonly types.TSparkParameter[] | null | undefined): Execution['parameters'] {
  return new Map((sent ?? []).map((each, index) => [each.name ? each.name : index + 1, valueOf(each)]));
}

const numberTypes = new Set(['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'DOUBLE', 'FLOAT']);

function valueOf({ type = '', value }: types.TSparkParameter): Cell {
  const text = value?.stringValue ?? value?.doubleValue ?? value?.booleanValue;
  if (text === undefined || text === null) return null;
  if (numberTypes.has(type)) return Number(text);
  return type === 'BOOLEAN' ? String(text).toLowerCase() === 'true' : String(text);
}
