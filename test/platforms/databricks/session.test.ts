import { expect, test } from 'vitest';
import { monotonicMs } from '../../../platforms/monotonic-clock.js';
import { errorOf, sha256, statement } from '../opening.js';
import { asPoorUser, asServicePrincipal, clientSecret, servicePrincipal, token, workspace } from './workspace.js';
import type { Stage } from './workspace.js';

const script = [
  'CREATE CATALOG immuta',
  'CREATE SCHEMA IF NOT EXISTS immuta.`policies`',
  'GRANT USE CATALOG ON CATALOG immuta TO `poor@example.com`',
];

function calls({ ledger }: Stage, call: string): number {
  return ledger.entries.filter((entry) => entry['call'] === call).length;
}

/** Texts that the platform carried out or refused, without those of our own looking. */
function ran({ ledger }: Stage, text: string): number {
  return ledger.entries.filter((entry) => entry.kind === 'statement' && JSON.stringify(entry).includes(JSON.stringify(text).slice(1, -1))).length;
}

test('a decided script runs, statement by statement, and what it made can be proved to be ours', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide(script.map(sha256));
  const sentAt = new Date(Date.now() + session.clockOffsetMs - 1_000).toISOString();

  const queryIds: string[] = [];
  for (const [index, text] of script.entries())
    queryIds.push((await session.execute(statement(text, { index, tag: `mooring/run-1/bootstrap/${index}/1` }))).queryId);

  expect(session.identity).toEqual({ user: 'admin@example.com', role: expect.stringMatching(/^metastore ./) as string });
  const [catalog, schema, nothing] = await session.inspect([
    { kind: 'catalog', name: 'immuta' },
    { kind: 'schema', name: 'immuta.policies' },
    { kind: 'table', name: 'immuta.policies.`a.b`' },
  ]);
  expect(catalog).toMatchObject({ exists: true, owner: 'admin@example.com' });
  expect((catalog?.createdAt ?? '') >= sentAt).toBe(true);
  expect(schema).toMatchObject({ exists: true });
  expect(nothing).toMatchObject({ exists: false });
  const history = await session.history('mooring/run-1/', sentAt);
  if (history === 'unavailable') throw new Error('The history was to be readable.');
  expect(new Map(history.map(({ tag, queryId, state }) => [tag, [queryId, state]]))).toEqual(
    new Map(script.map((_, index) => [`mooring/run-1/bootstrap/${index}/1`, [queryIds[index], 'succeeded']])),
  );
});

test('a service principal logs in by its secret, and its token is renewed before it expires', async () => {
  const stage = await workspace({ tokenLifetimeMs: 2_000 });
  const session = await stage.open(asServicePrincipal);
  await session.decide([sha256('CREATE CATALOG immuta')]);
  const before = stage.ledger.entries.filter((entry) => entry['path'] === '/oidc/v1/token').length;

  await new Promise((resolve) => setTimeout(resolve, 2_200));
  await session.execute(statement('CREATE CATALOG immuta'));

  expect(session.identity.user).toBe(servicePrincipal);
  expect(before).toBeGreaterThan(0);
  expect(stage.ledger.entries.filter((entry) => entry['path'] === '/oidc/v1/token').length).toBeGreaterThan(before);
  expect(stage.platform.hasCatalog('immuta')).toBe(true);
});

test('a token that cannot be renewed leaves the statement unsent, and the reason is named', async () => {
  const stage = await workspace({ tokenLifetimeMs: 2_000 });
  const session = await stage.open(asServicePrincipal);
  await session.decide([sha256('CREATE CATALOG immuta')]);
  const before = calls(stage, 'ExecuteStatement');
  stage.faults.add([{ where: 'databricks:token', nth: 0, kind: 'refuse' }]);

  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const error = await errorOf(session.execute(statement('CREATE CATALOG immuta')));

  expect(error).toMatchObject({ kind: 'credential-refused', ambiguous: false, message: expect.stringContaining('invalid_client') as string });
  expect(calls(stage, 'ExecuteStatement')).toBe(before);
});

test('a token endpoint that sends elsewhere is not followed', async () => {
  const stage = await workspace();
  stage.faults.add([{ where: 'databricks:token', nth: 0, kind: 'status', status: 307, headers: { location: 'https://127.0.0.1:1/' } }]);

  const error = await errorOf(stage.open(asServicePrincipal));

  expect(error).toMatchObject({ name: 'PlatformError', ambiguous: false });
  expect(calls(stage, 'OpenSession')).toBe(0);
});

test('one token serves a whole script', async () => {
  const stage = await workspace();
  const session = await stage.open(asServicePrincipal);
  await session.decide(script.map(sha256));

  for (const [index, text] of script.slice(0, 2).entries()) await session.execute(statement(text, { index }));

  expect(stage.ledger.entries.filter((entry) => entry['path'] === '/oidc/v1/token').length).toBe(1);
});

test.each([
  ['a wrong token', { privilegedUser: { authenticationType: 'token', token: 'env:WRONG' } }, 'credential-refused'],
  [
    'a wrong secret',
    { privilegedUser: { authenticationType: 'oAuthM2M', clientId: servicePrincipal, clientSecret: 'env:WRONG' } },
    'credential-refused',
  ],
  ['an HTTP path of no warehouse', { httpPath: '/sql/1.0/warehouses/other' }, 'not-found'],
  ['a port where nobody listens', { port: 1 }, 'unreachable'],
])('%s is refused once, with its kind and a cure, and nothing secret in it', async (_, changes, kind) => {
  const stage = await workspace();

  const error = await errorOf(stage.open(changes));

  expect(error).toMatchObject({ name: 'PlatformError', kind, ambiguous: false, next: expect.stringMatching(/./) as string });
  expect(JSON.stringify(error) + String(error)).not.toMatch(new RegExp(`${token}|${clientSecret}|no such secret`));
  expect(calls(stage, 'OpenSession')).toBeLessThanOrEqual(1);
});

test('a certificate that is not trusted is named as the reason', async () => {
  const stage = await workspace();

  const error = await errorOf(stage.open({}, { environment: {} }));

  expect(error).toMatchObject({ kind: 'invalid-request', message: expect.stringContaining('certificate') as string, ambiguous: false });
  expect(error).toMatchObject({ next: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string });
});

test('a host that is not allowed gets nothing, and no secret is read for it', async () => {
  const stage = await workspace();
  const resolveSecret = (): never => {
    throw new Error('read');
  };

  const error = await errorOf(stage.open({ host: 'evil.example.com' }, { resolveSecret, allowedHosts: ['evil.example.com'] }));

  expect(error).toMatchObject({ kind: 'invalid-request', next: expect.stringContaining('MOORING_DATABRICKS_HOSTS') as string });
  expect(stage.ledger.entries).toEqual([]);
});

test('refusals of the platform are certain, keep their kinds and tell nothing of the statement', async () => {
  const stage = await workspace();
  const [poor, admin] = [await stage.open(asPoorUser), await stage.open()];
  const texts = ['CREATE CATALOG immuta', 'DROP CATALOG canary_not_there', 'CREATE NONSENSE canary', 'CREATE CATALOG canary_other'];
  for (const session of [poor, admin]) await session.decide(texts.map(sha256));
  await admin.execute(statement('CREATE CATALOG immuta'));

  const errors = [
    await errorOf(poor.execute(statement('CREATE CATALOG canary_other', { index: 3 }))),
    await errorOf(admin.execute(statement('CREATE CATALOG immuta'))),
    await errorOf(admin.execute(statement('DROP CATALOG canary_not_there', { index: 1 }))),
    await errorOf(admin.execute(statement('CREATE NONSENSE canary', { index: 2 }))),
  ];

  const certain = {
    ambiguous: false,
    sqlState: expect.stringMatching(/^[0-9A-Z]{5}$/) as string,
    queryId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  };
  expect(errors).toMatchObject([
    { kind: 'permission-missing', ...certain },
    { kind: 'already-exists', ...certain },
    { kind: 'not-found', ...certain },
    { kind: 'statement-failed', ...certain },
  ]);
  expect(JSON.stringify(errors) + errors.map(String).join('')).not.toContain('canary');
});

test.each([
  ['an answer that is lost after the statement ran', { kind: 'drop-after' }, { kind: 'unreachable', ambiguous: true }, 1],
  ['an answer that is no Thrift, on which the driver would wait for ever', { kind: 'garbage' }, { kind: 'bad-answer', ambiguous: true }, 1],
  ['a server error that may stand for anything', { kind: 'status', status: 500 }, { kind: 'unreachable', ambiguous: true }, 0],
  ['a request to wait', { kind: 'status', status: 429 }, { kind: 'throttled', ambiguous: false }, 0],
  ['a warehouse that is not ready', { kind: 'status', status: 503 }, { kind: 'unreachable', ambiguous: false }, 0],
  ['a token that was revoked', { kind: 'status', status: 401 }, { kind: 'credential-refused', ambiguous: false }, 0],
] as const)('%s: the statement leaves once, and what is not certain is said to be ambiguous', async (_, fault, expected, carriedOut) => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  const text = 'CREATE CATALOG immuta';
  const sentBefore = calls(stage, 'ExecuteStatement');
  stage.faults.add([{ where: 'databricks:ExecuteStatement', nth: 2, ...fault }]); // the first sets the time limit

  const error = await errorOf(session.execute(statement(text, { timeoutMs: 6_000 })));

  expect(error).toMatchObject({ name: 'PlatformError', ...expected });
  expect(calls(stage, 'ExecuteStatement') - sentBefore).toBe(2);
  expect(ran(stage, text)).toBe(carriedOut);
});

test('a session that the platform has forgotten is gone for certain, although the driver throws what is no Error', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  await session.execute(statement('CREATE CATALOG immuta')); // sets the time limit too
  stage.platform.reset();

  const error = await errorOf(session.execute(statement('CREATE CATALOG immuta')));

  expect(error).toMatchObject({ name: 'PlatformError', kind: 'unreachable', ambiguous: false, next: 'Open a new session.' });
});

test('a statement that was taken and can no longer be asked for may have been carried out', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  stage.faults.add([
    { where: 'databricks:ExecuteStatement', nth: 2, kind: 'delay', delayMs: 300 },
    { where: 'databricks:GetOperationStatus', nth: 0, kind: 'status', status: 400 },
  ]);

  const error = await errorOf(session.execute(statement('CREATE CATALOG immuta')));

  expect(error).toMatchObject({ name: 'PlatformError', ambiguous: true, queryId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
});

test('a statement whose answer was lost is found in the history by its tag', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  const since = new Date(Date.now() - 1_000).toISOString();
  stage.faults.add([{ where: 'databricks:ExecuteStatement', nth: 2, kind: 'drop-after' }]);
  await errorOf(session.execute(statement('CREATE CATALOG immuta', { tag: 'mooring/run/bootstrap/0/1' })));

  const history = await (await stage.open()).history('mooring/run/bootstrap/', since);

  expect(history).toMatchObject([{ tag: 'mooring/run/bootstrap/0/1', state: 'succeeded' }]);
});

test.each([
  ['refused', { kind: 'refuse' }],
  ['answered with an error', { kind: 'status', status: 500 }],
  ['answered with something else', { kind: 'garbage' }],
  ['answered with a list that does not hold our own session', { kind: 'status', status: 200, body: '{"res":[],"has_next_page":false}' }],
] as const)('a history that is %s is unavailable, never empty', async (_, fault) => {
  const stage = await workspace();
  const session = await stage.open();
  stage.faults.add([{ where: 'databricks:history', nth: 0, ...fault }]);

  expect(await session.history('mooring/', new Date(0).toISOString())).toBe('unavailable');
});

test('a statement that is not the decided one, and one whose lease has ended, are not sent', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  const before = calls(stage, 'ExecuteStatement');

  const errors = [
    await errorOf(session.execute(statement('DROP CATALOG immuta'))),
    await errorOf(session.execute(statement('CREATE CATALOG immuta', { leaseEndsAt: monotonicMs() - 1 }))),
  ];

  expect(errors).toMatchObject([
    { kind: 'script-refused', ambiguous: false },
    { kind: 'timeout', ambiguous: false },
  ]);
  expect(calls(stage, 'ExecuteStatement')).toBe(before);
});

test('a slow statement is asked for until it ends', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  stage.faults.add([{ where: 'databricks:ExecuteStatement', nth: 2, kind: 'delay', delayMs: 400 }]);

  const { queryId } = await session.execute(statement('CREATE CATALOG immuta'));

  expect(queryId).toMatch(/^[0-9a-f-]{36}$/);
  expect(stage.platform.hasCatalog('immuta')).toBe(true);
});

test('a question about a statement that goes unanswered is asked again, and the statement is not sent again', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);
  stage.faults.add([
    { where: 'databricks:ExecuteStatement', nth: 2, kind: 'delay', delayMs: 300 },
    { where: 'databricks:GetOperationStatus', nth: 1, kind: 'status', status: 503 },
  ]);

  await session.execute(statement('CREATE CATALOG immuta'));

  expect(ran(stage, 'CREATE CATALOG immuta')).toBe(1);
});

test('the session has a time limit, and a statement with another one gets it', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.decide([sha256('CREATE CATALOG immuta')]);

  await session.execute(statement('CREATE CATALOG immuta', { timeoutMs: 20_000 }));

  expect(ran(stage, 'SET STATEMENT_TIMEOUT = 18')).toBe(1);
});

test('nothing reaches the workspace but sessions and statements, and the session ends with its runner', async () => {
  const stage = await workspace();
  const session = await stage.open();
  await session.inspect([{ kind: 'catalog', name: 'immuta' }]);
  const before = stage.ledger.entries.length;

  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const idle = stage.ledger.entries.length - before;
  await session.close();

  expect(idle).toBe(0);
  const paths = new Set(stage.ledger.entries.filter((entry) => entry.kind === 'request').map((entry) => entry['path']));
  expect([...paths]).toEqual([stage.platform.httpPath]);
  expect(calls(stage, 'CloseSession')).toBe(1);
});
