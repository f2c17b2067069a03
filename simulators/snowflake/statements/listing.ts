// What SHOW prints of each kind of object, with the vendor's column names in the vendor's order.
// [doc] docs.snowflake.com/en/sql-reference/sql/show-roles, show-users, show-databases, show-schemas, show-warehouses, show-tables, show-views, show-procedures.
import type { CatalogObject } from '../catalog.js';
import { displayName, lastPart } from '../catalog.js';
import { holdsOnAccount, owns, primaryRoles } from '../access.js';
import type { Cell, Column } from '../result.js';
import type { Execution } from '../statement.js';

type Cells = (object: CatalogObject, execution: Execution) => Cell;
interface ListedColumn extends Column {
  readonly of: Cells;
}

const createdOn: ListedColumn = { name: 'created_on', type: 'timestamp', of: (object) => object.createdAt };
const name = text('name', (object) => lastPart(object.path).replace(/\(.*\)$/, ''));
const owner = text('owner', (object) => object.owner ?? '');
const comment = text('comment', (object) => property(object, 'COMMENT') ?? '');
const ownerRoleType = text('owner_role_type', (object) => (object.owner === null ? '' : 'ROLE'));
const databaseName = text('database_name', (object) => object.path[0] ?? '');
const schemaName = text('schema_name', (object) => (object.path.length > 2 ? (object.path[1] ?? '') : ''));
const empty = (column: string): ListedColumn => text(column, () => '');

const generic: readonly ListedColumn[] = [createdOn, name, databaseName, schemaName, owner, comment, ownerRoleType];
const callable: readonly ListedColumn[] = [
  createdOn,
  name,
  schemaName,
  text('is_builtin', () => 'N'),
  text('is_aggregate', () => 'N'),
  text('is_ansi', () => 'N'),
  { name: 'min_num_arguments', type: 'fixed', of: argumentCount },
  { name: 'max_num_arguments', type: 'fixed', of: argumentCount },
  text('arguments', (object) => `${lastPart(object.path)} RETURN VARIANT`),
  text('description', () => 'user-defined'),
  text('catalog_name', (object) => object.path[0] ?? ''),
];

const columns: Readonly<Record<string, readonly ListedColumn[]>> = {
  ROLE: [
    createdOn,
    name,
    text('is_default', (object, { account, session }) =>
      yes(property(account.catalog.find('USER', [session.user]), 'DEFAULT_ROLE') === lastPart(object.path)),
    ),
    text('is_current', (object, { session }) => yes(session.role === lastPart(object.path))),
    text('is_inherited', (object, execution) =>
      yes(execution.session.role !== lastPart(object.path) && primaryRoles(execution).some((role) => role.name === displayName(object.path))),
    ),
    { name: 'assigned_to_users', type: 'fixed', of: (object, execution) => grantsOn(object, execution, 'USER') },
    { name: 'granted_to_roles', type: 'fixed', of: (object, execution) => grantsOn(object, execution, 'ROLE') },
    {
      name: 'granted_roles',
      type: 'fixed',
      of: (object, { account }) =>
        account.grants.to({ kind: 'ROLE', name: displayName(object.path) }).filter((grant) => grant.on.kind === 'ROLE').length,
    },
    owner,
    comment,
  ],
  USER: [
    name,
    createdOn,
    detail('login_name', (object) => property(object, 'LOGIN_NAME') ?? ''),
    detail('display_name', (object) => property(object, 'DISPLAY_NAME') ?? lastPart(object.path)),
    detail('first_name', (object) => property(object, 'FIRST_NAME') ?? ''),
    detail('last_name', (object) => property(object, 'LAST_NAME') ?? ''),
    detail('email', (object) => property(object, 'EMAIL') ?? ''),
    empty('mins_to_unlock'),
    empty('days_to_expiry'),
    detail('comment', (object) => property(object, 'COMMENT') ?? ''),
    detail('disabled', (object) => property(object, 'DISABLED') ?? 'false'),
    detail('must_change_password', (object) => property(object, 'MUST_CHANGE_PASSWORD') ?? 'false'),
    text('snowflake_lock', () => 'false'),
    detail('default_warehouse', (object) => property(object, 'DEFAULT_WAREHOUSE') ?? ''),
    detail('default_namespace', (object) => property(object, 'DEFAULT_NAMESPACE') ?? ''),
    detail('default_role', (object) => property(object, 'DEFAULT_ROLE') ?? ''),
    detail('default_secondary_roles', (object) => JSON.stringify(object.properties.get('DEFAULT_SECONDARY_ROLES') ?? [])),
    owner,
    detail('has_password', (object) => String(object.properties.has('PASSWORD'))),
    detail('has_rsa_public_key', (object) => String(object.properties.has('RSA_PUBLIC_KEY'))),
    detail('type', (object) => property(object, 'TYPE') ?? ''),
  ],
  DATABASE: [
    createdOn,
    name,
    text('is_default', () => 'N'),
    text('is_current', (object, { session }) => yes(session.database === lastPart(object.path))),
    text('origin', (object) => (lastPart(object.path) === 'SNOWFLAKE' ? 'SNOWFLAKE.ACCOUNT_USAGE' : '')),
    owner,
    comment,
    empty('options'),
    text('retention_time', (object) => property(object, 'DATA_RETENTION_TIME_IN_DAYS') ?? '1'),
    text('kind', (object) => (lastPart(object.path) === 'SNOWFLAKE' ? 'APPLICATION' : 'STANDARD')),
    ownerRoleType,
  ],
  SCHEMA: [
    createdOn,
    name,
    text('is_default', () => 'N'),
    text('is_current', (object, { session }) => yes(session.database === object.path[0] && session.schema === lastPart(object.path))),
    databaseName,
    owner,
    comment,
    empty('options'),
    text('retention_time', () => '1'),
    ownerRoleType,
  ],
  WAREHOUSE: [
    name,
    text('state', (object) => property(object, 'STATE') ?? 'STARTED'),
    text('type', () => 'STANDARD'),
    text('size', (object) => property(object, 'WAREHOUSE_SIZE') ?? 'X-Small'),
    text('is_default', () => 'N'),
    text('is_current', (object, { session }) => yes(session.warehouse === lastPart(object.path))),
    text('auto_suspend', (object) => property(object, 'AUTO_SUSPEND') ?? '600'),
    text('auto_resume', (object) => (property(object, 'AUTO_RESUME') ?? 'true').toLowerCase()),
    createdOn,
    owner,
    comment,
    ownerRoleType,
  ],
  TABLE: [
    createdOn,
    name,
    databaseName,
    schemaName,
    text('kind', () => 'TABLE'),
    comment,
    empty('cluster_by'),
    { name: 'rows', type: 'fixed', of: () => 0 },
    owner,
    ownerRoleType,
  ],
  VIEW: [
    createdOn,
    name,
    empty('reserved'),
    databaseName,
    schemaName,
    owner,
    comment,
    empty('text'),
    text('is_secure', () => 'false'),
    ownerRoleType,
  ],
  PROCEDURE: callable,
  FUNCTION: callable,
};

const terse: readonly ListedColumn[] = [createdOn, name, text('kind', (object) => object.kind.name), databaseName, schemaName];

export function listingColumns(kind: string, isTerse: boolean): readonly ListedColumn[] {
  return isTerse ? terse : (columns[kind] ?? generic);
}

function text(column: string, of: Cells): ListedColumn {
  return { name: column, type: 'text', of };
}

/** [doc] details of a user are for its owner and for MANAGE GRANTS; others see the name. */
function detail(column: string, of: Cells): ListedColumn {
  return text(column, (object, execution) => (owns(execution, object) || holdsOnAccount(execution, 'MANAGE GRANTS') ? of(object, execution) : null));
}

function property(object: CatalogObject | undefined, key: string): string | undefined {
  const value = object?.properties.get(key);
  return value == null ? undefined : String(value);
}

function grantsOn(object: CatalogObject, { account }: Execution, to: string): number {
  return account.grants.on({ kind: object.kind.name, path: object.path }).filter((grant) => grant.to.kind === to).length;
}

function argumentCount(object: CatalogObject): number {
  const types = /\((.*)\)$/.exec(lastPart(object.path))?.[1] ?? '';
  return types === '' ? 0 : types.split(',').length;
}

function yes(fact: boolean): string {
  return fact ? 'Y' : 'N';
}
