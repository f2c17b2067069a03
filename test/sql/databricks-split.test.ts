import { describe, expect, it } from 'vitest';
import { ScriptRefused } from '../../sql/script-refused.js';
import { splitScript } from '../../sql/split.js';

function pieces(script: string): readonly string[] {
  return splitScript(script, 'Databricks').map((statement) => statement.text);
}

function refusal(script: string): ScriptRefused {
  try {
    splitScript(script, 'Databricks');
  } catch (error) {
    if (error instanceof ScriptRefused) return error;
    throw error;
  }
  throw new Error(`accepted: ${script}`);
}

/** One statement each, although there are semicolons inside. */
const single: Readonly<Record<string, string>> = {
  'a string': `SELECT 'a;b'`,
  'a string with doubled quotes': `SELECT 'it''s; fine'`,
  'a string with an escaped quote': String.raw`SELECT 'it\'s; fine'`,
  'a string that ends in an escaped backslash': String.raw`SELECT 'a\\'`,
  'a string in double quotes': `SELECT "a;b'c"`,
  'a string in double quotes with an escaped quote': String.raw`SELECT "a\";b"`,
  'a name in backticks': 'SELECT `a;b``;c` FROM `t\\`',
  'a raw string': String.raw`SELECT r'a;\' , R"b;\"`,
  'a name that ends like the prefix of a raw string': String.raw`SELECT DATE'a\';b', xr'c\';d'`,
  'a dollar literal': `CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ a; b -- ' " $$`,
  'a dollar literal that touches a word': `CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS$$ a; $$`,
  'a dollar literal with a tag': 'CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $py$ a; $$ b; $px$ c; $ d $py$',
  'a dollar before the closing tag': 'SELECT $a$ x;$$a$',
  'an empty dollar literal': 'SELECT $$$$',
  'nested comments': `SELECT 1 /* a; /* b; */ c; */ , 2`,
  'stars and slashes in comments': 'SELECT 1 /**/ /***/ /*/ ; */ , 2',
  'quotes inside comments': `SELECT 1 -- it's;\n , 2 /* "x; \` */ , 3`,
  'named parameters': 'SELECT :a, ?, v:b.c::INT FROM IDENTIFIER(:t)',
  'a substitution': 'SELECT ${a.b}',
  'operators that are client commands elsewhere': 'SELECT a & b, !c, d % e, f @> g',
  'a table at a version': 'SELECT * FROM t@v1',
  'a compound statement': 'BEGIN SELECT 1; SELECT 2; END',
  'an empty compound statement': 'BEGIN END',
  'BEGIN ATOMIC': 'BEGIN ATOMIC INSERT INTO t VALUES (1); SELECT 2; END',
  'BEGIN NOT ATOMIC': 'BEGIN NOT ATOMIC SELECT 1; END',
  'a labelled compound statement': 'outer_block: BEGIN SELECT 1; END outer_block',
  'a label in backticks': '`a;b` : BEGIN SELECT 1; END `a;b`',
  'declarations in a block':
    "BEGIN DECLARE x INT DEFAULT 1; DECLARE VARIABLE y STRING; DECLARE c CONDITION FOR SQLSTATE VALUE '45000'; SELECT x; END",
  'a handler with a block': `BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION, SQLSTATE '22012' BEGIN SELECT 1; SELECT 2; END; SELECT 3; END`,
  'a handler with a labelled loop inside': 'BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND BEGIN a: LOOP LEAVE a; END LOOP a; END; SELECT 3; END',
  'a handler with one statement': 'BEGIN DECLARE EXIT HANDLER FOR NOT FOUND SET x = 1; SELECT 3; END',
  'IF with all its branches': 'BEGIN IF a = 1 THEN SELECT 1; ELSEIF b THEN SELECT 2; ELSE SELECT 3; END IF; END',
  'IF inside ELSE': 'BEGIN IF a THEN SELECT 1; ELSE IF b THEN SELECT 2; END IF; END IF; END',
  'FOR over a query': 'BEGIN FOR row AS SELECT * FROM t DO SELECT row.a; SELECT row.b; END FOR; END',
  'a labelled FOR': 'BEGIN l: FOR SELECT 1 DO LEAVE l; END FOR l; END',
  WHILE: 'BEGIN WHILE x > 0 DO SET x = x - 1; END WHILE; END',
  REPEAT: 'BEGIN REPEAT SET x = 1; UNTIL x > 0 END REPEAT; END',
  'a labelled LOOP': 'BEGIN l: LOOP ITERATE l; END LOOP l; END',
  'a CASE statement': 'BEGIN CASE WHEN a THEN SELECT 1; SELECT 2; WHEN b THEN SELECT 3; ELSE SELECT 4; END CASE; END',
  'a simple CASE statement': 'BEGIN CASE x WHEN 1 THEN SELECT 1; END CASE; END',
  'CASE expressions in a block': 'BEGIN SET x = CASE WHEN a THEN CASE b WHEN 1 THEN 2 END ELSE 3 END; SELECT x; END',
  'MERGE in a block': 'BEGIN MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN INSERT *; END',
  'names called end': 'BEGIN SELECT t.end, v:end AS end FROM t; SELECT 1; END',
  'a procedure': `CREATE OR REPLACE PROCEDURE p(IN x INT, OUT y INT) LANGUAGE SQL SQL SECURITY INVOKER COMMENT 'a;b' AS BEGIN SELECT 1; SET y = x; END`,
  'a procedure with a comment before its body':
    'CREATE PROCEDURE IF NOT EXISTS p() LANGUAGE SQL AS -- body;\n /* ; */ BEGIN NOT ATOMIC SELECT 1; END',
  'a procedure made in a block': 'BEGIN CREATE PROCEDURE p() AS BEGIN SELECT 1; END; SELECT 2; END',
  'a function that returns a query with an alias called begin': 'CREATE FUNCTION f() RETURNS TABLE (a INT) RETURN SELECT 1 AS begin',
  'a variable called exit': 'DECLARE exit INT DEFAULT 1',
  'a transaction in a block': 'BEGIN BEGIN TRANSACTION; COMMIT; END',
};

describe('one Databricks statement although there are semicolons or strange signs inside:', () => {
  it.each(Object.entries(single))('%s', (_, script) => {
    expect(pieces(script)).toEqual([script]);
    expect(pieces(`SELECT 0;\n${script};\nSELECT 9;`)).toEqual(['SELECT 0', script, 'SELECT 9']);
  });
});

describe('several Databricks statements:', () => {
  it.each([
    ['a transaction', 'BEGIN TRANSACTION; SELECT 1; COMMIT', ['BEGIN TRANSACTION', 'SELECT 1', 'COMMIT']],
    ['session variables', 'DECLARE OR REPLACE VARIABLE x INT; SET VAR x = 1', ['DECLARE OR REPLACE VARIABLE x INT', 'SET VAR x = 1']],
    ['an alias called begin', 'SELECT 1 AS begin; SELECT 2 AS end', ['SELECT 1 AS begin', 'SELECT 2 AS end']],
    ['a table called task', 'CREATE TABLE task AS SELECT 1 AS begin; SELECT 2', ['CREATE TABLE task AS SELECT 1 AS begin', 'SELECT 2']],
    ['a raw string that ends in a backslash', String.raw`SELECT r'\'; SELECT 2`, [String.raw`SELECT r'\'`, 'SELECT 2']],
    ['empty ones between', ';; SELECT 1 ;; /* x; /* y */ */ ; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    ['comments at their ends', '-- a\nSELECT 1 -- b;\n; /* c */ SELECT 2 -- d', ['SELECT 1', 'SELECT 2']],
    ['no blanks between', 'SELECT\'a\';SELECT`b`;SELECT"c"', ["SELECT'a'", 'SELECT`b`', 'SELECT"c"']],
    ['a path in a string', "CREATE CATALOG c MANAGED LOCATION 's3://a/b';SELECT 1", ["CREATE CATALOG c MANAGED LOCATION 's3://a/b'", 'SELECT 1']],
  ] as [string, string, string[]][])('%s', (_, script, expected) => {
    expect(pieces(script)).toEqual(expected);
  });

  it('know their lines, through nested comments and every kind of quote', () => {
    const script = "-- first\n\nSELECT 'a\nb';\r\n/* x\n/* y\n*/ */ SELECT 2;\nSELECT $a$\n$a$; SELECT `\n`;\nSELECT r'\n'; SELECT \"\n\"; SELECT 8";

    const statements = splitScript(script, 'Databricks');

    expect(statements.map((statement) => statement.line)).toEqual([3, 7, 8, 9, 11, 12, 13]);
    expect(statements.map(({ start, end }) => script.slice(start, end))).toEqual(statements.map((statement) => statement.text));
  });
});

/** Refused, with the line and a word of the reason. */
const refused: readonly (readonly [name: string, line: number, reason: RegExp, script: string])[] = [
  ['an empty script', 1, /no statement/, ''],
  ['a script of comments', 1, /no statement/, '-- nothing\n;;'],
  ['an open string', 2, /string is not closed/, "SELECT 1;\nSELECT 'a\nb"],
  ['an open string in double quotes', 1, /string is not closed/, 'SELECT "a'],
  ['an open string after an escaped quote', 1, /string is not closed/, String.raw`SELECT 'a\'`],
  ['an open raw string', 2, /raw string is not closed/, "\nSELECT r'a"],
  ['an open name', 2, /name is not closed/, '\nSELECT `a'],
  ['an open dollar literal', 2, /not closed/, '\nSELECT $$ a'],
  ['a dollar literal closed by another tag', 2, /"\$a\$" literal is not closed/, '\nSELECT $a$ b $c$'],
  ['a tag in other letters', 2, /same tag in other letters/, '\nSELECT $Tag$ b $TAG$ c $Tag$'],
  ['an open comment', 3, /comment is not closed/, 'SELECT 1;\n\n/* a\n\n'],
  ['a comment that closes only its inner one', 1, /comments? (is not closed|nest)/, 'SELECT 1 /* a /* b */\n;DROP CATALOG c;'],
  ['a hint', 2, /hint/, 'SELECT 1;\nSELECT /*+ BROADCAST(t) */ 1'],
  ['a hint in a comment', 1, /hint/, 'SELECT /* /*+ x */ 1'],
  ['a comment that goes on behind a backslash', 1, /backslash/, '-- a \\\nDROP CATALOG x;\nSELECT 1'],
  ['a comment that goes on behind a backslash and CR LF', 1, /backslash/, '-- a \\\r\nDROP CATALOG x;\nSELECT 1'],
  ['a comment that ends the script in a backslash', 1, /backslash/, 'SELECT 1 -- \\'],
  ['a carriage return in a comment', 2, /line break/, 'SELECT 1;\n-- a\rDROP CATALOG x;'],
  ['a raw string that touches a string', 1, /touches the end of a raw string/, "SELECT r'a''b'"],
  ['a string that touches a number', 1, /touches a number/, String.raw`SELECT 1.5r'a\';b'`],
  ['a slash comment', 1, /"\/\/"/, 'SELECT 1 // comment'],
  ['an address outside quotes', 1, /"\/\/"/, 'LIST s3://bucket'],
  ['#', 1, /"#"/, 'SELECT 1 # comment'],
  ['a backslash', 1, /backslash/, 'SELECT 1 \\ 2'],
  ['a lone dollar', 1, /stands alone/, 'SELECT $ 1'],
  ['a positional variable', 1, /stands alone/, 'SELECT $1'],
  ['a template', 1, /template/, 'USE CATALOG {{ catalog }}'],
  ['typographic quotes', 1, /U\+2019/, 'SELECT \u2019a\u2019'],
  ['a zero-width space', 2, /U\+200B/, 'SELECT 1;\nDROP\u200b CATALOG x'],
  ['a no-break space', 1, /U\+00A0/, 'SELECT\u00a01'],
  ['a form feed', 1, /U\+000C/, 'SELECT\f1'],
  ['a byte order mark', 1, /U\+FEFF/, '\ufeffSELECT 1'],
  ['NUL', 1, /U\+0000/, 'SELECT \0'],
  ['NUL in a comment', 1, /U\+0000/, 'SELECT 1 /* \0 */'],
  ['half a surrogate pair', 2, /surrogate/, "SELECT 1;\nSELECT '\ud83d'"],
  ['a notebook export', 1, /notebook/, '-- Databricks notebook source\nSELECT 1'],
  ['a notebook export with CR LF', 1, /notebook/, '-- Databricks notebook source\r\nSELECT 1'],
  ['a magic command', 2, /client program/, 'SELECT 1;\n%sql SELECT 1'],
  ['PUT', 2, /client program/, "SELECT 1;\nPUT '/tmp/x' INTO '/Volumes/a'"],
  ['GET', 1, /client program/, "get '/Volumes/a' TO '/tmp/x'"],
  ['REMOVE', 1, /client program/, "REMOVE '/Volumes/a'"],
  ['a shell command', 1, /client program/, '!ls'],
  ['a bare BEGIN, a transaction elsewhere', 1, /neither a block/, 'BEGIN; SELECT 1; COMMIT'],
  ['BEGIN WORK', 1, /neither a block/, 'BEGIN WORK; COMMIT'],
  ['BEGIN TRANSACTION with more behind it', 1, /neither a block/, 'BEGIN TRANSACTION x; COMMIT'],
  ['BEGIN NOT something else', 1, /neither a block/, 'BEGIN NOT x; END'],
  ['an open block', 1, /BEGIN block is not closed/, 'BEGIN\nSELECT 1;\nSELECT 2;'],
  ['an open inner block', 2, /IF block is not closed/, 'BEGIN\nIF a THEN SELECT 1;\n'],
  ['END IF for a block', 1, /END is not followed/, 'BEGIN SELECT 1; END IF'],
  ['END without IF', 1, /END does not fit/, 'BEGIN IF a THEN SELECT 1; END; END'],
  ['END LOOP for WHILE', 1, /END does not fit/, 'BEGIN WHILE a DO SELECT 1; END LOOP; END'],
  ['END for CASE', 1, /END does not fit/, 'BEGIN CASE WHEN a THEN SELECT 1; END; END'],
  ['two labels', 1, /END is not followed/, 'BEGIN SELECT 1; END a b'],
  ['a label behind a body', 1, /END is not followed/, 'CREATE PROCEDURE p() AS BEGIN SELECT 1; END p'],
  ['a last inner statement without its semicolon', 1, /not closed/, 'BEGIN SELECT 1 END'],
  ['a label before no block', 1, /label/, 'a: SELECT 1'],
  ['a label before nothing', 1, /label/, 'a:; SELECT 1'],
  ['a label that is a word of block structure', 1, /label/, 'end: BEGIN SELECT 1; END'],
  ['a labelled body', 1, /END/, 'CREATE PROCEDURE p() AS a: BEGIN SELECT 1; END'],
  ['a handler outside a block', 1, /handler/, 'DECLARE EXIT HANDLER FOR NOT FOUND BEGIN SELECT 1; END'],
  ['a handler around a loop', 1, /END/, 'BEGIN DECLARE EXIT HANDLER FOR NOT FOUND LOOP SELECT 1; END LOOP; END'],
  ['a task as Snowflake has it', 1, /END/, 'CREATE TASK t AS BEGIN SELECT 1; END'],
  ['a declaring block as Snowflake has it', 1, /block|END/, 'DECLARE x INT; BEGIN RETURN x; END; END'],
  ['a loop without DO', 1, /before its DO/, 'BEGIN WHILE a SELECT 1; END WHILE; END'],
  ['IF without THEN', 1, /before its THEN/, 'BEGIN IF a SELECT 1; END IF; END'],
  ['UNTIL without END REPEAT', 1, /UNTIL/, 'BEGIN REPEAT SELECT 1; UNTIL a; END REPEAT; END'],
  ['EXCEPTION as Snowflake has it', 1, /EXCEPTION/, 'BEGIN SELECT 1; EXCEPTION WHEN OTHER THEN SELECT 2; END'],
  ['a semicolon in brackets', 2, /";" stands where a "\("/, 'SELECT 1;\nSELECT (1;\n2)'],
  ['a bracket too many', 1, /closes nothing/, 'SELECT 1)'],
  ['an open substitution', 1, /"\{" is not closed/, 'SELECT ${a'],
  ['a semicolon in a CASE expression', 1, /CASE expression/, 'SELECT CASE WHEN 1 THEN 2; SELECT 3'],
  ...'END ELSE ELSEIF UNTIL WHEN THEN DO EXCEPTION IF FOR WHILE LOOP REPEAT CASE'
    .split(' ')
    .map((word) => [`${word} outside a block`, 2, new RegExp(word), `SELECT 1;\n${word} x`] as const),
];

describe('refused on Databricks with its line:', () => {
  it.each(refused)('%s', (_, line, reason, script) => {
    const refusedAs = refusal(script);

    expect(refusedAs.line).toBe(line);
    expect(refusedAs.message).toMatch(reason);
    expect(refusedAs).toMatchObject({ kind: 'script-refused', ambiguous: false });
    expect(refusedAs.next).not.toBe('');
  });

  it('without repeating what the script says', () => {
    expect(refusal("CREATE CONNECTION c OPTIONS (password 'hunter2").message).not.toContain('hunter2');
  });
});
