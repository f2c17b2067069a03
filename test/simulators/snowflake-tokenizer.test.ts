import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../simulators/snowflake/mask.js';
import { splitStatements } from '../../simulators/snowflake/split.js';
import { tokenize } from '../../simulators/snowflake/tokenizer.js';

const values = (text: string): string[] => tokenize(text).map((token) => token.value);
const statements = (text: string): string[] => splitStatements(tokenize(text)).map((tokens) => tokens.map((token) => token.text).join(' '));

describe('tokens', () => {
  test('unquoted names are in upper case, quoted ones as written', () => {
    expect(values('create "My ""Db"".x" t$1')).toEqual(['CREATE', 'My "Db".x', 'T$1']);
  });

  test('strings end at a quote that is neither doubled nor escaped', () => {
    expect(values(String.raw`'it''s' 'a\'b' 'c\\' $$ ';' $$`)).toEqual(["it's", "a'b", 'c\\', " ';' "]);
  });

  test('a backslash in a quoted name stands for itself', () => {
    expect(values(String.raw`"a\" b`)).toEqual(['a\\', 'B']);
  });

  test('comments of all three forms disappear', () => {
    expect(values("a -- b ' \n c // d \n /* e ; */ f")).toEqual(['A', 'C', 'F']);
  });

  test('a token knows its line and column', () => {
    expect(tokenize('a\n  b')[1]).toMatchObject({ line: 2, position: 2 });
  });

  test.each(["'open", '"open', '$$ open', 'x /* open'])('%s is a syntax error, not a token', (text) => {
    expect(() => tokenize(text)).toThrow('syntax error line 1');
  });
});

describe('statements of one text', () => {
  test('semicolons in strings, bodies and comments do not cut', () => {
    expect(statements("select ';'; -- ;\n select $$;$$;")).toEqual(["select ';'", 'select $$;$$']);
  });

  test('a scripting block stays whole', () => {
    const block = 'BEGIN IF (a) THEN x := 1; END IF; FOR i IN 1 TO 3 LOOP CASE WHEN b THEN c; END CASE; END LOOP; END';

    expect(statements(`${block}; SELECT 1`)).toHaveLength(2);
    expect(statements(`DECLARE x INT; ${block}; SELECT 1`)).toHaveLength(2);
    expect(statements(`CREATE PROCEDURE p() RETURNS INT AS ${block}; SELECT 1`)).toHaveLength(2);
  });

  test('BEGIN of a transaction opens no block', () => {
    expect(statements('BEGIN; SELECT 1; COMMIT')).toHaveLength(3);
    expect(statements('BEGIN TRANSACTION; SELECT 1; COMMIT')).toHaveLength(3);
  });
});

describe('secrets', () => {
  test('are masked in both quote styles', () => {
    const masked = maskSecrets(`CREATE USER u PASSWORD = "p;1" LOGIN_NAME = 'l' CLIENT_SECRET='s'`);

    expect(masked).toBe("CREATE USER u PASSWORD = '****' LOGIN_NAME = 'l' CLIENT_SECRET='****'");
  });

  test('are masked without quotes too', () => {
    expect(maskSecrets('ALTER USER u SET PASSWORD = plain COMMENT = x')).toBe("ALTER USER u SET PASSWORD = '****' COMMENT = x");
  });

  test('a text that cannot be read shows nothing', () => {
    expect(maskSecrets("CREATE USER u PASSWORD = 'open")).not.toContain('open');
  });
});
