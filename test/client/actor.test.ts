import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readActor } from '../../client/actor.js';

const home = mkdtempSync(join(tmpdir(), 'mooring-actor-'));
const gitConfig = join(home, 'gitconfig');
writeFileSync(gitConfig, '[user]\n\temail = git@example.com\n');
afterAll(() => rmSync(home, { recursive: true, force: true }));
const withGit = { PATH: process.env['PATH'] ?? '', HOME: home, GIT_CONFIG_GLOBAL: gitConfig };

test('--as wins over MOORING_ACTOR, which wins over what git and the system know', () => {
  expect(readActor('as@example.com', { ...withGit, MOORING_ACTOR: 'set@example.com' })).toBe('as@example.com');
  expect(readActor(undefined, { ...withGit, MOORING_ACTOR: 'set@example.com' })).toBe('set@example.com');
});

test('without git it is the user of this machine', () => {
  expect(readActor(undefined, { PATH: join(home, 'nothing-here'), HOME: home })).toBe(`${userInfo().username}@${hostname()}`);
});

test.each(['', ' ', 'a\u001b[2Jb', 'x'.repeat(257), 'two\nlines'])('%j names nobody', (name) => {
  expect(() => readActor(name, withGit)).toThrow(/--as must name a person/);
});
