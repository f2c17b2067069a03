// Scripts made for measuring. Sizes are in characters; all of them are ASCII, so characters are bytes.

/** The mix of a bootstrap script: sessions, creations, grants, a body in dollar quotes, a block, comments. At least `size` long, by whole parts. */
export function bootstrapLikeScript(size: number): string {
  return repeated(
    size,
    (part) => `
-- Part ${part}: it's a comment; with a semicolon
USE ROLE SYSADMIN;
CREATE SCHEMA IF NOT EXISTS "IMMUTA".SCHEMA_${part};
CREATE TABLE IF NOT EXISTS "IMMUTA".SCHEMA_${part}.PROFILES (id NUMBER AUTOINCREMENT, profile VARIANT COMMENT 'JSON; one row a user');
GRANT ALL PRIVILEGES ON SCHEMA "IMMUTA".SCHEMA_${part} TO ROLE "IMMUTA_SYSTEM"; /* not
 the last */
CREATE FUNCTION IF NOT EXISTS "IMMUTA".SCHEMA_${part}.is_exempt(username VARCHAR)
  RETURNS BOOLEAN
  AS $$
    -- not exempt; unless listed
    SELECT COUNT(*) > 0 FROM "IMMUTA".IMMUTA_SYSTEM.ALLOW_LIST AS list WHERE list.username = username
  $$;
EXECUTE IMMEDIATE 'SELECT ''it''s ${part}''';
BEGIN
  LET number INT := ${part};
  IF (number > 0) THEN
    SELECT 'positive; indeed';
  END IF;
END;
`,
  );
}

/** One thing only, and much of it: where a scanner that looks back, or ahead, becomes quadratic. */
export const awkwardScripts: Readonly<Record<string, (size: number) => string>> = {
  'one long string': (size) => `SELECT '${'x'.repeat(size)}';`,
  'one long comment': (size) => `/* ${'x '.repeat(size / 2)} */ SELECT 1;`,
  'comment lines': (size) => `${repeated(size, (part) => `-- ${part}\n`)}SELECT 1;`,
  'doubled quotes': (size) => `SELECT '${"''".repeat(size / 2)}';`,
  'one long statement': (size) => `SELECT ${repeated(size, (part) => `c${part}, `)}1;`,
  'many small statements': (size) => repeated(size, (part) => `SELECT ${part};\n`),
  'many grants': (size) => repeated(size, (part) => `GRANT USAGE ON SCHEMA "IMMUTA".S${part} TO ROLE "R${part}";\n`),
  'one body with many lines': (size) =>
    `CREATE PROCEDURE P() RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $$\n${repeated(size, (part) => `var v${part} = 'a;b';\n`)}$$;`,
};

function repeated(size: number, part: (index: number) => string): string {
  const parts: string[] = [];
  for (let length = 0, index = 0; length < size; index++) {
    const text = part(index);
    parts.push(text);
    length += text.length;
  }
  return parts.join('');
}
