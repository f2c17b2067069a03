import { expect, test } from 'vitest';
import { failed, passed, warning } from '../../rules/check.js';
import { checksForRegistered, checksForRemoval } from '../../rules/standing-checks.js';

const there = failed('database', 'already-exists', 'exists', 'rename it');
const poor = failed('privileges', 'permission-missing', 'lacks CREATE ROLE', 'GRANT ...');
const quoted = failed('quoted identifiers', 'conflict', 'is true', 'ALTER ACCOUNT ...');

test('a removal passes where its objects are, is warned of what only a registration needs, and keeps what harms it too', () => {
  const [database, privileges, identifiers, clock] = checksForRemoval([there, poor, quoted, warning('clock', 'off', 'NTP')]);

  expect(database).toMatchObject({ status: 'passed' });
  expect(privileges).toMatchObject({ status: 'warning', cure: 'GRANT ...' });
  expect(identifiers).toBe(quoted);
  expect(clock).toMatchObject({ status: 'warning' });
});

test.each([
  ['database', true, 'passed'],
  ['database', false, 'failed'],
  ['catalog', true, 'passed'],
  ['catalog', false, 'failed'],
] as const)('a registered connection whose %s exists: %s, %s', (kind, exists, status) => {
  const [check] = checksForRegistered([passed(kind, 'does not exist yet')], [{ object: { kind, name: 'IMMUTA' }, exists }]);

  expect(check).toMatchObject({ name: kind, status, message: expect.stringContaining('IMMUTA') });
});

test('of what nobody could list nothing is said to be there', () => {
  expect(checksForRegistered([passed('database', 'does not exist yet')], [])[0]).toMatchObject({ status: 'failed', kind: 'not-found' });
});
