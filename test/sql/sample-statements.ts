// Statements that belong together with everything hard about them: quotes, comments, blocks, transactions. Each is exactly one statement.
export const sampleStatements: readonly string[] = [
  'USE ROLE "ACCOUNTADMIN"',
  'CREATE DATABASE "a;b""c"',
  `CREATE USER u PASSWORD = "x;y'z"`,
  `SELECT 'it''s;' || 'a\\'b' -- why; not\n AS end`,
  'SELECT /* ; */ 1 // ;\n + 2',
  'SELECT $$ ; -- \' " /* $$',
  'SELECT CASE WHEN a THEN 1 ELSE 2 END, t.end, v:end FROM t',
  'BEGIN',
  'BEGIN WORK NAME x',
  'COMMIT',
  'BEGIN SELECT 1; BEGIN TRANSACTION; COMMIT; END',
  'DECLARE x INT; p PROCEDURE () RETURNS INT AS BEGIN RETURN 1; END; BEGIN CALL p(); END',
  'BEGIN IF (a) THEN SELECT 1; ELSEIF (b) THEN SELECT 2; ELSE LOOP BREAK; END LOOP; END IF; END',
  'BEGIN FOR i IN 1 TO 3 DO x := i; END FOR; WHILE (a) LOOP SELECT 1; END LOOP; REPEAT SELECT 1; UNTIL (a) END REPEAT; END',
  'BEGIN CASE (a) WHEN 1 THEN SELECT CASE WHEN b THEN 1 END; ELSE SELECT 2; END CASE; EXCEPTION WHEN OTHER THEN SELECT 3; END',
  'CREATE OR REPLACE PROCEDURE p() RETURNS INT EXECUTE AS OWNER AS DECLARE x INT; BEGIN RETURN x; END',
  'CREATE TASK t WHEN (a) AS BEGIN CREATE TASK u AS BEGIN SELECT 1; END; END',
  'CREATE ALERT a IF (EXISTS (SELECT 1)) THEN BEGIN SELECT 1; END',
  'WITH p AS PROCEDURE () RETURNS INT AS BEGIN RETURN 1; END CALL p()',
  'SELECT $1 FROM @"s;t"/a',
  'SHOW ROLES ->> SELECT "name" FROM $1',
  'GRANT MANAGE GRANTS ON ACCOUNT TO ROLE r',
  "ALTER ALERT a MODIFY ACTION BEGIN SELECT ';'; END",
  'MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE',
];

/** What damaged and random scripts are made of. */
export const fragments: readonly string[] = [
  ...'BEGIN END IF THEN ELSE ELSEIF CASE WHEN LOOP FOR DO WHILE REPEAT UNTIL DECLARE EXCEPTION'.split(' '),
  ...'CREATE PROCEDURE TASK AS ALTER WITH SELECT x TRANSACTION EXECUTE ( ) , ; ; . : \' " $$ $ -- // /* */ @s \\ 1 ->> & \u200b \u00e9'.split(' '),
  '\n',
  '\r',
  ' ',
];
