import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../../rules/script-policy.js';
import { planScript } from '../../sql/plan-script.js';
import { maskLiterals, redact, redactAll, secretLiterals } from '../../sql/redact.js';
import { splitScript } from '../../sql/split.js';
import { summarize } from '../../sql/summarize.js';

const bootstrap = planScript(readFileSync('test/sql/scripts/databricks-bootstrap.sql', 'utf8'), 'Databricks', 'bootstrap');
const cleanup = planScript(readFileSync('test/sql/scripts/databricks-cleanup.sql', 'utf8'), 'Databricks', 'cleanup');

describe('a Databricks bootstrap script', () => {
  it('says in words what will be there', () => {
    const { summary, classes } = summarize({ bootstrap, cleanup });

    expect(summary).toContain('Bootstrap: creates 1 catalog, 2 schemas, 1 table, 1 function; replaces function immuta.immuta_system.mask; ');
    expect(summary).toContain('grants USE CATALOG on CATALOG system to 0c8a-sp; ');
    expect(summary).toContain('grants OWNERSHIP on CATALOG immuta to 0c8a-sp; ');
    expect(summary).toMatch(/drops nothing\. Cleanup: takes back 3 grants; drops catalog immuta\.$/);
    expect(classes).toEqual({ create: 5, session: 1, replace: 1, grant: 2, elevated: 4, revoke: 3, drop: 1 });
  });

  it('names what a person has to know, with its line', () => {
    const { dangers } = summarize({ bootstrap, cleanup });

    expect(dangers).toContain(
      'Line 21 of the bootstrap script gives 0c8a-sp SELECT on TABLE system.access.audit: it opens a part of the platform’s own records.',
    );
    expect(dangers.join('\n')).not.toContain('drops catalog'); // of the bootstrap script's own making
    expect(summarize({ cleanup }).dangers).toContain('Line 4 of the cleanup script drops catalog immuta with all that it holds.');
  });

  it('asks for approval where it replaces what may have been there, whatever was asked', () => {
    const question = {
      asked: 'automatic',
      allowAutomatic: true,
      bootstrap: bootstrap.planned,
      cleanup: cleanup.planned,
      manifestNames: ['immuta'],
    } as const;

    expect(effectivePolicy(question).effective).toBe('approval');
  });
});

const secret = 'hunter2-Zq9';

describe('a secret in a Databricks script', () => {
  it.each([
    `CREATE CONNECTION c TYPE postgresql OPTIONS (host 'h', password '${secret}')`,
    `CREATE CONNECTION c TYPE postgresql OPTIONS (host 'h', password "${secret}")`,
    `CREATE CONNECTION c TYPE postgresql OPTIONS (password r'${secret}')`,
    `CREATE CONNECTION c TYPE postgresql OPTIONS ("password" = '${secret}')`,
    `CREATE CONNECTION c TYPE postgresql OPTIONS (\`password\` = '${secret}')`,
    `CREATE CONNECTION c TYPE http OPTIONS (bearer_token $t$${secret}$t$)`,
    `SET VAR client_secret = '${secret}'`,
    `DECLARE VARIABLE password STRING DEFAULT "${secret}"`,
    `-- password: ${secret}\nSELECT 1 -- token: ${secret}\n + 1`,
    `CREATE FUNCTION f() RETURNS STRING LANGUAGE PYTHON AS $py$ password = "${secret}" $py$`,
    `SELECT 'jdbc:x://u:${secret}@h/d'`,
    `CREATE CONNECTION c OPTIONS (password '${secret}`,
  ])('is hidden in %s', (statement) => {
    expect(redact(statement, 'Databricks')).not.toContain(secret);
  });

  it('is hidden wherever else it stands in the script', () => {
    const statements = splitScript(
      `CREATE CONNECTION c OPTIONS (password 'it"s-${secret}'); SELECT "it\\"s-${secret}", r'it"s-${secret}'`,
      'Databricks',
    );

    expect(redactAll(statements).join('\n')).not.toContain(secret);
  });

  it('is masked in the platform’s messages, as the platform reads it', () => {
    const secrets = secretLiterals(String.raw`CREATE CONNECTION c OPTIONS (password "a\u0041\x\"b-${secret}")`, 'Databricks');

    expect(maskLiterals(`bad password aAx"b-${secret}!`, secrets)).toBe('bad password [redacted]!');
  });

  it('is nothing where none is announced', () => {
    const statement = "GRANT USE CATALOG ON CATALOG `immuta` TO `sp` -- it's for Immuta";

    expect(redact(statement, 'Databricks')).toBe(statement);
  });
});
