// The functions scripts and drivers call in a SELECT. Unknown ones are refused, never answered with something.
import { holdsOnAccount, rolesOfUser } from './access.js';
import { SqlError, insufficientPrivileges, invalidValue, unknownFunction } from './errors.js';
import type { Evaluation, Value } from './evaluate.js';

const nullText: Value = { type: 'text', cell: null };
const milliseconds: Readonly<Record<string, number>> = { MILLISECOND: 1, SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 };

/** [known] what CURRENT_VERSION() looks like; no release of the vendor. */
export const simulatedVersion = '9.99.0';

type Implementation = (args: readonly Value[], evaluation: Evaluation) => Value;

const functions: Readonly<Record<string, Implementation>> = {
  CURRENT_USER: (_, { execution }) => text(execution.session.user),
  CURRENT_ROLE: (_, { execution }) => text(execution.session.role),
  CURRENT_WAREHOUSE: (_, { execution }) => text(execution.session.warehouse ?? null),
  CURRENT_DATABASE: (_, { execution }) => text(execution.session.database ?? null),
  CURRENT_SCHEMA: (_, { execution }) => text(execution.session.schema ?? null),
  CURRENT_SESSION: (_, { execution }) => text(String(execution.session.id)),
  CURRENT_ACCOUNT: (_, { execution }) => text(execution.account.name),
  CURRENT_ACCOUNT_NAME: (_, { execution }) => text(execution.account.name),
  CURRENT_ORGANIZATION_NAME: () => text('MOORING_SIMULATOR'),
  CURRENT_REGION: () => text('LOOPBACK'),
  CURRENT_VERSION: () => text(simulatedVersion),
  CURRENT_CLIENT: () => text('simulated'),
  CURRENT_SECONDARY_ROLES: (_, { execution }) => text(JSON.stringify({ roles: '', value: execution.session.secondaryRoles === 'ALL' ? 'ALL' : '' })),
  CURRENT_AVAILABLE_ROLES: (_, { execution }) => text(JSON.stringify(rolesOfUser(execution.account, execution.session.user).sort())),
  CURRENT_TIMESTAMP: (_, { execution }) => timestamp(execution.account.clock.now()),
  SYSDATE: (_, { execution }) => timestamp(execution.account.clock.now()),
  IS_ROLE_IN_SESSION: (args, { execution }) => ({
    type: 'boolean',
    cell: rolesOfUser(execution.account, execution.session.user).includes(asText(args[0])),
  }),
  LAST_QUERY_ID: (_, { execution }) => text(execution.session.lastQueryId ?? null),
  UPPER: (args) => mapText(args[0], (value) => value.toUpperCase()),
  LOWER: (args) => mapText(args[0], (value) => value.toLowerCase()),
  STARTSWITH: (args) => test(args, (value, part) => value.startsWith(part)),
  ENDSWITH: (args) => test(args, (value, part) => value.endsWith(part)),
  CONTAINS: (args) => test(args, (value, part) => value.includes(part)),
  COALESCE: (args) => args.find((arg) => arg.cell !== null) ?? nullText,
  NVL: (args) => args.find((arg) => arg.cell !== null) ?? nullText,
  TO_VARCHAR: (args) => mapText(args[0], (value) => value),
  TO_TIMESTAMP: (args) => toTimestamp(args[0] ?? nullText),
  TO_TIMESTAMP_LTZ: (args) => toTimestamp(args[0] ?? nullText),
  TO_TIMESTAMP_TZ: (args) => toTimestamp(args[0] ?? nullText),
  TO_TIMESTAMP_NTZ: (args) => toTimestamp(args[0] ?? nullText),
  DATEADD: dateAdd,
  TIMESTAMPADD: dateAdd,
  SYSTEM$WAIT: wait,
  SYSTEM$CANCEL_QUERY: cancelQuery,
};

export function callFunction(name: string, args: readonly Value[], evaluation: Evaluation): Value {
  const implementation = functions[name];
  if (implementation === undefined) throw unknownFunction(name);
  return implementation(args, evaluation);
}

/** From text, or from a number of seconds, milliseconds, microseconds or nanoseconds as its size says [doc]. */
export function toTimestamp(value: Value): Value {
  if (value.cell === null || value.type === 'timestamp') return { type: 'timestamp', cell: value.cell };
  const written = String(value.cell).trim();
  if (/^\d+(\.\d+)?$/.test(written)) {
    const number = Number(written);
    if (number < 31_536_000_000) return timestamp(number * 1000);
    if (number < 31_536_000_000_000) return timestamp(number);
    return timestamp(number < 31_536_000_000_000_000 ? number / 1000 : number / 1_000_000);
  }
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(written);
  const [, day, time, zone] = match ?? [];
  const offset = zone === undefined || zone === 'Z' ? 'Z' : zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const parsed = day === undefined ? Number.NaN : Date.parse(`${day}T${(time ?? '00:00').replace(/(\.\d{3})\d+$/, '$1')}${offset}`);
  // [known] 100035 (22007)
  if (Number.isNaN(parsed)) throw new SqlError('100035', '22007', `Timestamp '${written}' is not recognized`);
  return timestamp(parsed);
}

function dateAdd(args: readonly Value[]): Value {
  const [unit, amount, from] = args;
  const factor = milliseconds[asText(unit).toUpperCase().replace(/S$/, '')];
  if (factor === undefined) throw invalidValue(`'${asText(unit)}' is not a valid date/time component for function DATEADD.`);
  const start = toTimestamp(from ?? nullText).cell;
  return start === null || amount?.cell == null ? { type: 'timestamp', cell: null } : timestamp(Number(start) + Number(amount.cell) * factor);
}

/** [doc] SYSTEM$WAIT( <amount> [ , { DAYS | HOURS | MINUTES | SECONDS | MILLISECONDS } ] ) */
function wait(args: readonly Value[], evaluation: Evaluation): Value {
  const [amount, unit] = args;
  const count = Number(amount?.cell ?? Number.NaN);
  const name = unit === undefined ? 'SECONDS' : asText(unit).toUpperCase();
  const factor = milliseconds[name.replace(/S$/, '')];
  if (!Number.isFinite(count) || count < 0 || factor === undefined) throw invalidValue('Invalid argument for function SYSTEM$WAIT');
  evaluation.wait(count * factor);
  return text(`waited ${count} ${name.toLowerCase()}`);
}

/** [doc] one's own statements, or those of a warehouse one may operate; here: one's own, or with MANAGE GRANTS' role SECURITYADMIN and above. */
function cancelQuery(args: readonly Value[], { execution }: Evaluation): Value {
  const queryId = asText(args[0]);
  const [entry] = execution.history.select({ limit: Number.MAX_SAFE_INTEGER }).filter((candidate) => candidate.queryId === queryId);
  if (entry === undefined) return text('Invalid UUID.');
  if (entry.user !== execution.session.user && !holdsOnAccount(execution, 'MANAGE GRANTS')) {
    throw insufficientPrivileges('QUERY', queryId, execution.session.role, 'OPERATE');
  }
  return text(execution.cancel(queryId) ? `query [${queryId}] terminated.` : 'Identified SQL statement is not currently executing.');
}

function test(args: readonly Value[], holds: (value: string, part: string) => boolean): Value {
  const [value, part] = args;
  if (value?.cell == null || part?.cell == null) return { type: 'boolean', cell: null };
  return { type: 'boolean', cell: holds(String(value.cell), String(part.cell)) };
}

function mapText(value: Value | undefined, map: (text: string) => string): Value {
  return value?.cell == null ? nullText : text(map(String(value.cell)));
}

function asText(value: Value | undefined): string {
  return value?.cell == null ? '' : String(value.cell);
}

function text(cell: string | null): Value {
  return { type: 'text', cell };
}

function timestamp(cell: number): Value {
  return { type: 'timestamp', cell };
}
