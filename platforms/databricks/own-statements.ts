// Every text that a runner sends besides decided statements, by name. All of them only read, but for the time limit of the session. Nothing is ever
// built from a text that came in a message: values become literals here.

/** The closed list. docs/security.md shows the same. */
export type OwnStatement =
  | { readonly name: 'identity' }
  | { readonly name: 'statement-timeout'; readonly seconds: number }
  | { readonly name: 'metastore-owner' }
  | { readonly name: 'metastore-privileges' }
  | { readonly name: 'object'; readonly relation: Relation; readonly path: readonly string[] };

/** Relations of `system.information_schema`, which show what exists in all catalogs (to whoever may see it). */
export type Relation = 'catalogs' | 'schemata' | 'tables' | 'routines' | 'volumes';

/** Columns that name an object, outermost first, and the one of its owner. */
const columns: Readonly<Record<Relation, { readonly path: readonly string[]; readonly owner: string }>> = {
  catalogs: { path: ['catalog_name'], owner: 'catalog_owner' },
  schemata: { path: ['catalog_name', 'schema_name'], owner: 'schema_owner' },
  tables: { path: ['table_catalog', 'table_schema', 'table_name'], owner: 'table_owner' },
  routines: { path: ['routine_catalog', 'routine_schema', 'routine_name'], owner: 'routine_owner' },
  volumes: { path: ['volume_catalog', 'volume_schema', 'volume_name'], owner: 'volume_owner' },
};

/** How many parts the name of an object has. */
export function partsOf(relation: Relation): number {
  return columns[relation].path.length;
}

export function textOf(statement: OwnStatement): string {
  switch (statement.name) {
    case 'identity':
      return 'SELECT session_user() AS user, current_metastore() AS metastore, unix_millis(current_timestamp()) AS now';
    case 'statement-timeout':
      return `SET STATEMENT_TIMEOUT = ${Math.trunc(statement.seconds)}`;
    case 'metastore-owner':
      return 'SELECT metastore_owner AS owner, is_account_group_member(metastore_owner) AS member FROM system.information_schema.metastores';
    case 'metastore-privileges':
      return 'SELECT grantee, privilege_type AS privilege, is_account_group_member(grantee) AS member FROM system.information_schema.metastore_privileges';
    case 'object': {
      const { path, owner } = columns[statement.relation];
      const conditions = path.map((column, index) => `${column} = ${literal((statement.path[index] ?? '').toLowerCase())}`);
      return `SELECT ${owner} AS owner, unix_millis(created) AS created FROM system.information_schema.${statement.relation} WHERE ${conditions.join(' AND ')}`;
    }
  }
}

/** `` `name` ``, with backticks inside doubled. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
