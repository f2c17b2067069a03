import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskLiterals, redact, redactAll, secretLiterals } from '../../sql/redact.js';
import { lexStatement, splitScript } from '../../sql/split.js';
import { countLooks } from './count-looks.js';

const secret = 'hunter2-Zq9';

function shown(statement: string): string {
  return redact(statement, 'Snowflake');
}

/** Every way to write the secret as a literal. */
const styles: readonly ((value: string) => string)[] = [
  (value) => `'${value}'`,
  (value) => `"${value}"`,
  (value) => `$$${value}$$`,
  (value) => `'${value}' || 'x'`,
];

const names =
  'PASSWORD password "PASSWORD" SECRET_STRING TOKEN RSA_PUBLIC_KEY RSA_PUBLIC_KEY_2 OAUTH_CLIENT_SECRET PRIVATE_KEY private_key_passphrase API_KEY AWS_SECRET_KEY AZURE_SAS_TOKEN MASTER_KEY OAUTH_REFRESH_TOKEN ACCESS_KEY PWD user_pw'.split(
    ' ',
  );
const assignments = [' = ', '=', ' ', ' => ', ' := ', ' /* the value; */ = ', " = -- it's\n "];

describe('a literal after a name that announces a secret', () => {
  it.each(names)('is hidden after %s in every style', (name) => {
    for (const style of styles) {
      for (const assignment of assignments) {
        const directlyQuoted = name.startsWith('"') && assignment === ' ';
        if (directlyQuoted) continue; // `"PASSWORD" 'x'` is no shape of any statement
        for (const frame of [
          'CREATE USER u # DEFAULT_ROLE = "R"',
          'ALTER USER u SET #',
          'CREATE SECRET s #',
          'FROBNICATE x # y',
          'ALTER SOMETHING x SET a = 1, #',
        ]) {
          expect(shown(frame.replace('#', () => name + assignment + style(secret)))).not.toContain('hunter2');
        }
      }
    }
  });

  it.each([
    "CREATE STAGE s URL = 's3://b' CREDENTIALS = (AWS_KEY_ID = 'AKIA' AWS_SECRET_KEY = '#')",
    "CREATE STAGE s ENCRYPTION = (TYPE = 'AWS_CSE' MASTER_KEY = '#')",
    "CREATE USER u PASSWORD = ('#')",
    "CREATE USER u PASSWORD = CONCAT('a', '#')",
    'CREATE USER u PASSWORD = #',
    "SET password = '#'",
    "SET my_secret = (SELECT '#')",
    "SELECT set_password('bob', '#')",
    "CALL set_password('bob', '#')",
    "CALL make_user('bob', password => '#')",
    "INSERT INTO t (name, password) VALUES ('bob', '#')",
    "UPDATE t SET password = '#' WHERE name = 'bob'",
    "SELECT { 'password': '#' }",
    'SELECT PARSE_JSON(\'{"user": 1, "password": "#"}\')',
    "EXECUTE IMMEDIATE 'ALTER USER u SET PASSWORD = ''#'''",
    "EXECUTE IMMEDIATE 'ALTER USER u SET PASS\\x57ORD = ''#'''",
    "SELECT 'p\\x61ssword = #'",
    "EXECUTE IMMEDIATE $$ALTER USER u SET PASSWORD = '#'$$",
    "BEGIN LET password VARCHAR := '#'; ALTER USER u SET PASSWORD = :password; END",
    "DECLARE token VARCHAR(80) DEFAULT '#'; BEGIN RETURN token; END",
    "CREATE PROCEDURE p() RETURNS INT AS BEGIN ALTER USER u SET PASSWORD = '#'; RETURN 1; END",
    "CREATE PROCEDURE p() RETURNS INT AS 'BEGIN ALTER USER u SET PASSWORD = ''#''; RETURN 1; END'",
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE JAVASCRIPT AS $$ // don\'t\n var password = "#"; $$',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE JAVASCRIPT AS $$ var options = { "password": `#` }; $$',
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE JAVASCRIPT AS $$ var a = "\\""; var my_token =\n   "#"; $$',
    "CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON AS $$\nPASSWORD: str = 'a' + \\\n  '#'\n$$",
    'CREATE PROCEDURE p() RETURNS INT LANGUAGE PYTHON AS $$\nkey = dict(private_key="""\n-----\n#\n""")\n$$',
    'CREATE SERVICE s FROM SPECIFICATION $$\nenv:\n  PASSWORD: #\n$$',
    "SELECT 'https://user:#@example.com/'",
    "SELECT 'https://example.com/?sig=#'",
    "SELECT 'eyJ:#'",
    "SELECT '-----BEGIN PRIVATE KEY-----\n#\n'",
    "CREATE USER u SOMETHING_NEW = '#'",
    'CREATE USER u SOMETHING_NEW = "#"',
    "CREATE OR REPLACE USER u COMMENT = 'his password: #'",
    'GRANT ROLE r /* password: # */ TO USER u',
    "GRANT ROLE r -- PASSWORD = '#'\n TO USER u",
    "ALTER USER u SET PASSWORD = 'a'\n  /* the old token was '#' */ COMMENT = 'x'",
    "CREATE API INTEGRATION i API_KEY = '#'",
    "CREATE NOTIFICATION INTEGRATION i WEBHOOK_SECRET = db.s.x WEBHOOK_HEADERS = ('Authorization' = 'Basic #')",
    "CREATE USER u IDENTIFIED BY '#'",
    "ALTER USER u ADD PROGRAMMATIC ACCESS TOKEN '#'",
    "COPY INTO t FROM 's3://b' CREDENTIALS = (AWS_TOKEN = '#')",
  ])('is hidden in %s', (statement) => {
    const text = statement.replaceAll('#', () => secret);

    expect(shown(text)).not.toContain('hunter2');
    expect(shown(text)).toContain('[redacted]');
    expect(maskLiterals(`SQL compilation error: unexpected '${secret}'.`, secretLiterals(text, 'Snowflake'))).not.toContain('hunter2');
  });

  it('is hidden whatever it is made of', () => {
    const value = fc.string({ minLength: 4, maxLength: 40 }).map((text) => `s3cr${text.replace(/[\p{Surrogate}]/gu, '')}`);

    fc.assert(
      fc.property(value, fc.constantFrom('PASSWORD', 'SECRET_STRING', 'rsa_public_key'), fc.constantFrom('=', ' '), (plain, name, assignment) => {
        for (const literal of [
          `'${plain.replace(/['\\]/g, '\\$&')}'`,
          `'${plain.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
          `"${plain.replaceAll('"', '""')}"`,
        ]) {
          const text = `ALTER USER u SET ${name}${assignment}${literal}`;

          expect(shown(text)).not.toContain('s3cr');
          expect(maskLiterals(`unexpected ${plain} and ${literal}`, secretLiterals(text, 'Snowflake'))).not.toContain('s3cr');
        }
      }),
    );
  });
});

it('is hidden wherever in a statement it stands', () => {
  const words = 'CREATE ALTER USER SET GRANT SELECT x y.z ( ) , = => := : . 1 TRUE $v TYPE COMMENT DEFAULT VARCHAR'
    .split(' ')
    .concat("'it'", '"n"', '$$ b $$', '/* c */');
  const part = fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((parts) => parts.join(' '));

  fc.assert(
    fc.property(
      part,
      fc.constantFrom('PASSWORD', 'a.secret', 'my_token'),
      fc.constantFrom(' = ', ' ', ' := ', ' => (', ' VARCHAR DEFAULT '),
      part,
      (before, name, way, after) => {
        expect(shown(`${before} ${name}${way}'${secret}' ${after}`)).not.toContain('hunter2');
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('what is no secret stays readable:', () => {
  it.each([
    'GRANT MANAGE GRANTS ON ACCOUNT TO ROLE "IMMUTA_SYSTEM"',
    "COMMENT ON DATABASE d IS 'holds the token store'",
    "CREATE USER u LOGIN_NAME = 'u' DEFAULT_ROLE = \"R\" EMAIL = 'a@example.com' MUST_CHANGE_PASSWORD = TRUE",
    'CREATE PASSWORD POLICY p PASSWORD_MIN_LENGTH = 14 PASSWORD_MAX_AGE_DAYS = 30',
    'CREATE SECRET "db"."s" TYPE = GENERIC_STRING',
    'CREATE PROCEDURE p(token VARCHAR) RETURNS VARCHAR AS $$ return TOKEN; $$',
    "SELECT 'it''s; fine' AS token",
  ])('%s', (statement) => {
    expect(shown(statement)).toBe(statement);
  });

  it('hides the literal and nothing around it', () => {
    expect(shown(`CREATE USER "u" PASSWORD="a;b" DEFAULT_ROLE = "R" COMMENT = 'Immuta'`)).toBe(
      `CREATE USER "u" PASSWORD='[redacted]' DEFAULT_ROLE = "R" COMMENT = 'Immuta'`,
    );
  });
});

describe('over a whole script', () => {
  it('a variable that becomes a password is hidden where it is set', () => {
    const statements = splitScript(`SET x = '${secret}'; SELECT 1; CREATE USER u PASSWORD = $x`, 'Snowflake');

    expect(redactAll(statements)).toEqual([`SET x = '[redacted]'`, 'SELECT 1', 'CREATE USER u PASSWORD = $x']);
  });

  it('a secret is hidden wherever the same string stands', () => {
    const statements = splitScript(`CREATE USER u PASSWORD = '${secret}'; SELECT '${secret}'`, 'Snowflake');

    expect(redactAll(statements).join()).not.toContain('hunter2');
  });
});

describe('characters that nobody sees', () => {
  it('are written out', () => {
    expect(shown("SELECT '\u202edrop\u202c' /* \u200b\u001b[31m */, 1")).toBe(String.raw`SELECT '\u202edrop\u202c' /* \u200b\u001b[31m */, 1`);
    expect(shown("SELECT 'a\r\n\tb\rc\u{e0041}'")).toBe("SELECT 'a\r\n\tb\\u000dc\\u{e0041}'");
  });
});

describe('a text that cannot be read with certainty', () => {
  it('is hidden whole, and is a secret as a whole', () => {
    expect(shown("ALTER USER u SET PASSWORD = 'hunter2")).toBe('[redacted]');
    expect(secretLiterals("PASSWORD = 'hunter2", 'Snowflake')).toEqual(["PASSWORD = 'hunter2"]);
  });
});

describe('masking a message', () => {
  it('hides every form of a value, long ones first, whatever the case', () => {
    const secrets = secretLiterals("ALTER USER u SET PASSWORD = 'it''s-Long' RSA_PUBLIC_KEY = 'it'", 'Snowflake');

    expect(maskLiterals("near 'it''s-Long', IT'S-LONG, it, bit", secrets)).toBe("near '[redacted]', [redacted], [redacted], bit");
  });

  it('hides single lines of a key of several', () => {
    const secrets = secretLiterals("ALTER USER u SET RSA_PUBLIC_KEY = 'MIIBIjANBg\nkqhkiG9w0B'", 'Snowflake');

    expect(maskLiterals('invalid key kqhkiG9w0B', secrets)).toBe('invalid key [redacted]');
  });

  it('takes values literally and leaves a message without any alone', () => {
    expect(maskLiterals('a.b+c', ['a.b+', ''])).toBe('[redacted]c');
    expect(maskLiterals('axb', ['a.b'])).toBe('axb');
    expect(maskLiterals('nothing', [])).toBe('nothing');
  });
});

it('works in step with the input on bodies full of secret words', () => {
  for (const unit of ['token ', 'token=token= ;', 'password\n\n', "token' ", 'pass word = ', '`"\'token', 'secret:\n']) {
    const [small = 0, large = 0] = [20_000, 40_000].map((length) => {
      const lexed = lexStatement(`SELECT $$${unit.repeat(length / unit.length)}$$`, 'Snowflake');
      return countLooks(() => void redactAll([lexed]));
    });

    expect(large).toBeLessThanOrEqual(2.2 * small + 1_000);
  }
});
