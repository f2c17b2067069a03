import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptRefused } from '../../sql/script-refused.js';
import type { Statement } from '../../sql/split.js';
import { splitScript } from '../../sql/split.js';
import { countLooks } from './count-looks.js';

/** Each is exactly one statement. */
const samples: readonly string[] = [
  'USE CATALOG `a;b``c`',
  `SELECT 'it''s;' || "a\\"b;" -- why; not\n AS end`,
  'SELECT /* ; /* -- */ ; */ 1',
  String.raw`SELECT r'a;\', R"b;\"`,
  'SELECT $$ ; -- \' " /* $$',
  'CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $py$ a; $$ ; $py$',
  'SELECT CASE WHEN a THEN 1 ELSE 2 END, t.end, v:end, :p, ? FROM t',
  'BEGIN TRANSACTION',
  'COMMIT',
  'DECLARE VARIABLE x INT DEFAULT 1',
  'BEGIN NOT ATOMIC SELECT 1; BEGIN TRANSACTION; COMMIT; END',
  "BEGIN DECLARE EXIT HANDLER FOR SQLSTATE '22012' BEGIN SELECT 1; END; SELECT 2; END",
  'l: BEGIN IF a THEN SELECT 1; ELSEIF b THEN SELECT 2; ELSE m: LOOP LEAVE m; END LOOP m; END IF; END l',
  'BEGIN FOR i AS SELECT 1 DO SELECT i; END FOR; WHILE a DO SELECT 1; END WHILE; REPEAT SELECT 1; UNTIL a END REPEAT; END',
  'BEGIN CASE a WHEN 1 THEN SELECT CASE WHEN b THEN 1 END; ELSE SELECT 2; END CASE; END',
  'CREATE OR REPLACE PROCEDURE p() LANGUAGE SQL AS BEGIN CREATE PROCEDURE q() AS BEGIN SELECT 1; END; END',
  'CREATE FUNCTION f() RETURNS INT RETURN 1',
  'GRANT USE CATALOG ON CATALOG `immuta` TO `a-b`',
  'MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE',
];
const fragments: readonly string[] = [
  ...'BEGIN END IF THEN ELSE ELSEIF CASE WHEN LOOP FOR DO WHILE REPEAT UNTIL DECLARE HANDLER EXIT ATOMIC NOT RETURN'.split(' '),
  ...'CREATE PROCEDURE FUNCTION AS SELECT x r TRANSACTION ( ) { } , ; ; . : \' " ` $$ $a$ $ -- /* /*+ */ \\ 1 @ & ? \u200b \u00e9'.split(' '),
  '\n',
  '\r',
  ' ',
];

const separators = [';', ';\n', ' ; -- a;b\n', ";/* it's /* ; */ */", ';\r\n-- "\n', ';;\n;'];
const script = fc.array(fc.tuple(fc.constantFrom(...samples), fc.constantFrom(...separators)), { minLength: 1, maxLength: 12 });
const noise = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join(' '));
const tightNoise = fc.array(fc.constantFrom(...fragments), { maxLength: 30 }).map((parts) => parts.join(''));
const damaged = fc.tuple(script, fc.nat(), fc.nat({ max: 12 }), fc.constantFrom('', ...fragments)).map(([parts, at, length, inserted]) => {
  const whole = parts.flat().join('');
  const from = at % whole.length;
  return whole.slice(0, from) + inserted + whole.slice(from + length);
});
const anything = fc.oneof(noise, tightNoise, damaged, fc.string({ unit: 'binary', maxLength: 60 }));

function split(text: string): readonly Statement[] | undefined {
  try {
    return splitScript(text, 'Databricks');
  } catch (error) {
    if (error instanceof ScriptRefused) return undefined;
    throw error;
  }
}

function texts(statements: readonly Statement[] | undefined): readonly string[] | undefined {
  return statements?.map((statement) => statement.text);
}

/** What is left of the text between two statements without its comments. An independent reading: one comment after the other, from the inside. */
function withoutComments(between: string): string {
  let rest = '';
  let depth = 0;
  for (let at = 0; at < between.length; at++) {
    const two = between.slice(at, at + 2);
    if (two === '/*' || (depth > 0 && two === '*/')) {
      depth += two === '/*' ? 1 : -1;
      at++;
    } else if (depth === 0 && two === '--') {
      const end = between.indexOf('\n', at);
      at = end < 0 ? between.length : end;
    } else if (depth === 0) rest += between[at];
  }
  return rest.replaceAll(/[\s;]/g, '');
}

describe('the splitter of Databricks scripts', () => {
  it('gives back the statements it was given, however they were joined', () => {
    fc.assert(
      fc.property(script, (parts) => {
        expect(texts(split(parts.flat().join('')))).toEqual(parts.map(([statement]) => statement));
      }),
    );
  });

  it.each(samples)('takes as one, put inside BEGIN .. END: %s', (statement) => {
    const block = `BEGIN\n${statement};\nEND`;

    expect(texts(split(block))).toEqual([block]);
    expect(texts(split(`${block};x: BEGIN ${block}; END x`))).toHaveLength(2);
  });

  it('loses no text of any script, whole or damaged: between two pieces stand blanks, comments and semicolons only', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const statements = split(text);
        if (statements === undefined) return;

        let at = 0;
        for (const { start, end, text: piece, line } of statements) {
          expect(withoutComments(text.slice(at, start))).toBe('');
          expect(text.slice(start, end)).toBe(piece);
          expect(line).toBe(text.slice(0, start).split('\n').length);
          at = end;
        }
        expect(withoutComments(text.slice(at))).toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  it('splits each piece to itself, with equal tokens', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const statement of split(text) ?? []) {
          const again = split(statement.text);

          expect(texts(again)).toEqual([statement.text]);
          expect(again?.[0]?.tokens.map(({ kind, start, end, word }) => [kind, start, end, word])).toEqual(
            statement.tokens.map(({ kind, start, end, word }) => [kind, start, end, word]),
          );
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives the same pieces when what it gave is joined and split again', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const once = texts(split(text)) ?? ['SELECT 1'];

        expect(texts(split(once.join(';\n')))).toEqual(once);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Inputs that make naive lexers look again and again at what they have seen. */
const adversarial: Readonly<Record<string, string>> = {
  'open block comments': '/* ',
  'comments in comments': '/*/**/',
  'line comments': '--\n',
  'empty strings': "''",
  'raw strings': "r'' ",
  'strings with escapes': "'\\'' ",
  'quoted names': '``',
  'dollar literals': '$$ $$ ',
  'tags that do not close': '$a$ $b$ ',
  'dollars in a literal': '$$ $a',
  'open brackets': '(',
  'blocks in blocks': 'BEGIN ',
  'labels without end': 'a: BEGIN ',
  'CASE expressions': 'x CASE ',
  semicolons: ';',
  'long words': 'abcdefgh',
};

describe('on Databricks the work grows in step with the input for', () => {
  it.each(Object.entries(adversarial))('%s', (_, unit) => {
    const [small = 0, large = 0] = [4_096, 8_192].map((length) => countLooks(() => split(`SELECT ${unit.repeat(Math.ceil(length / unit.length))}`)));

    expect(large).toBeLessThanOrEqual(2.1 * small + 100);
    expect(large).toBeLessThanOrEqual(5 * 8_192 + 100);
  });
});
