// Bootstrap and cleanup in the shape of the vendor's: groups of statements under a role each, quoted names, a CREATE DATABASE that cannot run twice,
// `$$` bodies, both comment styles, and a semicolon where a naive splitter stumbles. What the published examples leave out (table layouts, procedure
// bodies) is made up.
//
// The cleanup script has to work on whatever a bootstrap script that stopped anywhere has left, so it holds nothing but USE ROLE and DROP .. IF
// EXISTS. It drops as ACCOUNTADMIN, which stands above every owner because the system role is granted to SYSADMIN before
// it owns anything.
import type { Switches } from './switches.js';

export interface SnowflakeFootprint {
  readonly database: string;
  readonly warehouse: string;
  /** The role the system account logs in with; absent in older payloads. */
  readonly role: string | undefined;
  /** Absent with OAuth: the identity provider decides who it is. */
  readonly username: string | undefined;
  /** Only with a password does the script make the account; with a key pair the admin made it before. */
  readonly password: string | undefined;
  readonly impersonationRole: string | undefined;
  readonly audit: boolean;
}

/** The role that owns what Immuta keeps in the account. */
export function systemRole(database: string): string {
  return `${database}_SYSTEM`;
}

export function snowflakeBootstrapScript(footprint: SnowflakeFootprint, switches: Switches): string {
  const system = quoted(systemRole(footprint.database));
  return [
    '-- Immuta bootstrap script for Snowflake. Run all of it, in order, in one session; it cannot be run twice.',
    '/*\n * Creates the Immuta database, the system role, and the grants they need;\n * a user that may use every role named below has to run it.\n */',
    ...databaseGroup(quoted(footprint.database)),
    ...identityGroup(footprint, system, switches),
    ...ownershipGroup(footprint, quoted(footprint.database), system),
    ...accountGroup(footprint, system),
    ...(switches.opaqueStatements ? ['', `CALL ${quoted(footprint.database)}."IMMUTA_PROCEDURES"."REFRESH_PROFILES"();`] : []),
    '',
  ].join('\n');
}

export function snowflakeCleanupScript(footprint: SnowflakeFootprint): string {
  const { database, username, password, impersonationRole } = footprint;
  return [
    '-- Immuta cleanup script for Snowflake.',
    '/* Removes what the bootstrap script created; data outside the Immuta database is not touched. */',
    'USE ROLE ACCOUNTADMIN;',
    `DROP DATABASE IF EXISTS ${quoted(database)};`,
    '',
    '-- accounts and roles',
    ...(username !== undefined && password !== undefined ? [`DROP USER IF EXISTS ${quoted(username)};`] : []),
    ...(impersonationRole !== undefined ? [`DROP ROLE IF EXISTS ${quoted(impersonationRole)};`] : []),
    `DROP ROLE IF EXISTS ${quoted(systemRole(database))};`,
    '',
  ].join('\n');
}

function databaseGroup(database: string): string[] {
  const at = (schema: string, name: string): string => `${database}.${quoted(schema)}.${quoted(name)}`;
  return [
    '',
    '-- 1. the database and what lies in it',
    'USE ROLE SYSADMIN;',
    `CREATE DATABASE ${database};`,
    `ALTER DATABASE ${database} SET COMMENT = 'Managed by Immuta; do not change what''s in it by hand -- or by script';`,
    ...['IMMUTA_SYSTEM', 'IMMUTA_POLICIES', 'IMMUTA_PROCEDURES', 'IMMUTA_FUNCTIONS'].map(
      (schema) => `CREATE SCHEMA IF NOT EXISTS ${database}.${quoted(schema)};`,
    ),
    `CREATE TABLE IF NOT EXISTS ${at('IMMUTA_SYSTEM', 'ALLOW_LIST')} ("NAME" VARCHAR(255) NOT NULL, "KIND" VARCHAR(32) NOT NULL);`,
    `CREATE TABLE IF NOT EXISTS ${at('IMMUTA_SYSTEM', 'PROFILES')} (`,
    '  "USERNAME" VARCHAR(255) NOT NULL, -- as Snowflake spells it; upper case',
    '  "ATTRIBUTES" VARIANT',
    ');',
    `CREATE TABLE IF NOT EXISTS ${at('IMMUTA_SYSTEM', 'VERSION')} ("VERSION" NUMBER(38, 0) NOT NULL);`,
    `CREATE PROCEDURE ${at('IMMUTA_PROCEDURES', 'REFRESH_PROFILES')}()`,
    '  RETURNS VARCHAR',
    '  LANGUAGE SQL',
    '  EXECUTE AS OWNER',
    '  AS',
    '$$',
    'BEGIN',
    `  DELETE FROM ${at('IMMUTA_SYSTEM', 'PROFILES')} WHERE "USERNAME" = ''; -- leftovers`,
    "  RETURN 'refreshed; nothing else to do';",
    'END;',
    '$$;',
    `CREATE PROCEDURE ${at('IMMUTA_PROCEDURES', 'CURRENT_VERSION')}()`,
    '  RETURNS VARCHAR',
    '  LANGUAGE JAVASCRIPT',
    '  EXECUTE AS OWNER',
    '  AS',
    '$$',
    '  // one row; the newest wins',
    `  var rows = snowflake.execute({ sqlText: 'SELECT MAX("VERSION") FROM ${at('IMMUTA_SYSTEM', 'VERSION').replaceAll("'", "\\'")}' });`,
    '  rows.next();',
    '  return String(rows.getColumnValue(1));',
    '$$;',
    `CREATE FUNCTION IF NOT EXISTS ${at('IMMUTA_FUNCTIONS', 'IS_ALLOWED')}(candidate VARCHAR)`,
    '  RETURNS BOOLEAN',
    '  AS',
    '$$',
    `  EXISTS (SELECT 1 FROM ${at('IMMUTA_SYSTEM', 'ALLOW_LIST')} WHERE "NAME" = candidate)`,
    '$$;',
  ];
}

function identityGroup(footprint: SnowflakeFootprint, system: string, { doubleQuotedPassword }: Switches): string[] {
  const { username, password, impersonationRole } = footprint;
  return [
    '',
    '-- 2. who Immuta is in this account',
    'USE ROLE USERADMIN;',
    `CREATE ROLE IF NOT EXISTS ${system} COMMENT = 'Immuta''s own role; owns the Immuta database';`,
    ...(impersonationRole === undefined ? [] : [`CREATE ROLE ${quoted(impersonationRole)};`]),
    ...(username === undefined || password === undefined
      ? []
      : [
          `CREATE USER IF NOT EXISTS ${quoted(username)}`,
          `  PASSWORD = ${doubleQuotedPassword ? quoted(password) : literal(password)}`,
          `  LOGIN_NAME = ${literal(username)}`,
          `  DEFAULT_ROLE = ${system}`,
          `  DEFAULT_WAREHOUSE = ${quoted(footprint.warehouse)}`,
          `  DEFAULT_NAMESPACE = ${quoted(footprint.database)}`,
          '  MUST_CHANGE_PASSWORD = FALSE;',
        ]),
  ];
}

function ownershipGroup(footprint: SnowflakeFootprint, database: string, system: string): string[] {
  const { username, password, role, impersonationRole } = footprint;
  const own = (what: string): string => `GRANT OWNERSHIP ON ${what} TO ROLE ${system} COPY CURRENT GRANTS;`;
  return [
    '',
    '/* 3. who owns what; from here on only the system role may change it */',
    'USE ROLE SECURITYADMIN;',
    `GRANT ROLE ${system} TO ROLE SYSADMIN;`,
    ...(username === undefined ? [] : [`GRANT ROLE ${system} TO USER ${quoted(username)};`]),
    ...(role === undefined || role === systemRole(footprint.database) ? [] : [`GRANT ROLE ${system} TO ROLE ${quoted(role)};`]),
    ...(impersonationRole === undefined ? [] : [own(`ROLE ${quoted(impersonationRole)}`)]),
    ...(username === undefined || password === undefined ? [] : [own(`USER ${quoted(username)}`)]),
    `GRANT USAGE ON WAREHOUSE ${quoted(footprint.warehouse)} TO ROLE ${system};`,
    own(`ALL TABLES IN SCHEMA ${database}."IMMUTA_SYSTEM"`),
    own(`ALL PROCEDURES IN SCHEMA ${database}."IMMUTA_PROCEDURES"`),
    own(`ALL FUNCTIONS IN SCHEMA ${database}."IMMUTA_FUNCTIONS"`),
    ...['IMMUTA_SYSTEM', 'IMMUTA_POLICIES', 'IMMUTA_PROCEDURES', 'IMMUTA_FUNCTIONS'].map((schema) => own(`SCHEMA ${database}.${quoted(schema)}`)),
    own(`DATABASE ${database}`),
  ];
}

function accountGroup(footprint: SnowflakeFootprint, system: string): string[] {
  const privileges = ['APPLY MASKING POLICY', 'APPLY ROW ACCESS POLICY', 'MANAGE GRANTS', 'CREATE ROLE'];
  return [
    '',
    '-- 4. what it may do to the whole account',
    'USE ROLE ACCOUNTADMIN;',
    ...privileges.map((privilege) => `GRANT ${privilege} ON ACCOUNT TO ROLE ${system} WITH GRANT OPTION;`),
    ...(footprint.audit ? ['-- audit: query history', `GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE ${system};`] : []),
  ];
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

// Snowflake reads backslash escapes inside single quotes.
function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
