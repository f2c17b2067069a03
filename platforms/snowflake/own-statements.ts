// Every text that a runner sends besides decided statements, by name. All of them only read, but for the one that ends a statement of ours and those
// that move a new session to where the script stood in the last one. Nothing is ever built from a text that came in a message: values become quoted
// identifiers or literals here.

/** The closed list. docs/security.md shows the same. */
export type OwnStatement =
  | { readonly name: 'identity' }
  | { readonly name: 'place' }
  | { readonly name: 'use-warehouse'; readonly warehouse: string }
  | { readonly name: 'use-database'; readonly database: string }
  | { readonly name: 'use-schema'; readonly database: string; readonly schema: string }
  | { readonly name: 'account-parameter'; readonly parameter: 'QUOTED_IDENTIFIERS_IGNORE_CASE' }
  | { readonly name: 'grants-to-role'; readonly role: string }
  | { readonly name: 'list'; readonly kind: ListedKind; readonly like: string }
  | { readonly name: 'list-schemas'; readonly database: string; readonly like: string }
  | { readonly name: 'history'; readonly since: Date }
  | { readonly name: 'cancel'; readonly queryId: string };

export type ListedKind = 'database' | 'role' | 'user' | 'warehouse';

/** The table function gives at most this many rows, and takes no more (Snowflake: QUERY_HISTORY, RESULT_LIMIT). A full page is not known to be all. */
export const historyLimit = 10_000;

/** SHOW gives at most this many rows. */
export const showLimit = 10_000;

const plurals: Readonly<Record<ListedKind, string>> = { database: 'DATABASES', role: 'ROLES', user: 'USERS', warehouse: 'WAREHOUSES' };

export function textOf(statement: OwnStatement): string {
  switch (statement.name) {
    case 'identity':
      return 'SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_TIMESTAMP()';
    case 'place':
      return 'SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA()';
    case 'use-warehouse':
      return `USE WAREHOUSE ${quoteIdentifier(statement.warehouse)}`;
    case 'use-database':
      return `USE DATABASE ${quoteIdentifier(statement.database)}`;
    case 'use-schema':
      return `USE SCHEMA ${quoteIdentifier(statement.database)}.${quoteIdentifier(statement.schema)}`;
    case 'account-parameter':
      return `SHOW PARAMETERS LIKE '${statement.parameter}' IN ACCOUNT`;
    case 'grants-to-role':
      return `SHOW GRANTS TO ROLE ${quoteIdentifier(statement.role)}`;
    case 'list':
      return `SHOW ${plurals[statement.kind]} LIKE ${wideningPattern(statement.like)}`;
    case 'list-schemas':
      return `SHOW SCHEMAS LIKE ${wideningPattern(statement.like)} IN DATABASE ${quoteIdentifier(statement.database)}`;
    case 'cancel':
      return `SELECT SYSTEM$CANCEL_QUERY('${queryIdOf(statement.queryId)}')`;
    case 'history':
      // No WHERE: time range and limit are applied before it, and only the whole page shows whether it was full.
      return (
        'SELECT QUERY_ID, QUERY_TAG, EXECUTION_STATUS, START_TIME FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(' +
        `END_TIME_RANGE_START => TO_TIMESTAMP_LTZ('${statement.since.toISOString()}'), RESULT_LIMIT => ${historyLimit}))`
      );
  }
}

/** Snowflake's ids are UUIDs; anything else would be somebody else's text in ours. */
function queryIdOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw new TypeError('expected the id of a query');
}

/** `"name"`, with quotes inside doubled. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * A LIKE literal that matches at least the name. "_" and "%" in it stay wildcards, and a backslash becomes one: whichever way the server reads
 * escapes, the pattern can only be too wide, never so narrow that an object that is there goes unseen. Callers compare names exactly.
 */
function wideningPattern(name: string): string {
  return `'${name.replaceAll('\\', '_').replaceAll("'", "''")}'`;
}
