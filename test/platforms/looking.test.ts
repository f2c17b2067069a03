import { expect, test } from 'vitest';
import { errorOf, openSession, targetAt, wireServer } from './opening.js';
import { queryId, seconds } from './wire-server.js';
import type { Reply } from './wire-server.js';

const created = seconds(Date.parse('2026-01-02T03:04:05.678Z'));
const since = '2026-01-02T03:00:00.000Z';

function history(...rows: readonly (readonly [tag: string | null, state: string])[]): Reply {
  return { columns: ['QUERY_ID', 'QUERY_TAG', 'EXECUTION_STATUS', 'START_TIME'], rows: rows.map(([tag, state]) => [queryId, tag, state, created]) };
}

test('objects are told apart by exact name, and show their owner and the time of their creation', async () => {
  const wire = await wireServer();
  wire.respond = ({ sql }) =>
    sql === "SHOW ROLES LIKE 'IMMUTA_SYSTEM'"
      ? {
          columns: ['created_on', 'name', 'owner'],
          rows: [
            [created, 'IMMUTAXSYSTEM', 'A'],
            [created, 'IMMUTA_SYSTEM', 'B'],
          ],
        }
      : undefined;
  const session = await openSession(targetAt(wire.port));

  const states = await session.inspect([
    { kind: 'role', name: 'IMMUTA_SYSTEM' },
    { kind: 'user', name: 'IMMUTA_SYSTEM' },
  ]);

  expect(states).toEqual([
    { object: { kind: 'role', name: 'IMMUTA_SYSTEM' }, exists: true, createdAt: '2026-01-02T03:04:05.678Z', owner: 'B' },
    { object: { kind: 'user', name: 'IMMUTA_SYSTEM' }, exists: false },
  ]);
});

test('names are never read as SQL, and a pattern is never narrower than the name', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));

  await session.inspect([
    { kind: 'database', name: "x'; DROP DATABASE y; --" },
    { kind: 'user', name: 'back\\slash' },
    { kind: 'schema', name: 'D"B.S' },
  ]);

  expect(wire.requests.map(({ sql }) => sql).filter((sql) => sql.startsWith('SHOW'))).toEqual([
    "SHOW DATABASES LIKE 'x''; DROP DATABASE y; --'",
    "SHOW USERS LIKE 'back_slash'",
    'SHOW SCHEMAS LIKE \'S\' IN DATABASE "D""B"',
  ]);
});

test('a schema of a database that is gone is gone', async () => {
  const wire = await wireServer();
  wire.respond = ({ sql }) => (sql.startsWith('SHOW SCHEMAS') ? { code: '002043', sqlState: '02000', message: 'Object does not exist' } : undefined);
  const session = await openSession(targetAt(wire.port));

  const states = await session.inspect([{ kind: 'schema', name: 'IMMUTA.PUBLIC' }]);

  expect(states).toEqual([{ object: { kind: 'schema', name: 'IMMUTA.PUBLIC' }, exists: false }]);
});

test('what cannot be looked up is refused with its kind', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));

  const error = await errorOf(session.inspect([{ kind: 'procedure', name: 'A.B.C' }]));

  expect(error).toMatchObject({ kind: 'invalid-request', message: expect.stringContaining('procedure') });
});

test('a look that fails is never taken for absence', async () => {
  const wire = await wireServer();
  wire.respond = ({ sql }) => (sql.startsWith('SHOW ROLES') ? { code: '003001', sqlState: '42501', message: 'Insufficient privileges' } : undefined);
  const session = await openSession(targetAt(wire.port));

  const error = await errorOf(session.inspect([{ kind: 'role', name: 'A' }]));

  expect(error).toMatchObject({ kind: 'permission-missing', ambiguous: false });
});

test('history gives the statements of a prefix with their state', async () => {
  const wire = await wireServer();
  wire.respond = ({ sql }) =>
    sql.includes('QUERY_HISTORY')
      ? history(
          ['run-1/0', 'SUCCESS'],
          ['run-1/1', 'FAILED_WITH_ERROR'],
          ['run-1/2', 'RESUMING_WAREHOUSE'],
          ['run-2/0', 'SUCCESS'],
          [null, 'SUCCESS'],
        )
      : undefined;
  const session = await openSession(targetAt(wire.port));

  const records = await session.history('run-1/', since);

  const startedAt = '2026-01-02T03:04:05.678Z';
  expect(records).toEqual([
    { tag: 'run-1/0', queryId, state: 'succeeded', startedAt },
    { tag: 'run-1/1', queryId, state: 'failed', startedAt },
    { tag: 'run-1/2', queryId, state: 'running', startedAt },
  ]);
  expect(wire.requests.at(-1)?.sql).toContain(
    `SNOWFLAKE.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(END_TIME_RANGE_START => TO_TIMESTAMP_LTZ('${since}'), RESULT_LIMIT => 10000)`,
  );
});

test('a full page of history is not known to be all, so the history is unavailable', async () => {
  const wire = await wireServer();
  const page = Array.from({ length: 10_000 }, () => ['other', 'SUCCESS'] as const);
  wire.respond = ({ sql }) => (sql.includes('QUERY_HISTORY') ? history(...page) : undefined);
  const session = await openSession(targetAt(wire.port));

  const records = await session.history('run-1/', since);

  expect(records).toBe('unavailable');
});

test.each([
  ['an error', since, { code: '002003', message: 'not authorized' }],
  ['a tag that was cut short', since, history(['run', 'SUCCESS'])],
  ['an unreadable time', "now'); DROP", undefined],
] as const)('history is unavailable after %s', async (_name, from, reply) => {
  const wire = await wireServer();
  wire.respond = ({ sql }) => (sql.includes('QUERY_HISTORY') ? reply : undefined);
  const session = await openSession(targetAt(wire.port));

  const records = await session.history('run-1/', from);

  expect(records).toBe('unavailable');
});

test('a column that is no JSON is not evaluated as JavaScript', async () => {
  const wire = await wireServer();
  wire.respond = ({ sql }) =>
    sql.startsWith('SHOW ROLES')
      ? { columns: ['name', 'VARIANT'], rows: [['A', '(() => { throw new Error(process.kill(process.pid)); })()']] }
      : undefined;
  const session = await openSession(targetAt(wire.port));

  const states = await session.inspect([{ kind: 'role', name: 'A' }]);

  expect(states).toEqual([{ object: { kind: 'role', name: 'A' }, exists: true }]);
});
