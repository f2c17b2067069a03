// FROM: the QUERY_HISTORY table functions of an INFORMATION_SCHEMA, and the ACCOUNT_USAGE view of the same name.
// [doc] docs.snowflake.com/en/sql-reference/functions/query_history: named arguments, at most seven days, 1 to 10,000 rows, 100 unless said otherwise.
import { displayName, lastPart } from '../catalog.js';
import { holdsOn, holdsOnAccount, isVisible } from '../access.js';
import { doesNotExist, invalidValue, noCurrentDatabase, unknownFunction } from '../errors.js';
import type { Value } from '../evaluate.js';
import { evaluate } from '../evaluate.js';
import type { Expression } from '../expression.js';
import { parseExpression } from '../expression.js';
import { toTimestamp } from '../functions.js';
import type { HistoryEntry } from '../query-history.js';
import type { Cell, Column } from '../result.js';
import type { Execution } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import type { RowSource } from './row-source.js';

interface HistoryColumn extends Column {
  readonly of: (entry: HistoryEntry) => Cell;
}

const sevenDaysMs = 7 * 86_400_000;
const variants: Readonly<Record<string, string | undefined>> = {
  QUERY_HISTORY: undefined,
  QUERY_HISTORY_BY_USER: 'USER_NAME',
  QUERY_HISTORY_BY_SESSION: 'SESSION_ID',
  QUERY_HISTORY_BY_WAREHOUSE: 'WAREHOUSE_NAME',
};
const commonArguments = ['END_TIME_RANGE_START', 'END_TIME_RANGE_END', 'RESULT_LIMIT', 'INCLUDE_CLIENT_GENERATED_STATEMENT'];

const columns: readonly HistoryColumn[] = [
  { name: 'QUERY_ID', type: 'text', of: (entry) => entry.queryId },
  { name: 'QUERY_TEXT', type: 'text', of: (entry) => entry.text },
  { name: 'DATABASE_NAME', type: 'text', of: (entry) => entry.database },
  { name: 'SCHEMA_NAME', type: 'text', of: (entry) => entry.schema },
  { name: 'QUERY_TYPE', type: 'text', of: (entry) => entry.queryType },
  { name: 'SESSION_ID', type: 'fixed', of: (entry) => entry.sessionId },
  { name: 'USER_NAME', type: 'text', of: (entry) => entry.user },
  { name: 'ROLE_NAME', type: 'text', of: (entry) => entry.role },
  { name: 'WAREHOUSE_NAME', type: 'text', of: (entry) => entry.warehouse },
  { name: 'QUERY_TAG', type: 'text', of: (entry) => entry.tag },
  { name: 'EXECUTION_STATUS', type: 'text', of: (entry) => entry.status },
  // [doc] a number here, unlike everywhere else
  { name: 'ERROR_CODE', type: 'fixed', of: (entry) => (entry.errorCode === undefined ? null : Number(entry.errorCode)) },
  { name: 'ERROR_MESSAGE', type: 'text', of: (entry) => entry.errorMessage ?? null },
  { name: 'START_TIME', type: 'timestamp', of: (entry) => entry.startTime },
  // [known] null while it runs
  { name: 'END_TIME', type: 'timestamp', of: (entry) => entry.endTime ?? null },
  { name: 'TOTAL_ELAPSED_TIME', type: 'fixed', of: (entry) => (entry.endTime === undefined ? null : entry.endTime - entry.startTime) },
];

export function isHistoryFunction(name: string): boolean {
  return Object.hasOwn(variants, name);
}

/** `QUERY_HISTORY...( ... )`, whose name was read already. */
export function parseHistoryFunction(cursor: TokenCursor, path: readonly string[]): RowSource {
  const name = lastPart(path);
  if (path.at(-2) !== 'INFORMATION_SCHEMA') throw unknownFunction(displayName(path));
  const args = parseArguments(cursor, name);
  return {
    name,
    history: true,
    read(execution) {
      requireDatabase(execution, path);
      return { columns, rows: selectHistory(execution, name, args).map(asRow) };
    },
  };
}

function parseArguments(cursor: TokenCursor, name: string): Map<string, Expression> {
  const own = variants[name];
  const allowed = own === undefined ? commonArguments : [own, ...commonArguments];
  const args = new Map<string, Expression>();
  cursor.expect('(');
  while (!cursor.accept(')')) {
    if (cursor.peek(1)?.value === '=>') {
      const key = cursor.identifier();
      cursor.expect('=>');
      if (!allowed.includes(key)) throw invalidValue(`Invalid argument name '${key}' for function ${name}.`);
      args.set(key, parseExpression(cursor));
    } else {
      // [doc] without names the arguments come in their order
      const key = allowed[args.size];
      if (key === undefined) throw cursor.unexpected();
      args.set(key, parseExpression(cursor));
    }
    if (!cursor.accept(',') && !cursor.sees(')')) throw cursor.unexpected();
  }
  return args;
}

function requireDatabase(execution: Execution, path: readonly string[]): void {
  const { account, session } = execution;
  if (path.length === 2 && session.database === undefined) throw noCurrentDatabase('SELECT');
  const name = path.length === 2 ? session.database : path[0];
  const database = name === undefined ? undefined : account.catalog.find('DATABASE', [name]);
  // [known] the shared database's INFORMATION_SCHEMA answers to everybody
  if (database === undefined || (name !== 'SNOWFLAKE' && !isVisible(execution, database))) throw doesNotExist('DATABASE', name ?? '');
}

function selectHistory(execution: Execution, name: string, args: ReadonlyMap<string, Expression>): HistoryEntry[] {
  const { account, session, history } = execution;
  const value = (key: string): Cell | undefined => {
    const expression = args.get(key);
    return expression === undefined ? undefined : evaluate(expression, { execution, row: new Map(), wait: () => undefined }).cell;
  };
  const time = (key: string): number | undefined => {
    const expression = args.get(key);
    if (expression === undefined) return undefined;
    const at = Number(toTimestamp(evaluate(expression, { execution, row: new Map(), wait: () => undefined })).cell);
    if (at < account.clock.now() - sevenDaysMs) throw invalidValue(`Cannot retrieve data from more than 7 days ago: ${key}.`);
    return at;
  };
  const limit = Number(value('RESULT_LIMIT') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw invalidValue('Invalid value for RESULT_LIMIT: it must be between 1 and 10000.');
  const [start, end] = [time('END_TIME_RANGE_START'), time('END_TIME_RANGE_END')];
  const own = variants[name];
  const key = own === undefined ? undefined : value(own);
  return history.select({
    ...(start === undefined ? {} : { endTimeStart: start }),
    ...(end === undefined ? {} : { endTimeEnd: end }),
    // [doc] without a key: the current user, session, warehouse
    ...(own === 'USER_NAME' ? { user: String(key ?? session.user) } : {}),
    ...(own === 'SESSION_ID' ? { sessionId: Number(key ?? session.id) } : {}),
    ...(own === 'WAREHOUSE_NAME' ? { warehouse: String(key ?? session.warehouse ?? '') } : {}),
    visible: mayRead(execution),
    limit,
  });
}

/** [doc] one's own statements; others' with MONITOR on their warehouse, or as ACCOUNTADMIN (which holds MONITOR EXECUTION). */
function mayRead(execution: Execution): (entry: HistoryEntry) => boolean {
  const { account, session } = execution;
  const readsAll = holdsOnAccount(execution, 'MONITOR EXECUTION');
  return (entry) => {
    if (readsAll || entry.user === session.user) return true;
    const warehouse = entry.warehouse === null ? undefined : account.catalog.find('WAREHOUSE', [entry.warehouse]);
    return warehouse !== undefined && holdsOn(execution, 'MONITOR', warehouse);
  };
}

/** [doc] ACCOUNT_USAGE lags by up to 45 minutes: here it never catches up, so that nobody relies on it. */
export const accountUsageHistory: RowSource = {
  name: 'ACCOUNT_USAGE.QUERY_HISTORY',
  history: true,
  read(execution) {
    const shared = execution.account.catalog.find('DATABASE', ['SNOWFLAKE']);
    if (shared === undefined || !holdsOn(execution, 'IMPORTED PRIVILEGES', shared)) throw doesNotExist('DATABASE', 'SNOWFLAKE');
    return { columns, rows: [] };
  },
};

function asRow(entry: HistoryEntry): ReadonlyMap<string, Value> {
  return new Map(columns.map((column) => [column.name, { type: column.type, cell: column.of(entry) }]));
}
