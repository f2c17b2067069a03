// The relations a SELECT can read: information_schema, of one catalog or of all, and tables, which hold no rows here. Column names:
// [doc] docs.databricks.com/aws/en/sql/language-manual/sql-ref-information-schema. A privilege_type is spelt with underscores there [known].
import type { Access } from './access.js';
import { notFound } from './errors.js';
import type { Securable, SecurableKind } from './metastore.js';
import type { Row } from './statement.js';

type Relation = (access: Access, catalogs: (securable: Securable) => boolean) => readonly Row[];

const historyColumns = ['comment', 'created', 'created_by', 'last_altered'];
const grantColumns = ['grantor', 'grantee', 'privilege_type', 'is_grantable', 'inherited_from'];

const relations: Readonly<Record<string, Relation>> = {
  catalogs: (access, inside) =>
    visible(access, 'CATALOG', inside).map((each) => ({ catalog_name: each.path[0] ?? '', catalog_owner: each.owner, ...history(each) })),
  schemata: (access, inside) =>
    visible(access, 'SCHEMA', inside).map((each) => ({
      catalog_name: each.path[0] ?? '',
      schema_name: each.path[1] ?? '',
      schema_owner: each.owner,
      ...history(each),
    })),
  tables: (access, inside) =>
    visible(access, 'TABLE', inside).map((each) => ({
      ...place(each, 'table'),
      table_type: each.shownKind === 'VIEW' ? 'VIEW' : 'MANAGED',
      table_owner: each.owner,
      ...history(each),
    })),
  routines: (access, inside) =>
    visible(access, 'FUNCTION', inside).map((each) => ({
      ...place(each, 'routine'),
      routine_type: 'FUNCTION',
      routine_owner: each.owner,
      ...history(each),
    })),
  volumes: (access, inside) =>
    visible(access, 'VOLUME', inside).map((each) => ({ ...place(each, 'volume'), volume_owner: each.owner, ...history(each) })),
  metastores: ({ metastore }) => [{ metastore_id: metastoreId, metastore_name: metastore.name, metastore_owner: metastore.root.owner }],
  metastore_privileges: (access) => privileges(access, 'METASTORE', () => true).map(({ grant }) => ({ ...grant, metastore_id: metastoreId })),
  catalog_privileges: (access, inside) =>
    privileges(access, 'CATALOG', inside).map(({ grant, on }) => ({ ...grant, catalog_name: on.path[0] ?? '' })),
  schema_privileges: (access, inside) =>
    privileges(access, 'SCHEMA', inside).map(({ grant, on }) => ({ ...grant, catalog_name: on.path[0] ?? '', schema_name: on.path[1] ?? '' })),
  table_privileges: (access, inside) => privileges(access, 'TABLE', inside).map(({ grant, on }) => ({ ...grant, ...place(on, 'table') })),
  routine_privileges: (access, inside) => privileges(access, 'FUNCTION', inside).map(({ grant, on }) => ({ ...grant, ...place(on, 'routine') })),
};

const metastoreId = '00000000-0000-4000-8000-00000000000e';

/** What a relation is called by to `SELECT *`, also when it has no rows. */
const columns: Readonly<Record<string, readonly string[]>> = {
  catalogs: ['catalog_name', 'catalog_owner', ...historyColumns],
  schemata: ['catalog_name', 'schema_name', 'schema_owner', ...historyColumns],
  tables: ['table_catalog', 'table_schema', 'table_name', 'table_type', 'table_owner', ...historyColumns],
  routines: ['routine_catalog', 'routine_schema', 'routine_name', 'routine_type', 'routine_owner', ...historyColumns],
  volumes: ['volume_catalog', 'volume_schema', 'volume_name', 'volume_owner', ...historyColumns],
  metastores: ['metastore_id', 'metastore_name', 'metastore_owner'],
  metastore_privileges: [...grantColumns, 'metastore_id'],
  catalog_privileges: [...grantColumns, 'catalog_name'],
  schema_privileges: [...grantColumns, 'catalog_name', 'schema_name'],
  table_privileges: [...grantColumns, 'table_catalog', 'table_schema', 'table_name'],
  routine_privileges: [...grantColumns, 'routine_catalog', 'routine_schema', 'routine_name'],
};

export interface Source {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** A relation by its full name. The columns of tables are not kept: one stands for all. @throws SqlError when it is absent or out of reach. */
export function sourceOf(access: Access, path: readonly string[]): Source {
  const [catalog = '', schema = '', table = ''] = path;
  if (schema === 'information_schema') {
    access.reach(path);
    const relation = Object.hasOwn(relations, table) ? relations[table] : undefined;
    if (relation === undefined) throw notFound('TABLE', path.join('.'));
    return { columns: columns[table] ?? [], rows: relation(access, (securable) => catalog === 'system' || securable.path[0] === catalog) };
  }
  access.require('SELECT', access.resolve('TABLE', path));
  return { columns: ['value'], rows: [] };
}

function visible(access: Access, kind: SecurableKind, inside: (securable: Securable) => boolean): Securable[] {
  return access.metastore.list(kind).filter((each) => inside(each) && access.sees(each));
}

function history({ comment, createdAt, createdBy, changedAt }: Securable): Row {
  return { comment: comment ?? null, created: new Date(createdAt), created_by: createdBy, last_altered: new Date(changedAt) };
}

function place({ path: [catalog = '', schema = '', name = ''] }: Securable, what: string): Row {
  return { [`${what}_catalog`]: catalog, [`${what}_schema`]: schema, [`${what}_name`]: name };
}

/** [doc] own privileges, and those of others on what the asker owns; metastore admins see all. */
function privileges(
  access: Access,
  kind: SecurableKind,
  inside: (securable: Securable) => boolean,
): { readonly grant: Row; readonly on: Securable }[] {
  return access.metastore
    .grants()
    .filter(({ on, principal }) => on.kind === kind && inside(on) && (access.principal.admin || access.is(principal) || access.owns(on)))
    .map(({ grantor, principal, privilege, on }) => ({
      grant: { grantor, grantee: principal, privilege_type: privilege.replaceAll(' ', '_'), is_grantable: 'NO', inherited_from: 'NONE' },
      on,
    }));
}
