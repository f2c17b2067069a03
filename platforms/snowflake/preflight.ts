// What must be true before a bootstrap script is worth a decision, each thing with its cure. Checks only read; a check that cannot read says so
// as a failure of its own, and only a lost session ends the list.
import type { ObjectReference } from '../../domain/plan.js';
import type { SnowflakeTarget } from '../../domain/snowflake-target.js';
import { failed, passed, skipped, warning } from '../../rules/check.js';
import type { Check } from '../../rules/check.js';
import { PlatformError } from '../platform-error.js';
import type { Identity, Preflight, StatementRecord } from '../runner-messages.js';
import { findObject, inspectObjects } from './objects.js';
import { quoteIdentifier } from './own-statements.js';
import type { OwnStatement } from './own-statements.js';
import { readPrivileges } from './privileges.js';
import type { AccountPrivileges } from './privileges.js';
import type { Row } from './statement.js';

/** What the checks lean on: an open session. */
export interface PreflightSession {
  readonly identity: Identity;
  readonly clockOffsetMs: number;
  readonly read: (statement: OwnStatement) => Promise<readonly Row[]>;
  readonly history: (tagPrefix: string, since: string) => Promise<readonly StatementRecord[] | 'unavailable'>;
}

/** Immuta names these for whoever runs its script; each on the account. */
const neededPrivileges = ['CREATE DATABASE', 'CREATE ROLE', 'CREATE USER', 'MANAGE GRANTS'] as const;
const policyPrivileges = ['APPLY MASKING POLICY', 'APPLY ROW ACCESS POLICY'] as const;

const clockToleranceMs = 60_000; // a key pair login is refused at about this skew, and whose object it is is judged by creation times

/** All checks in the order in which a person should cure them, and what exists already of what the script makes. */
export async function runPreflight(session: PreflightSession, target: SnowflakeTarget): Promise<Preflight> {
  const { role } = session.identity;
  let privileges: AccountPrivileges | undefined;
  const checks = [
    checkIdentity(session, target),
    checkClock(session),
    await guarded('quoted identifiers', async () => checkQuotedIdentifiers(session)),
    await guarded('privileges', async () => {
      privileges = await readPrivileges(session.read, role);
      return checkPrivileges(privileges, role);
    }),
    checkPolicyPrivileges(privileges, role),
    await guarded('warehouse', async () => checkWarehouse(session, target, privileges)),
    await guarded('database', async () => checkDatabase(session, target, privileges)),
    await guarded('system account user', async () => checkSystemAccountUser(session, target)),
    await checkHistory(session),
  ];
  return { checks, existing: await inspectObjects(session.read, whatTheScriptMakes(target)) };
}

function checkIdentity({ identity }: PreflightSession, { privilegedUser }: SnowflakeTarget): Check {
  const name = 'privileged user and role';
  const username = 'username' in privilegedUser ? privilegedUser.username : undefined; // else whoever the token says
  const asked = `${username === undefined ? '' : `user ${username} with `}role ${privilegedUser.role}`;
  const found = `user ${identity.user} with role ${identity.role}`;
  if ((username === undefined || isSame(username, identity.user)) && isSame(privilegedUser.role, identity.role))
    return passed(name, `Logged in as ${found}.`);
  return failed(name, 'conflict', `The manifest asks for ${asked}, but Snowflake logged in ${found}.`, grantRole(privilegedUser.role, identity.user));
}

function checkClock({ clockOffsetMs }: PreflightSession): Check {
  const name = 'clock';
  const seconds = Math.abs(Math.round(clockOffsetMs / 1_000));
  if (Math.abs(clockOffsetMs) <= clockToleranceMs) return passed(name, `Snowflake's clock and ours differ by ${seconds} s.`);
  return warning(
    name,
    `Our clock is ${seconds} s ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} Snowflake's; expected at most ${clockToleranceMs / 1_000} s.`,
    'Let NTP set the clock of the machine that runs the platform worker.',
  );
}

async function checkQuotedIdentifiers({ read }: PreflightSession): Promise<Check> {
  const name = 'quoted identifiers';
  const rows = await read({ name: 'account-parameter', parameter: 'QUOTED_IDENTIFIERS_IGNORE_CASE' });
  const value = rows[0]?.['value']?.toLowerCase();
  if (value === 'false') return passed(name, 'QUOTED_IDENTIFIERS_IGNORE_CASE is false on the account.');
  return failed(
    name,
    'conflict',
    `QUOTED_IDENTIFIERS_IGNORE_CASE must be false on the account, and is ${value ?? 'not shown to this role'}: quoted names in the script would mean others.`,
    'Run as ACCOUNTADMIN: ALTER ACCOUNT SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE;',
  );
}

function checkPrivileges(privileges: AccountPrivileges, role: string): Check {
  const missing = neededPrivileges.filter((privilege) => !privileges.has(privilege));
  if (missing.length === 0) return passed('privileges', `${role} has ${neededPrivileges.join(', ')} on the account.`);
  return failed(
    'privileges',
    'permission-missing',
    `${role} lacks ${missing.join(', ')} on the account, which the bootstrap script needs.`,
    `Run as ACCOUNTADMIN: GRANT ${missing.join(', ')} ON ACCOUNT TO ROLE ${quoteIdentifier(role)};`,
  );
}

function checkPolicyPrivileges(privileges: AccountPrivileges | undefined, role: string): Check {
  const name = 'policy privileges';
  if (privileges === undefined) return skipped(name, 'The grants of the role could not be read.');
  const missing = policyPrivileges.filter((privilege) => !privileges.mayGrant(privilege));
  if (missing.length === 0) return passed(name, `${role} may grant ${policyPrivileges.join(' and ')}.`);
  return warning(
    name,
    `${role} does not hold ${missing.join(' and ')} with grant option, which Immuta asks for; MANAGE GRANTS may do as well.`,
    `Run as ACCOUNTADMIN: GRANT ${missing.join(', ')} ON ACCOUNT TO ROLE ${quoteIdentifier(role)} WITH GRANT OPTION;`,
  );
}

async function checkWarehouse(
  { read, identity }: PreflightSession,
  target: SnowflakeTarget,
  privileges: AccountPrivileges | undefined,
): Promise<Check> {
  const name = 'warehouse';
  const asked = target.privilegedUser.warehouse ?? target.warehouse;
  const found = await rowOf(read, 'warehouse', asked);
  const spelled = found?.['name'] ?? asked;
  const grant = `Run as its owner or ACCOUNTADMIN: GRANT USAGE ON WAREHOUSE ${quoteIdentifier(spelled)} TO ROLE ${quoteIdentifier(identity.role)};`;
  if (found === undefined)
    return failed(name, 'not-found', `Warehouse ${asked} does not exist, or ${identity.role} has no privilege on it.`, `If it exists: ${grant}`);
  if (/^suspend/i.test(found['state'] ?? '') && found['auto_resume']?.toLowerCase() === 'false')
    return failed(
      name,
      'not-found',
      `Warehouse ${spelled} is suspended and does not resume by itself: Immuta's connection test would find none.`,
      `Run as its owner or ACCOUNTADMIN: ALTER WAREHOUSE ${quoteIdentifier(spelled)} SET AUTO_RESUME = TRUE;`,
    );
  if (privileges?.mayUseWarehouse(spelled) === false)
    return warning(name, `${identity.role} sees warehouse ${spelled}, but no USAGE on it is granted to it or a role it inherits.`, grant);
  return passed(name, `Warehouse ${spelled} is there.`);
}

/** Snowflake ("SHOW DATABASES"): a role is shown what it has a privilege on; MANAGE GRANTS shows everything. */
async function checkDatabase(
  { read, identity }: PreflightSession,
  { database }: SnowflakeTarget,
  privileges: AccountPrivileges | undefined,
): Promise<Check> {
  const found = await findObject(read, { kind: 'database', name: database });
  if (found === undefined)
    return passed(
      'database',
      privileges?.has('MANAGE GRANTS') === true
        ? `Database ${database} does not exist yet.`
        : `${identity.role} sees no database ${database}; without MANAGE GRANTS it is not shown every one.`,
    );
  return failed(
    'database',
    'already-exists',
    `Database ${database} must be new, but exists already (owner ${found['owner'] || 'unknown'}, created ${found['created_on'] ?? 'at an unknown time'}).`,
    'Choose another database in the manifest, or have its owner rename or drop it. What a run did not create it never drops.',
  );
}

async function checkSystemAccountUser({ read }: PreflightSession, { systemAccount }: SnowflakeTarget): Promise<Check> {
  const name = 'system account user';
  if (systemAccount.authenticationType !== 'keyPair')
    return skipped(name, 'Only a system account with a key pair is looked for: its public key must be set on a user.');
  const found = await rowOf(read, 'user', systemAccount.username);
  if (found !== undefined) return passed(name, `User ${found['name'] ?? systemAccount.username} is there.`);
  return warning(
    name,
    `User ${systemAccount.username} does not exist, or the role may not see it. Immuta's connection test fails until it exists with the public key.`,
    `Unless the bootstrap script creates it, run as USERADMIN: CREATE USER ${quoteIdentifier(systemAccount.username)} TYPE = SERVICE RSA_PUBLIC_KEY = '<the public key without its first and last line>';`,
  );
}

async function checkHistory({ history, clockOffsetMs }: PreflightSession): Promise<Check> {
  const name = 'query history';
  const since = new Date(Date.now() + clockOffsetMs - 60_000).toISOString();
  if ((await history('', since)) !== 'unavailable') return passed(name, 'The query history can be read: after a crash it says what ran.');
  return warning(
    name,
    'The query history cannot be read. After a crash only statements that are harmless to repeat are sent again; for others a person is asked.',
    'Give the role of the privileged user a warehouse that it may use, and IMPORTED PRIVILEGES on the database SNOWFLAKE.',
  );
}

/** What Immuta's script makes, by its naming rule, and the two names that the manifest gives; each once. */
function whatTheScriptMakes({ database, systemAccount, impersonation }: SnowflakeTarget): readonly ObjectReference[] {
  const objects: readonly ObjectReference[] = [
    { kind: 'database', name: database },
    { kind: 'role', name: `${database}_SYSTEM` },
    { kind: 'user', name: `${database}_SYSTEM_ACCOUNT` },
    ...('username' in systemAccount ? [{ kind: 'user', name: systemAccount.username } as const] : []),
    { kind: 'role', name: impersonation.role ?? `${database}_IMPERSONATION` },
  ];
  return objects.filter(({ kind, name }, index) => objects.findIndex((other) => other.kind === kind && other.name === name) === index);
}

/** A failed look is a failed check; a lost session is the end of the preflight. */
async function guarded(name: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof PlatformError) || ['unreachable', 'throttled', 'bad-answer', 'timeout'].includes(error.kind)) throw error;
    return failed(name, error.kind, error.message, error.next);
  }
}

/** What the platform shows of a name written without quotes: as it is, or in upper case. */
async function rowOf(read: PreflightSession['read'], kind: 'warehouse' | 'user', name: string): Promise<Row | undefined> {
  for (const spelling of new Set([name, name.toUpperCase()])) {
    const row = await findObject(read, { kind, name: spelling });
    if (row !== undefined) return row;
  }
  return undefined;
}

function isSame(asked: string, actual: string): boolean {
  return actual === asked || actual === asked.toUpperCase();
}

function grantRole(role: string, user: string): string {
  return `Run as SECURITYADMIN: GRANT ROLE ${quoteIdentifier(role)} TO USER ${quoteIdentifier(user)};`;
}
