import { describe, expect, it } from 'vitest';
import type { PortError } from '../../activities/ports.js';
import { isRetryable } from '../../rules/failure-kind.js';
import { ScriptRefused } from '../../sql/script-refused.js';
import { splitScript } from '../../sql/split.js';

function pieces(script: string): readonly string[] {
  return splitScript(script, 'Snowflake').map((statement) => statement.text);
}

function refusal(script: string): ScriptRefused {
  try {
    splitScript(script, 'Snowflake');
  } catch (error) {
    if (error instanceof ScriptRefused) return error;
    throw error;
  }
  throw new Error(`accepted: ${script}`);
}

/** One statement each, although there are semicolons inside. */
const single: Readonly<Record<string, string>> = {
  'a string with a semicolon': `SELECT 'a;b'`,
  'a string with doubled quotes': `SELECT 'it''s; fine'`,
  'a string with an escaped quote': String.raw`SELECT 'it\'s; fine'`,
  'a string that ends in an escaped backslash': String.raw`SELECT 'a\\'`,
  'a quoted name with a semicolon': `SELECT "a;b"`,
  'a quoted name with doubled quotes': `SELECT "a"";b"`,
  'a quoted name that ends in a backslash': String.raw`SELECT "a\", ";"`,
  'a dollar literal': `CREATE FUNCTION f() RETURNS INT AS $$ select 1; -- ' " $$`,
  'an empty dollar literal': `SELECT $$$$`,
  'a dollar literal with single dollars': `SELECT $$ $a; $b $ $$`,
  'comments of all three kinds': `SELECT 1 -- a;b\n , 2 // c;d\n , 3 /* e;f */ , 4`,
  'quotes inside comments': `SELECT 1 -- it's\n , 2 /* "x */ , 3 // don't\n , 4`,
  'an anonymous block': `BEGIN SELECT 1; SELECT 2; END`,
  'an anonymous block that declares': `DECLARE x INT; y INT DEFAULT 1; BEGIN RETURN x; END`,
  'a declaration named like a procedure kind': `DECLARE c CURSOR FOR SELECT 1; e EXCEPTION (-20001, 'a;b'); BEGIN RETURN 1; END`,
  'a nested procedure in DECLARE': `DECLARE p PROCEDURE (a INT) RETURNS INT AS BEGIN RETURN a; END; BEGIN CALL p(1); END`,
  'DECLARE inside a block': `BEGIN DECLARE x INT; BEGIN x := 1; END; END`,
  'a procedure with a bare body': `CREATE OR REPLACE PROCEDURE p() RETURNS INT LANGUAGE SQL EXECUTE AS CALLER AS BEGIN SELECT 1; RETURN 1; END`,
  'a procedure whose body declares': `CREATE PROCEDURE p() RETURNS INT AS DECLARE x INT; BEGIN RETURN x; END`,
  'a comment between AS and BEGIN': `CREATE PROCEDURE p() RETURNS INT AS -- body;\n /* ; */ BEGIN RETURN 1; END`,
  'a secure function with a bare body': `CREATE OR REPLACE SECURE FUNCTION f() RETURNS INT AS BEGIN RETURN 1; END`,
  'a task with a bare body': `CREATE TASK t SCHEDULE = '1 MINUTE' WHEN SYSTEM$STREAM_HAS_DATA('s') AS BEGIN SELECT 1; SELECT 2; END`,
  'a task that runs as a user': `CREATE TASK t EXECUTE AS USER u AS BEGIN SELECT 1; END`,
  'a defined task': `DEFINE TASK t AS BEGIN SELECT 1; END`,
  'an alert with a bare action': `CREATE ALERT a IF (EXISTS (SELECT CASE WHEN 1 = 1 THEN 1 END)) THEN BEGIN SELECT 1; SELECT 2; END`,
  'a task that gets a new body': `ALTER TASK t MODIFY AS BEGIN SELECT 1; END`,
  'an alert that gets a new action': `ALTER ALERT a MODIFY ACTION BEGIN SELECT 1; END`,
  'an anonymous procedure': `WITH p AS PROCEDURE (a INT) RETURNS INT AS BEGIN RETURN a; END CALL p(1)`,
  'two anonymous procedures': `WITH p AS PROCEDURE () RETURNS INT AS BEGIN RETURN 1; END, q AS PROCEDURE () RETURNS INT AS DECLARE x INT; BEGIN RETURN x; END CALL q()`,
  'a transaction inside a block': `BEGIN BEGIN TRANSACTION; SELECT 1; COMMIT; BEGIN; BEGIN WORK NAME t; END`,
  'a block whose first statement is no transaction': `BEGIN name := 1; END`,
  'IF with all its branches': `BEGIN IF (a) THEN x := 1; ELSEIF (b) THEN x := 2; ELSE x := 3; END IF; END`,
  'IF inside ELSE': `BEGIN IF (a) THEN x := 1; ELSE IF (b) THEN x := 2; END IF; END IF; END`,
  'FOR with DO': `BEGIN FOR i IN 1 TO 10 DO x := i; END FOR; END`,
  'FOR with LOOP': `BEGIN FOR i IN REVERSE 1 TO 10 LOOP x := i; END LOOP; END`,
  'WHILE with DO': `BEGIN WHILE (x > 0) DO x := x - 1; END WHILE; END`,
  'WHILE with LOOP': `BEGIN WHILE (x > 0) LOOP x := x - 1; END LOOP; END`,
  'LOOP with a label': `BEGIN LOOP BREAK outer_loop; END LOOP outer_loop; END`,
  'REPEAT with UNTIL': `BEGIN REPEAT x := 1; UNTIL (x > 0) END REPEAT; END`,
  'a CASE statement': `BEGIN CASE (x) WHEN 1 THEN y := 1; y := 2; WHEN 2 THEN y := 3; ELSE y := 4; END CASE; END`,
  'a CASE statement that ends with END alone': `BEGIN CASE WHEN x = 1 THEN y := 1; END; END`,
  'a CASE expression in a CASE statement': `BEGIN CASE CASE WHEN a THEN 1 END WHEN 1 THEN y := 1; END; END`,
  'a CASE expression in a block': `BEGIN LET x := CASE WHEN a THEN 1 ELSE 2 END; RETURN x; END`,
  'handlers of exceptions': `BEGIN SELECT 1; EXCEPTION WHEN e1 OR e2 THEN RETURN 1; WHEN OTHER THEN SELECT 1; RETURN 2; END`,
  'MERGE in a block': `BEGIN MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN INSERT VALUES (1); END`,
  'a task made in a block': `BEGIN CREATE TASK t AS BEGIN SELECT 1; END; SELECT 2; END`,
  'a procedure made in a branch': `BEGIN IF (x) THEN CREATE PROCEDURE p() RETURNS INT AS BEGIN RETURN 1; END; END IF; END`,
  'names called end': `BEGIN SELECT start, end, t.end, v:end.x AS end FROM t; RETURN 1; END`,
  'a path that ends a CASE only at its END': `BEGIN RETURN CASE WHEN t.end THEN v:end ELSE 1 END; END`,
  'CHANGES with END': `BEGIN SELECT 1 FROM t CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -1) END (OFFSET => 0); END`,
  'a column called case': `BEGIN SELECT (case), t.case, v:case, case, 1 FROM t; END`,
  'a chain': `SHOW TABLES ->> SELECT "name" FROM $1`,
  'a stage path with a semicolon in quotes': `SELECT $1 FROM @"my;stage"/path`,
  'a session variable': `SET a = $b`,
};

describe('one statement although there are semicolons inside:', () => {
  it.each(Object.entries(single))('%s', (_, script) => {
    expect(pieces(script)).toEqual([script]);
    expect(pieces(`SELECT 0;\n${script};\nSELECT 9;`)).toEqual(['SELECT 0', script, 'SELECT 9']);
  });
});

describe('several statements:', () => {
  it.each([
    ['transactions', 'BEGIN; SELECT 1; COMMIT', ['BEGIN', 'SELECT 1', 'COMMIT']],
    ['named transactions', 'BEGIN TRANSACTION NAME t1; BEGIN WORK; COMMIT', ['BEGIN TRANSACTION NAME t1', 'BEGIN WORK', 'COMMIT']],
    ['an alias called begin', 'SELECT 1 AS begin; SELECT 2 AS end', ['SELECT 1 AS begin', 'SELECT 2 AS end']],
    ['a table called task', 'CREATE TABLE task AS SELECT 1 AS begin; SELECT 2', ['CREATE TABLE task AS SELECT 1 AS begin', 'SELECT 2']],
    [
      'a body in a string',
      `CREATE PROCEDURE p() RETURNS INT AS 'BEGIN; END'; SELECT 1`,
      [`CREATE PROCEDURE p() RETURNS INT AS 'BEGIN; END'`, 'SELECT 1'],
    ],
    ['stage paths', 'SELECT 1 FROM @s/a;SELECT 2', ['SELECT 1 FROM @s/a', 'SELECT 2']],
    ['empty ones between', ';; SELECT 1 ;; /* x; */ ; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['comments at their ends', '-- a\nSELECT 1 -- b;\n; /* c */ SELECT 2 // d', ['SELECT 1', 'SELECT 2']],
    ['no blanks between', `SELECT'a';SELECT"b";SELECT 1`, [`SELECT'a'`, 'SELECT"b"', 'SELECT 1']],
  ] as [string, string, string[]][])('%s', (_, script, expected) => {
    expect(pieces(script)).toEqual(expected);
  });

  it('knows the line and the offsets of each', () => {
    const script = "-- first\n\nSELECT 'a\nb';\r\n/* x\n*/ SELECT 2;\nSELECT $$\n$$; SELECT 4";

    const statements = splitScript(script, 'Snowflake');

    expect(statements.map((statement) => statement.line)).toEqual([3, 6, 7, 8]);
    expect(statements.map(({ start, end }) => script.slice(start, end))).toEqual(statements.map((statement) => statement.text));
  });

  it('gives tokens that count from the start of their statement', () => {
    const [, second] = splitScript('SELECT 1; USE "x"', 'Snowflake');

    expect(second?.tokens.map(({ start, end }) => second.text.slice(start, end))).toEqual(['USE', '"x"']);
  });
});

/** Refused, with the line and a word of the reason. */
const refused: readonly (readonly [name: string, line: number, reason: RegExp, script: string])[] = [
  ['an empty script', 1, /no statement/, ''],
  ['a script of comments', 1, /no statement/, '-- nothing\n;;'],
  ['an open string', 2, /string is not closed/, "SELECT 1;\nSELECT 'a\nb"],
  ['an open string after an escaped quote', 1, /string is not closed/, String.raw`SELECT 'a\'`],
  ['an open quoted name', 2, /name is not closed/, '\nSELECT "a'],
  ['an open dollar literal', 2, /not closed/, '\nSELECT $$ a'],
  ['an open comment', 3, /comment is not closed/, 'SELECT 1;\n\n/* a\n\n'],
  ['an open block', 1, /BEGIN block is not closed/, 'BEGIN\nSELECT 1;\nSELECT 2;'],
  ['an open inner block', 2, /IF block is not closed/, 'BEGIN\nIF (a) THEN SELECT 1;\n'],
  ['DECLARE without BEGIN', 1, /DECLARE block is not closed/, 'DECLARE x INT;'],
  ['END in DECLARE', 1, /still waits for its BEGIN/, 'DECLARE x INT; END'],
  ['a loop in DECLARE', 1, /still waits for its BEGIN/, 'DECLARE LOOP x; BEGIN RETURN 1; END'],
  ['BEGIN that could be a transaction after DECLARE', 1, /transaction/, 'DECLARE x INT; BEGIN; END'],
  ['a body that could be a transaction', 1, /transaction/, 'CREATE TASK t AS BEGIN;'],
  ['a transaction without the name it announces', 1, /not closed/, 'BEGIN WORK NAME;'],
  ['END IF for a block', 1, /END is not followed/, 'BEGIN SELECT 1; END IF'],
  ['END without IF', 1, /END does not fit/, 'BEGIN IF (a) THEN SELECT 1; END; END'],
  ['END LOOP for IF', 1, /END does not fit/, 'BEGIN IF (a) THEN SELECT 1; END LOOP; END'],
  ['END FOR for WHILE', 1, /END does not fit/, 'BEGIN WHILE (a) DO SELECT 1; END FOR; END'],
  ['two labels', 1, /END and its label/, 'BEGIN SELECT 1; END a b'],
  ['END without a semicolon', 2, /END is not followed/, 'BEGIN LOOP BREAK; END LOOP\n(1); END'],
  ['a semicolon in brackets', 2, /";" stands where a "\("/, 'SELECT 1;\nSELECT (1;\n2)'],
  ['a semicolon in square brackets', 1, /";" stands where/, 'SELECT [1;2]'],
  ['an open bracket', 1, /"\(" is not closed/, 'SELECT (1'],
  ['a bracket too many', 1, /closes nothing/, 'SELECT 1)'],
  ['crossed brackets', 1, /closes nothing/, 'SELECT ([1)]'],
  ['a semicolon in a CASE expression', 1, /CASE expression/, 'SELECT CASE WHEN 1 THEN 2; SELECT 3'],
  ['IF without THEN', 1, /before its THEN/, 'BEGIN IF (a) SELECT 1; END IF; END'],
  ['FOR without DO', 1, /before its DO or LOOP/, 'BEGIN FOR i IN c SELECT 1; END FOR; END'],
  ['UNTIL without END REPEAT', 1, /UNTIL/, 'BEGIN REPEAT SELECT 1; UNTIL (a); END REPEAT; END'],
  ['UNTIL outside REPEAT', 1, /UNTIL/, 'BEGIN SELECT 1; UNTIL (a) END REPEAT; END'],
  ['EXCEPTION without WHEN', 1, /EXCEPTION/, 'BEGIN SELECT 1; EXCEPTION SELECT 2; END'],
  ['WHEN in a plain block', 1, /WHEN/, 'BEGIN WHEN a THEN SELECT 1; END'],
  ...'END ELSE ELSEIF UNTIL WHEN THEN DO EXCEPTION IF FOR WHILE LOOP REPEAT CASE'
    .split(' ')
    .map((word) => [`${word} outside a block`, 2, new RegExp(word), `SELECT 1;\n${word} x`] as const),
  ['a block form we do not know', 1, /END/, 'CREATE WHATEVER PROCEDURE p() AS BEGIN SELECT 1; END'],
  ['://', 1, /:\/\//, 'SELECT 1 FROM s3://bucket'],
  ['a stage path with dashes', 1, /stage path/, 'SELECT 1 FROM @s/a--b'],
  ['a stage path with two slashes', 1, /stage path/, 'SELECT 1 FROM @s//a'],
  ['a stage path with a comment', 1, /stage path/, 'SELECT 1 FROM @s/*a*/'],
  ['an open quote in a stage path', 1, /not closed/, 'SELECT 1 FROM @"s'],
  ['$$ behind a word', 1, /touches a word/, 'CREATE FUNCTION f() RETURNS INT AS$$ 1 $$'],
  ['$$ before a word', 1, /touches a word/, 'SELECT $$ 1 $$AS x'],
  ['$$ behind a number', 1, /touches a word/, 'SELECT 1$$a$$'],
  ['three dollars', 1, /"\$"/, 'SELECT $$$ a $$'],
  ['a lone dollar', 1, /stands alone/, 'SELECT $ 1'],
  ['a carriage return in a comment', 2, /line break/, 'SELECT 1;\n-- a\rDROP DATABASE x;'],
  ['a line separator in a comment', 1, /line break/, '-- a\u2028DROP DATABASE x;\nSELECT 1'],
  ['&var', 1, /client program/, 'USE ROLE &role'],
  ['&{var}', 1, /client program/, 'USE ROLE &{role}'],
  ['!command', 2, /client program/, 'SELECT 1;\n!set variable_substitution=true'],
  ['a template', 1, /template/, 'USE ROLE {{ role }}'],
  ['a snow template', 1, /template/, 'USE ROLE <% role %>'],
  ['#', 1, /"#"/, 'SELECT 1 # comment'],
  ['a backtick', 1, /backtick/, 'SELECT `a`'],
  ['a backslash', 1, /backslash/, 'SELECT 1 \\ 2'],
  ['a comment in a comment', 2, /inside a comment/, 'SELECT 1;\n/* a /* b */ c */'],
  ['// behind a division', 1, /division/, 'SELECT 1 / // 2'],
  ['typographic quotes', 1, /U\+2019/, 'SELECT \u2019a\u2019'],
  ['a zero-width space', 2, /U\+200B/, 'SELECT 1;\nDROP\u200b DATABASE x'],
  ['a direction override', 1, /U\+202E/, 'SELECT \u202e1'],
  ['a byte order mark', 1, /U\+FEFF/, '\ufeffSELECT 1'],
  ['a no-break space', 1, /U\+00A0/, 'SELECT\u00a01'],
  ['a look-alike letter', 1, /U\+0410/, 'GRANT ROLE \u0410 TO USER u'],
  ['NUL', 1, /U\+0000/, 'SELECT \0'],
  ['NUL in a comment', 1, /U\+0000/, 'SELECT 1 /* \0 */'],
  ['half a surrogate pair', 2, /surrogate/, "SELECT 1;\nSELECT '\ud83d'"],
  ['a notebook export', 1, /notebook/, '-- Databricks notebook source\nSELECT 1'],
  ['PUT', 2, /client program/, 'SELECT 1;\nPUT file:///tmp/x @s'],
  ['GET', 1, /client program/, 'get @s file:///tmp/x'],
  ...'LIST LS REMOVE RM'.split(' ').map((word) => [word, 2, /client program/, `SELECT 1;\n${word} @s`] as const),
];

describe('refused with its line:', () => {
  it.each(refused)('%s', (_, line, reason, script) => {
    const refusedAs = refusal(script);

    expect(refusedAs.line).toBe(line);
    expect(refusedAs.message).toMatch(reason);
    expect(refusedAs.message).toMatch(new RegExp(`^Line ${line} of the script: `));
    expect(refusedAs).toMatchObject({ kind: 'script-refused', ambiguous: false });
    expect(refusedAs.next).not.toBe('');
  });

  it('as an error that every port may throw', () => {
    const refusedAs: PortError = refusal('');

    expect(refusedAs).toBeInstanceOf(Error);
    expect(isRetryable(refusedAs.kind)).toBe(false);
  });

  it('never repeats what the script says', () => {
    expect(refusal("ALTER USER u SET PASSWORD = 'hunter2").message).not.toContain('hunter2');
  });
});
