import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../../rules/script-policy.js';
import { sha256Hex } from '../../sql/digest.js';
import { planScript } from '../../sql/plan-script.js';
import { summarize } from '../../sql/summarize.js';

const bootstrapText = readFileSync('test/sql/scripts/bootstrap.sql', 'utf8');
const cleanupText = readFileSync('test/sql/scripts/cleanup.sql', 'utf8');
const bootstrap = planScript(bootstrapText, 'Snowflake', 'bootstrap');
const cleanup = planScript(cleanupText, 'Snowflake', 'cleanup');

describe('a bootstrap script as Immuta writes them', () => {
  it('becomes its statements, each with exact text and hash', () => {
    expect(bootstrap.statements).toHaveLength(41);
    expect(bootstrap.hashes).toEqual(bootstrap.statements.map(sha256Hex));
    expect(bootstrap.planned.statements.map((statement) => statement.sha256)).toEqual(bootstrap.hashes);
    expect(bootstrap.planned.statements.map((statement) => statement.index)).toEqual(bootstrap.hashes.map((_, index) => index));
    expect(bootstrap.planned).toMatchObject({ purpose: 'bootstrap', sha256: sha256Hex(bootstrapText) });
    for (const [index, text] of bootstrap.statements.entries()) {
      const line = bootstrap.planned.statements[index]?.line ?? 0;
      expect(
        bootstrapText
          .split('\n')
          .slice(line - 1)
          .join('\n'),
      ).toContain(text);
    }
  });

  it('shows no secret, and runs with it', () => {
    expect(bootstrap.statements.join('\n')).toContain('xK9;');
    expect(JSON.stringify([bootstrap.planned, bootstrap.findings, summarize({ bootstrap, cleanup })])).not.toMatch(/xK9|MIIB/);
  });

  it('says in words what will be there', () => {
    const { summary, classes } = summarize({ bootstrap, cleanup });

    expect(summary).toContain('Bootstrap: creates 1 database, 4 schemas, 2 roles, 1 user, ');
    expect(summary).toContain('grants MANAGE GRANTS, APPLY MASKING POLICY, APPLY ROW ACCESS POLICY on account to IMMUTA_SYSTEM; ');
    expect(summary).toMatch(
      /drops nothing\. Cleanup: .*drops database IMMUTA, role IMMUTA_IMPERSONATION, user IMMUTA_SYSTEM_ACCOUNT, role IMMUTA_SYSTEM\.$/,
    );
    expect(classes).toMatchObject({ create: 15, drop: 4, revoke: 3 });
    expect(Object.values(classes).reduce((sum, count) => sum + count)).toBe(bootstrap.statements.length + cleanup.statements.length);
  });

  it('may run on its own where that is allowed', () => {
    const question = { asked: 'automatic', allowAutomatic: true, bootstrap: bootstrap.planned, cleanup: cleanup.planned, manifestNames: [] } as const;

    expect(effectivePolicy(question).effective).toBe('automatic');
  });
});

describe('the dangers', () => {
  it('name script and line', () => {
    const { dangers } = summarize({ bootstrap, cleanup });

    expect(dangers).toContain('Line 28 of the bootstrap script gives IMMUTA_SYSTEM MANAGE GRANTS on ACCOUNT: it holds for the whole account.');
  });

  it('leave out what the cleanup script drops and revokes of the bootstrap script’s own making', () => {
    expect(summarize({ bootstrap, cleanup }).dangers.join('\n')).not.toContain('cleanup script');
  });

  it('hold every drop of a cleanup script that stands alone', () => {
    const dangers = summarize({ cleanup }).dangers.join('\n');

    expect(dangers).toContain('Line 8 of the cleanup script drops database IMMUTA.');
    expect(dangers).toContain('Line 11 of the cleanup script drops role IMMUTA_SYSTEM.');
  });

  it('say that there is no cleanup script', () => {
    const { dangers, summary } = summarize({ bootstrap });

    expect(dangers[0]).toContain('no cleanup script');
    expect(summary).toContain('Cleanup: none.');
  });

  it('and the summary stay on their lines, whatever a quoted name holds', () => {
    const hostile = planScript('DROP DATABASE "A\n\nBootstrap: drops nothing.";', 'Snowflake', 'cleanup');

    const { dangers, summary } = summarize({ cleanup: hostile });

    expect(summary).toBe('Cleanup: drops database A\\u000a\\u000aBootstrap: drops nothing..');
    expect(dangers.join('')).not.toContain('\n');
  });

  it('tell of drops, replacements, code and characters nobody sees', () => {
    const text =
      'DROP ROLE r;\nCREATE OR REPLACE USER u;\nCALL p();\nSELECT \'\u202e\';\nCREATE DATABASE "a\u202eb"; CREATE OR REPLACE SCHEMA "a\u202eb".c';

    const { dangers } = summarize({ bootstrap: planScript(text, 'Snowflake', 'bootstrap') });

    expect(dangers.slice(1)).toEqual([
      'Line 1 of the bootstrap script drops role R.',
      'Line 2 of the bootstrap script replaces user U: what it holds or was granted is lost.',
      'Line 3 of the bootstrap script calls a procedure, which only the platform can read.',
      'Line 4 of the bootstrap script holds characters that nobody sees, written out here.',
      'Line 5 of the bootstrap script holds characters that nobody sees, written out here.',
      String.raw`Line 5 of the bootstrap script replaces schema a\u202eb.C: what it holds or was granted is lost.`,
      'Line 5 of the bootstrap script holds characters that nobody sees, written out here.',
    ]);
  });

  it('are cut where nobody could read them all, and the rest is counted', () => {
    const { dangers } = summarize({ cleanup: planScript('DROP ROLE r;'.repeat(300), 'Snowflake', 'cleanup') });

    expect(dangers).toHaveLength(201);
    expect(dangers.at(-1)).toBe('There are 100 more dangers. Read the script itself.');
  });
});
