import { expect, test } from 'vitest';
import { monotonicMs } from '../../platforms/monotonic-clock.js';
import { errorOf, openSession, sha256, statement, targetAt, wireServer } from './opening.js';
import { done, queryId } from './wire-server.js';

const create = 'CREATE DATABASE "IMMUTA"';

test('a decided statement is sent once with its own tag, timeout and request id, and its query id comes back', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);

  const ran = await session.execute(statement(create, { tag: 'mooring/run-1/0', timeoutMs: 12_345 }));

  expect(ran).toEqual({ queryId });
  const [sent, ...more] = wire.scriptStatements();
  expect(more).toEqual([]);
  expect(sent?.body['parameters']).toEqual({ QUERY_TAG: 'mooring/run-1/0', STATEMENT_TIMEOUT_IN_SECONDS: 10 });
  expect(sent?.sql).toBe(create);
  expect(sent?.url.searchParams.get('requestId')).toMatch(/^[0-9a-f-]{36}$/);
});

test('the connection itself has no query tag, because it would win over those of the statements', async () => {
  const wire = await wireServer();

  await openSession(targetAt(wire.port));

  const login = wire.requests.find(({ path }) => path.includes('login'));
  expect(JSON.stringify(login?.body)).not.toContain('QUERY_TAG');
});

test('a text that was not decided at its index is refused before it is sent', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create), sha256('DROP ROLE A')]);

  const swapped = await errorOf(session.execute(statement('DROP ROLE A')));
  const beyond = await errorOf(session.execute(statement(create, { index: 2 })));

  expect(swapped).toMatchObject({ kind: 'script-refused', ambiguous: false });
  expect(beyond).toMatchObject({ kind: 'script-refused', ambiguous: false });
  expect(wire.scriptStatements()).toEqual([]);
});

test('a session has one script: what was decided is not exchanged under it', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);

  const again = await errorOf(session.decide([sha256('DROP DATABASE "IMMUTA"')]));
  const exchanged = await errorOf(session.execute(statement('DROP DATABASE "IMMUTA"')));

  expect(again).toMatchObject({ kind: 'script-refused', ambiguous: false });
  expect(exchanged).toMatchObject({ kind: 'script-refused', ambiguous: false });
  expect(wire.scriptStatements()).toEqual([]);
});

test('a byte that is flipped anywhere in a statement on its way to the runner keeps it from leaving', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);

  for (let at = 0; at < create.length; at++) {
    const flipped = `${create.slice(0, at)}${String.fromCodePoint((create.codePointAt(at) ?? 0) ^ 1)}${create.slice(at + 1)}`;
    expect(await errorOf(session.execute(statement(flipped)))).toMatchObject({ kind: 'script-refused', ambiguous: false });
  }

  expect(wire.scriptStatements()).toEqual([]);
});

test('nothing is executed before a decision', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));

  const error = await errorOf(session.execute(statement(create)));

  expect(error).toMatchObject({ kind: 'script-refused', ambiguous: false });
  expect(wire.scriptStatements()).toEqual([]);
});

test('a statement is not sent once its lease has ended, and the session goes on', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);

  const error = await errorOf(session.execute(statement(create, { leaseEndsAt: monotonicMs() - 1 })));

  expect(error).toMatchObject({ kind: 'timeout', ambiguous: false, message: expect.stringContaining('was not sent') });
  expect(wire.scriptStatements()).toEqual([]);
  await expect(session.execute(statement(create))).resolves.toEqual({ queryId });
});

test('the driver re-sends a statement with one request id while the lease lasts, and its answer counts', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create && wire.scriptStatements().length === 1 ? 'drop' : undefined);

  const ran = await session.execute(statement(create));

  expect(ran).toEqual({ queryId });
  expect(new Set(wire.scriptStatements().map(({ url }) => url.searchParams.get('requestId'))).size).toBe(1);
});

test('the driver cannot re-send a statement after the lease has ended: the outcome is unclear and the runner is dead', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create ? 'drop' : undefined);

  const error = await errorOf(session.execute(statement(create, { leaseEndsAt: monotonicMs() + 500 })));

  expect(error).toMatchObject({ kind: 'unreachable', ambiguous: true });
  expect(wire.scriptStatements()).toHaveLength(1);
  await expect(session.execute(statement(create))).rejects.toMatchObject({ kind: 'unreachable', ambiguous: false });
});

test('"already exists" after a re-send may be the echo of the first time, so it is ambiguous', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = ({ sql }) => {
    if (sql !== create) return undefined;
    return wire.scriptStatements().length === 1 ? 'drop' : { code: '002002', sqlState: '42710', message: "Object 'IMMUTA' already exists." };
  };

  const error = await errorOf(session.execute(statement(create)));

  expect(error).toMatchObject({ kind: 'already-exists', ambiguous: true, queryId });
});

test('an HTTP failure does not double the series of attempts (streamResult)', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create ? { status: 400 } : undefined);

  const error = await errorOf(session.execute(statement(create)));

  expect(error).toMatchObject({ kind: 'unreachable', ambiguous: false });
  expect(wire.scriptStatements()).toHaveLength(1);
});

test('client commands, which the driver would carry out on the files of this machine, are refused', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  const texts = ['PUT file:///etc/passwd @~', ' get @~/x file:///tmp/'];
  await session.decide(texts.map(sha256));

  for (const [index, text] of texts.entries())
    await expect(session.execute(statement(text, { index }))).rejects.toMatchObject({ kind: 'script-refused', ambiguous: false });

  expect(wire.scriptStatements()).toEqual([]);
});

test.each([
  ['003001', '42501', 'permission-missing'],
  ['002002', '42710', 'already-exists'],
  ['002003', '02000', 'not-found'],
  ['002043', '02000', 'not-found'],
  ['001003', '42000', 'statement-failed'],
  ['000604', '57014', 'statement-failed'],
  ['000606', '57P03', 'statement-failed'],
  ['000630', '57014', 'timeout'],
  ['099999', 'XX000', 'statement-failed'],
])("Snowflake's %s (%s) is %s, with its query id and without its text", async (code, sqlState, kind) => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  const text = "CREATE USER U PASSWORD = 'canary-in-statement'";
  await session.decide([sha256(text)]);
  wire.respond = ({ sql }) =>
    sql === text ? { code, sqlState, message: `SQL compilation error:\nunexpected 'canary-in-statement' in ${text}` } : undefined;

  const error = await errorOf(session.execute(statement(text)));

  expect(error).toMatchObject({ name: 'PlatformError', kind, ambiguous: false, queryId, code, sqlState });
  expect(error).toHaveProperty('next', expect.stringMatching(/\w{3}/));
  expect(`${JSON.stringify(error)}${(error as Error).message}${(error as Error).stack}`).not.toContain('canary');
  expect((error as Error).cause).toBeUndefined();
});

test.each([
  ['390111', { code: '390111', message: 'Session no longer exists.' }, 'unreachable'],
  ['390114', { code: '390114', message: 'Authentication token has expired.' }, 'unreachable'],
  ['HTTP 503', { status: 503 }, 'unreachable'],
  ['garbage', { status: 200, body: '<html>' }, 'bad-answer'],
] as const)('an answer of %s to a statement leaves its outcome unclear', async (_name, reply, kind) => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create ? reply : undefined);

  const error = await errorOf(session.execute(statement(create, { leaseEndsAt: monotonicMs() + 500 })));

  expect(error).toMatchObject({ kind, ambiguous: true });
});

test('statements of one session leave one after the other', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  const texts = ['CREATE ROLE A', 'CREATE ROLE B', 'CREATE ROLE C'];
  await session.decide(texts.map(sha256));
  wire.respond = ({ sql }) => (texts.includes(sql) ? done : undefined);

  await Promise.all(texts.map((text, index) => session.execute(statement(text, { index }))));

  expect(wire.scriptStatements().map(({ sql }) => sql)).toEqual(texts);
});
