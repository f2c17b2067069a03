import { expect, test } from 'vitest';
import { styled } from '../../client/safe-text.js';
import { planLines } from '../../client/show-plan.js';
import type { Plan } from '../../domain/plan.js';

const procedure = 'CREATE PROCEDURE P() AS\n$$\n  -- nothing to see\n  DROP DATABASE PROD;\n$$';
const statement = (index: number, text: string) => ({ index, line: index + 1, class: 'create' as const, text, sha256: '', repeatable: false });
const plan: Plan = {
  planSha256: 'f'.repeat(64),
  summary: 'Bootstrap: creates 1 role, 1 procedure; drops nothing. Cleanup: drops role IMMUTA_SYSTEM.',
  target: { platform: 'Snowflake', host: 'h.example.com', database: 'IMMUTA' },
  privilegedUser: 'MOORING_ADMIN',
  dangers: ['Line 72 of the bootstrap script gives IMMUTA_SYSTEM MANAGE GRANTS on ACCOUNT: it holds for the whole account.'],
  classes: { create: 2 },
  scripts: [
    { purpose: 'bootstrap', sha256: '', statements: [statement(0, 'CREATE ROLE "IMMUTA_SYSTEM" COMMENT = \'made here\''), statement(1, procedure)] },
  ],
};
const shown = (width: number): string[] => planLines(plan, width, (_style, text) => text).map(String);

test('what stands behind a comment in a statement does not look like a part of it', () => {
  expect(shown(Number.POSITIVE_INFINITY).slice(-7, -2)).toEqual([
    '  2  create  CREATE PROCEDURE P() AS',
    '             $$',
    '               -- nothing to see',
    '               DROP DATABASE PROD;',
    '             $$',
  ]);
});

test('on a terminal words stay whole and hang under their beginning', () => {
  const lines = shown(40);

  expect(lines).toContain('danger   Line 72 of the bootstrap script');
  expect(lines).toContain('         gives IMMUTA_SYSTEM MANAGE');
  expect(lines).toContain('  1  create  CREATE ROLE "IMMUTA_SYSTEM"');
  expect(lines).toContain("             COMMENT = 'made here'");
  expect(lines.filter((line) => !line.includes('f'.repeat(64))).every((line) => line.length <= 40)).toBe(true);
});

test('a statement that goes to a file or a pipe is broken nowhere but where it breaks itself', () => {
  expect(shown(Number.POSITIVE_INFINITY)).toContain('  1  create  CREATE ROLE "IMMUTA_SYSTEM" COMMENT = \'made here\'');
});

test('styles change nothing of the layout', () => {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9]+m`, 'g');

  expect(planLines(plan, 40, styled).map((line) => line.toString().replaceAll(escapes, ''))).toEqual(shown(40));
});
