-- Sets up the Immuta catalog; /* run as a metastore admin.
/* Comments nest /* here; */ and hold semicolons; */
CREATE CATALOG `immuta` COMMENT "used by Immuta; don't change";
USE CATALOG `immuta`;
CREATE SCHEMA IF NOT EXISTS immuta.immuta_system;
CREATE SCHEMA IF NOT EXISTS `immuta`.`immuta_policies`;
CREATE TABLE IF NOT EXISTS immuta.immuta_system.user_entitlements (
  username STRING COMMENT 'the user''s name; lower case',
  groups ARRAY<STRING>
) USING DELTA;
CREATE OR REPLACE FUNCTION immuta.immuta_system.mask(value STRING)
  RETURNS STRING
  RETURN CASE WHEN is_account_group_member('immuta_exempt') THEN value ELSE NULL END;
CREATE FUNCTION immuta.immuta_system.digest(value STRING)
  RETURNS STRING LANGUAGE PYTHON AS $py$
    return value; # "not" the end;
$py$;
GRANT USE CATALOG, USE SCHEMA, SELECT, MODIFY ON CATALOG immuta TO `0c8a-sp`;
GRANT USE CATALOG ON CATALOG system TO `0c8a-sp`;
GRANT USE SCHEMA ON SCHEMA system.access TO `0c8a-sp`;
GRANT SELECT ON TABLE system.access.audit TO `0c8a-sp`;
ALTER SCHEMA immuta.immuta_policies OWNER TO `0c8a-sp`;
ALTER CATALOG immuta SET OWNER TO `0c8a-sp`
