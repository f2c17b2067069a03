// The functions that scripts and their checks call. [doc] docs.databricks.com/aws/en/sql/language-manual/sql-ref-functions-builtin.
import { everybody } from './access.js';
import { textOf } from './cell.js';
import { unresolvedRoutine } from './errors.js';
import type { Cell, Execution } from './statement.js';

type Function = (parameters: readonly Cell[], execution: Execution) => Cell;

const functions: Readonly<Record<string, Function>> = {
  current_user: (_none, { access }) => access.principal.name,
  session_user: (_none, { access }) => access.principal.name,
  user: (_none, { access }) => access.principal.name,
  current_catalog: (_none, { session }) => session.catalog,
  current_database: (_none, { session }) => session.schema,
  current_schema: (_none, { session }) => session.schema,
  current_metastore: (_none, { access }) => `simulated:loopback:${access.metastore.name}`,
  current_timestamp: (_none, { access }) => new Date(access.metastore.now()),
  now: (_none, { access }) => new Date(access.metastore.now()),
  version: () => '4.0.0 simulated',
  is_account_group_member: ([group], { access }) => group === everybody || access.isMember(text(group)),
  is_member: ([group], { access }) => access.isMember(text(group)),
  lower: ([value]) => (value == null ? null : text(value).toLowerCase()),
  upper: ([value]) => (value == null ? null : text(value).toUpperCase()),
  length: ([value]) => (value == null ? null : text(value).length),
  concat: (parts) => (parts.includes(null) ? null : parts.map(text).join('')),
  coalesce: (parts) => parts.find((part) => part !== null) ?? null,
  unix_millis: ([value]) => (value instanceof Date ? value.getTime() : null),
};

/** @throws SqlError when there is no such function. */
export function callFunction(name: string, parameters: readonly Cell[], execution: Execution): Cell {
  const found = Object.hasOwn(functions, name.toLowerCase()) ? functions[name.toLowerCase()] : undefined;
  if (found === undefined) throw unresolvedRoutine(name);
  return found(parameters, execution);
}

function text(value: Cell | undefined): string {
  return value === null || value === undefined ? '' : textOf(value);
}
