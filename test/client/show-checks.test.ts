import { expect, test } from 'vitest';
import { styled } from '../../client/safe-text.js';
import { checkLines, tally } from '../../client/show-checks.js';
import { failed, passed, skipped, warning } from '../../rules/check.js';

const grant = 'GRANT CREATE DATABASE, CREATE ROLE, CREATE USER, MANAGE GRANTS ON ACCOUNT TO ROLE "INSTALLER";';
const checks = [
  passed('login', 'The credential is accepted (keyPair).'),
  failed(
    'privileges',
    'permission-missing',
    'INSTALLER lacks CREATE DATABASE, CREATE ROLE, CREATE USER, MANAGE GRANTS on the account, which the bootstrap script needs.',
    `Run as ACCOUNTADMIN: ${grant}`,
  ),
  warning('clock', 'Our clock is 300 s ahead.', 'Let NTP set it.'),
  skipped('database', 'It could not be looked at.'),
];
const plain = (width: number): string[] => checkLines([{ title: 'Snowflake', checks }], width, (_style, text) => text).map(String);

test('text is wrapped at the width and hangs under itself; what is to be pasted stays one line', () => {
  const lines = plain(60);

  expect(lines).toContain(`    ${grant}`);
  expect(lines.filter((line) => !line.includes(grant)).every((line) => line.length <= 60)).toBe(true);
  expect(lines.slice(0, 5)).toEqual([
    'Snowflake',
    '  ✔ login       The credential is accepted (keyPair).',
    '  ✖ privileges  INSTALLER lacks CREATE DATABASE, CREATE',
    '                ROLE, CREATE USER, MANAGE GRANTS on the',
    '                account, which the bootstrap script needs.',
  ]);
});

test('a cure is shown under what failed or warns, and under nothing else', () => {
  const lines = plain(100).map((line) => line.trim());

  expect(lines[lines.indexOf(grant) - 1]).toBe('Run as ACCOUNTADMIN:');
  expect(lines).toContain('Let NTP set it.');
  expect(lines.filter((line) => line !== '')).toHaveLength(9);
});

test('styles change nothing of the layout', () => {
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9]+m`, 'g');

  const coloured = checkLines([{ title: 'Snowflake', checks }], 60, styled).map((line) => line.toString().replaceAll(escapes, ''));

  expect(coloured).toEqual(plain(60));
});

test('what a server says cannot steer the terminal', () => {
  const [, line] = checkLines([{ title: 'T', checks: [passed('x', 'a\u001b[2Jb')] }], 80, (_style, text) => text);

  expect(String(line)).toContain('a\\u001b[2Jb');
});

test('the tally counts what there is, and always what passed and failed', () => {
  expect(tally(checks)).toBe('1 passed, 1 failed, 1 warning, 1 skipped');
  expect(tally([])).toBe('0 passed, 0 failed');
});
