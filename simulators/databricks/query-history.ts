// `GET /api/2.0/sql/history/queries`. [doc] docs.databricks.com/api/workspace/queryhistory/list: newest first, 100 a page unless `max_results` (at most
// 1,000) says otherwise, filters by time, user, warehouse, status and statement id; who is no admin sees only what is his own. Filters come as dotted
// query parameters (what the SDKs send) or as a JSON body. The shape of `query_tags` was not verified on a workspace.
import { json, restError } from './http.js';
import type { Answer } from './http.js';
import type { Operation } from './operation.js';
import { principalId } from './principals.js';
import type { Principal } from './principals.js';

interface Filter {
  readonly statementIds: readonly string[];
  readonly statuses: readonly string[];
  readonly userIds: readonly string[];
  readonly warehouseIds: readonly string[];
  readonly startTimeMs: number;
  readonly endTimeMs: number;
}

export function listQueries(url: URL, body: string, caller: Principal, operations: readonly Operation[], warehouseId: string): Answer {
  const asked = readQuery(url, body);
  if (asked === undefined) return restError(400, 'MALFORMED_REQUEST', 'The request could not be parsed.');
  const most = Number(asked['max_results'] ?? 100);
  if (!Number.isInteger(most) || most < 1 || most > 1_000) {
    return restError(400, 'INVALID_PARAMETER_VALUE', 'max_results must be between 1 and 1000.');
  }
  const filter = filterOf(asked);
  if (filter.warehouseIds.length > 0 && !filter.warehouseIds.includes(warehouseId)) return json({ res: [], has_next_page: false });
  const from = Number(asked['page_token'] ?? 0);
  const matching = operations.filter((each) => (caller.admin || each.session.principal === caller) && matches(each, filter)).toReversed();
  const page = matching.slice(from, from + most);
  const isLast = from + most >= matching.length;
  return json({
    res: page.map((each) => shown(each, warehouseId)),
    has_next_page: !isLast,
    ...(isLast ? {} : { next_page_token: String(from + most) }),
  });
}

/** All parameters by their dotted names; a list holds one entry or more. */
function readQuery(url: URL, body: string): Readonly<Record<string, unknown>> | undefined {
  const asked: Record<string, unknown> = {};
  for (const key of url.searchParams.keys())
    asked[key] = url.searchParams.getAll(key).length > 1 ? url.searchParams.getAll(key) : url.searchParams.get(key);
  if (body.trim() === '') return asked;
  try {
    return { ...asked, ...flattened(JSON.parse(body)) };
  } catch {
    return undefined;
  }
}

function flattened(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [path]: value };
  const parts = Object.entries(value).map(([key, inner]) => flattened(inner, path === '' ? key : `${path}.${key}`));
  return Object.assign({}, ...parts) as Record<string, unknown>;
}

function filterOf(asked: Readonly<Record<string, unknown>>): Filter {
  const list = (name: string): string[] => [asked[`filter_by.${name}`] ?? []].flat().map(String);
  const time = (name: string, otherwise: number): number => Number(asked[`filter_by.query_start_time_range.${name}`] ?? otherwise);
  return {
    statementIds: list('statement_ids'),
    statuses: list('statuses'),
    userIds: list('user_ids'),
    warehouseIds: list('warehouse_ids'),
    startTimeMs: time('start_time_ms', 0),
    endTimeMs: time('end_time_ms', Number.POSITIVE_INFINITY),
  };
}

function matches({ id, status, session, startedAt }: Operation, filter: Filter): boolean {
  const within = (wanted: readonly string[], value: string): boolean => wanted.length === 0 || wanted.includes(value);
  return (
    within(filter.statementIds, id) &&
    within(filter.statuses, status) &&
    within(filter.userIds, String(principalId(session.principal))) &&
    startedAt >= filter.startTimeMs &&
    startedAt <= filter.endTimeMs
  );
}

/** [doc] the statement types of the history. */
const statementTypes = new Set(['ALTER', 'CREATE', 'DESCRIBE', 'DROP', 'GRANT', 'REVOKE', 'SELECT', 'SET', 'SHOW', 'USE']);

function shown(operation: Operation, warehouseId: string): Record<string, unknown> {
  const { id, status, text, session, startedAt, endedAt, error, result, verb, tags } = operation;
  const { name } = session.principal;
  const userId = principalId(session.principal);
  return {
    query_id: id,
    status,
    query_text: text,
    query_start_time_ms: startedAt,
    ...(endedAt === undefined ? {} : { execution_end_time_ms: endedAt, query_end_time_ms: endedAt, duration: endedAt - startedAt }),
    user_id: userId,
    user_name: name,
    executed_as_user_id: userId,
    executed_as_user_name: name,
    session_id: session.id,
    warehouse_id: warehouseId,
    endpoint_id: warehouseId,
    statement_type: statementTypes.has(verb) ? verb : 'OTHER',
    is_final: status !== 'RUNNING',
    ...(error === undefined ? {} : { error_message: error.message }),
    ...(result === undefined ? {} : { rows_produced: result.rows.length }),
    query_tags: tags.map(({ key, value }) => ({ key, value: value ?? '' })),
  };
}
