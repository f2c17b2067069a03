// What must be true before a bootstrap script is worth a decision, each thing with its cure. Checks only read; a check that cannot read says so as a
// failure of its own, and only a lost session ends the list.
import type { DatabricksTarget } from '../../domain/databricks-target.js';
import { failed, passed, skipped, warning } from '../../rules/check.js';
import type { Check } from '../../rules/check.js';
import { PlatformError } from '../platform-error.js';
import type { Identity, Preflight, StatementRecord } from '../runner-messages.js';
import { inspectObjects } from './objects.js';
import { quoteName } from './own-statements.js';
import type { OwnStatement } from './own-statements.js';
import type { Row } from './statement.js';

/** What the checks lean on: an open session. */
export interface PreflightSession {
  readonly identity: Identity;
  readonly clockOffsetMs: number;
  readonly read: (statement: OwnStatement) => Promise<readonly Row[]>;
  readonly history: (tagPrefix: string, since: string) => Promise<readonly StatementRecord[] | 'unavailable'>;
}

const clockToleranceMs = 60_000; // whose object it is is judged by creation times

/** All checks in the order in which a person should cure them, and what exists already of what the script makes. */
export async function runPreflight(session: PreflightSession, target: DatabricksTarget): Promise<Preflight> {
  let isAdmin: boolean | undefined;
  const checks = [
    checkIdentity(session, target),
    checkClock(session),
    await guarded('privileges', async () => {
      isAdmin = await isMetastoreAdmin(session);
      return await checkPrivileges(session, isAdmin);
    }),
    checkAudit(session, target, isAdmin),
    await guarded('catalog', async () => await checkCatalog(session, target, isAdmin)),
    await checkHistory(session),
  ];
  return { checks, existing: await inspectObjects(session.read, [{ kind: 'catalog', name: target.catalog.toLowerCase() }]) };
}

function checkIdentity({ identity }: PreflightSession, { privilegedUser }: DatabricksTarget): Check {
  const name = 'privileged user';
  if (privilegedUser.authenticationType === 'token' || privilegedUser.clientId.toLowerCase() === identity.user.toLowerCase())
    return passed(name, `Logged in as ${identity.user}.`);
  return failed(
    name,
    'conflict',
    `The manifest asks for service principal ${privilegedUser.clientId}, but Databricks logged in ${identity.user}.`,
    'Give the application ID of the service principal as clientId.',
  );
}

function checkClock({ clockOffsetMs }: PreflightSession): Check {
  const name = 'clock';
  const seconds = Math.abs(Math.round(clockOffsetMs / 1_000));
  if (Math.abs(clockOffsetMs) <= clockToleranceMs) return passed(name, `Databricks' clock and ours differ by ${seconds} s.`);
  return warning(
    name,
    `Our clock is ${seconds} s ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} Databricks'; expected at most ${clockToleranceMs / 1_000} s.`,
    'Let NTP set the clock of the machine that runs the platform worker.',
  );
}

/** The owner of the metastore, or a member of the group that owns it. */
async function isMetastoreAdmin({ read, identity }: PreflightSession): Promise<boolean> {
  const rows = await read({ name: 'metastore-owner' });
  return rows.some((row) => belongsTo(row['owner'], row['member'], identity));
}

async function checkPrivileges({ read, identity }: PreflightSession, isAdmin: boolean): Promise<Check> {
  if (isAdmin) return passed('privileges', `${identity.user} is a metastore admin.`);
  const rows = await read({ name: 'metastore-privileges' });
  const may = rows.some((row) => /^CREATE[_ ]CATALOG$/.test(row['privilege'] ?? '') && belongsTo(row['grantee'], row['member'], identity));
  if (may) return passed('privileges', `${identity.user} has CREATE CATALOG on the metastore.`);
  return failed(
    'privileges',
    'permission-missing',
    `${identity.user} lacks CREATE CATALOG on the metastore, which the bootstrap script needs.`,
    `Run as a metastore admin: GRANT CREATE CATALOG ON METASTORE TO ${quoteName(identity.user)};`,
  );
}

function checkAudit({ identity }: PreflightSession, { audit }: DatabricksTarget, isAdmin: boolean | undefined): Check {
  const name = 'audit';
  if (!audit.enabled) return skipped(name, 'The audit is off in the manifest.');
  if (isAdmin === undefined) return skipped(name, 'Who owns the metastore could not be read.');
  if (isAdmin) return passed(name, `${identity.user} may give Immuta the system tables of the audit.`);
  return warning(
    name,
    `The audit is on, and ${identity.user} is no metastore admin: the script cannot give Immuta the tables of the catalog system.`,
    'Use a metastore admin as privileged user, or set audit: { enabled: false } in the manifest.',
  );
}

/** Databricks ("Information schema"): a user is shown what it has a privilege on; a metastore admin is shown everything. */
async function checkCatalog({ read, identity }: PreflightSession, target: DatabricksTarget, isAdmin: boolean | undefined): Promise<Check> {
  const name = target.catalog.toLowerCase();
  const [state] = await inspectObjects(read, [{ kind: 'catalog', name }]);
  if (state?.exists !== true)
    return passed(
      'catalog',
      isAdmin === true
        ? `Catalog ${name} does not exist yet.`
        : `${identity.user} sees no catalog ${name}; only a metastore admin is shown every one.`,
    );
  return failed(
    'catalog',
    'already-exists',
    `Catalog ${name} must be new, but exists already (owner ${state.owner ?? 'unknown'}, created ${state.createdAt ?? 'at an unknown time'}).`,
    'Choose another catalog in the manifest, or have its owner rename or drop it. What a run did not create it never drops.',
  );
}

async function checkHistory({ history, clockOffsetMs }: PreflightSession): Promise<Check> {
  const name = 'query history';
  const since = new Date(Date.now() + clockOffsetMs - 60_000).toISOString();
  if ((await history('', since)) !== 'unavailable') return passed(name, 'The query history can be read: after a crash it says what ran.');
  return warning(
    name,
    'The query history cannot be read in full. After a crash only statements that are harmless to repeat are sent again; for others a person is asked.',
    'Let the privileged user read the query history of the workspace: CAN VIEW on the SQL warehouse at least.',
  );
}

/** A principal is the user, or a group that the user is a member of. Everybody is a member of `account users`. */
function belongsTo(principal: string | undefined, isMember: string | undefined, { user }: Identity): boolean {
  return principal !== undefined && (principal.toLowerCase() === user.toLowerCase() || isMember === 'true' || principal === 'account users');
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
