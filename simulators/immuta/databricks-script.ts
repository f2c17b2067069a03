// Bootstrap and cleanup in the shape of the vendor's: a catalog of Immuta's own with schemas, tables and functions, backtick names, grants to the service
// principal, with audit grants on the system tables, both comment styles (nested too), and a semicolon where a naive splitter stumbles. The vendor
// publishes no text of either; what the catalog holds is made up.
//
// Who runs it stays the owner of the catalog, and so may drop it again: at the vendor being a metastore admin alone is not enough for a DROP CATALOG.
import type { Switches } from './switches.js';

export interface DatabricksFootprint {
  readonly catalog: string;
  /** The service principal Immuta uses afterwards. */
  readonly principal: string;
  readonly audit: boolean;
}

export function databricksBootstrapScript(footprint: DatabricksFootprint, { opaqueStatements }: Switches): string {
  const catalog = quoted(footprint.catalog);
  return [
    '-- Immuta bootstrap script for Databricks Unity Catalog. Run all of it, in order, in one session; it cannot be run twice.',
    '/*\n * Creates the Immuta catalog and the grants it needs;\n * /* a metastore admin has to run it */ with CREATE CATALOG on the metastore.\n */',
    ...catalogGroup(catalog),
    ...grantGroup(catalog, quoted(footprint.principal)),
    ...(footprint.audit ? auditGroup(quoted(footprint.principal)) : []),
    ...(opaqueStatements ? ['', `EXECUTE IMMEDIATE 'DESCRIBE CATALOG ${footprint.catalog}';`] : []),
    '',
  ].join('\n');
}

export function databricksCleanupScript(catalog: string): string {
  return [
    '-- Immuta cleanup script for Databricks Unity Catalog.',
    '/* Removes what the bootstrap script created; data outside the Immuta catalog is not touched. */',
    `DROP CATALOG IF EXISTS ${quoted(catalog)} CASCADE;`,
    '',
  ].join('\n');
}

const schemas = ['immuta_system', 'immuta_policies', 'immuta_functions', 'immuta_entitlements'] as const;

function catalogGroup(catalog: string): string[] {
  return [
    '',
    '-- 1. the catalog and what lies in it',
    `CREATE CATALOG ${catalog} COMMENT 'Managed by Immuta; do not change what\\'s in it by hand -- or by script';`,
    ...schemas.map((schema) => `CREATE SCHEMA IF NOT EXISTS ${catalog}.${quoted(schema)};`),
    `USE CATALOG ${catalog};`,
    'CREATE TABLE IF NOT EXISTS `immuta_system`.`allow_list` (`name` STRING NOT NULL, `kind` STRING NOT NULL) USING DELTA;',
    'CREATE TABLE IF NOT EXISTS `immuta_system`.`profiles` (',
    '  `username` STRING NOT NULL, -- as the workspace spells it; lower case',
    '  `attributes` MAP<STRING, STRING>',
    ") USING DELTA TBLPROPERTIES ('delta.appendOnly' = 'false');",
    'CREATE TABLE IF NOT EXISTS `immuta_system`.`version` (`version` BIGINT NOT NULL) USING DELTA;',
    "CREATE TABLE IF NOT EXISTS `immuta_entitlements`.`entitlements` (`principal` STRING, `table` STRING, `filter` STRING) COMMENT 'one row; one rule';",
    'CREATE FUNCTION IF NOT EXISTS `immuta_functions`.`is_allowed`(candidate STRING)',
    '  RETURNS BOOLEAN',
    '  RETURN EXISTS (SELECT 1 FROM `immuta_system`.`allow_list` WHERE `name` = candidate);',
    'CREATE FUNCTION IF NOT EXISTS `immuta_functions`.`normalize`(name STRING)',
    '  RETURNS STRING',
    '  LANGUAGE PYTHON',
    '  AS $$',
    '    # one name; the shortest wins',
    "    return name.strip().lower(); # it's not SQL",
    '  $$;',
    "ALTER TABLE `immuta_system`.`version` SET TBLPROPERTIES ('immuta.schema' = '1');",
  ];
}

function grantGroup(catalog: string, principal: string): string[] {
  return [
    '',
    '/* 2. what the service principal may do in it */',
    `GRANT USE CATALOG, CREATE SCHEMA ON CATALOG ${catalog} TO ${principal};`,
    `GRANT ALL PRIVILEGES ON CATALOG ${catalog} TO ${principal};`,
    `GRANT MANAGE ON CATALOG ${catalog} TO ${principal};`,
    ...schemas.map((schema) => `GRANT USE SCHEMA, CREATE TABLE, CREATE FUNCTION ON SCHEMA ${catalog}.${quoted(schema)} TO ${principal};`),
    `GRANT SELECT, MODIFY ON TABLE ${catalog}.\`immuta_system\`.\`profiles\` TO ${principal};`,
    `GRANT EXECUTE ON FUNCTION ${catalog}.\`immuta_functions\`.\`is_allowed\` TO \`account users\`;`,
  ];
}

function auditGroup(principal: string): string[] {
  return [
    '',
    '-- 3. audit: what happened in the account',
    `GRANT USE CATALOG ON CATALOG system TO ${principal};`,
    ...['access', 'query'].map((schema) => `GRANT USE SCHEMA ON SCHEMA system.${schema} TO ${principal};`),
    ...['access.audit', 'access.table_lineage', 'access.column_lineage', 'query.history'].map(
      (table) => `GRANT SELECT ON TABLE system.${table} TO ${principal};`,
    ),
  ];
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
