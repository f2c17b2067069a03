import { once } from 'node:events';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { ImmutaClient } from '../../immuta/immuta-client.js';
import { clientOf, failureOf, json, passwordTarget, tenantServer } from './tenant-server.js';
import type { Handler, TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const read = (client: ImmutaClient) => client.listIntegrations();
const create = (client: ImmutaClient) => client.createConnection('snow_prod', passwordTarget);
const remove = (client: ImmutaClient) => client.deleteConnection('snow_prod');
const removeIntegration = (client: ImmutaClient) => client.deleteIntegration(7);
const writes = [create, remove, removeIntegration];

async function start(handler: Handler): Promise<ImmutaClient> {
  server = await tenantServer(handler);
  return clientOf(server.url);
}

test('Immuta down: unreachable, and not even a write is ambiguous, for nothing was sent', async () => {
  const gone = await tenantServer(() => undefined);
  await gone.close();
  const { url } = gone;

  const failures = await Promise.all([read, ...writes].map((call) => failureOf(call(clientOf(url)))));

  for (const failure of failures) expect(failure).toMatchObject({ kind: 'unreachable', ambiguous: false, status: undefined });
  expect(failures[0]?.message).toContain('ECONNREFUSED');
});

test('a host that does not exist: unreachable, nothing was sent', async () => {
  const client = clientOf('https://mooring-test.invalid', { allowedHosts: ['mooring-test.invalid'] });

  expect(await failureOf(create(client))).toMatchObject({ kind: 'unreachable', ambiguous: false });
});

test('a server without TLS behind https: nothing was sent', async () => {
  const client = await start((_, response) => json(response, []));

  const failure = await failureOf(create(clientOf(server?.url.replace('http:', 'https:') ?? '')));

  expect(client).toBeDefined();
  expect(failure).toMatchObject({ kind: 'unreachable', ambiguous: false });
  expect(server?.received).toEqual([]);
});

test.each([
  [400, 'invalid-request'],
  [401, 'credential-refused'],
  [403, 'permission-missing'],
  [404, 'not-found'],
  [405, 'not-found'],
  [408, 'unreachable'],
  [409, 'conflict'],
  [413, 'invalid-request'],
  [422, 'validation-failed'],
  [425, 'unreachable'],
  [429, 'throttled'],
  [500, 'unreachable'],
  [502, 'unreachable'],
  [503, 'unreachable'],
  [504, 'unreachable'],
] as const)('%i is %s; sent once; ambiguous for writes only where Immuta may have acted', async (status, kind) => {
  const client = await start((_, response) => json(response, { statusCode: status, error: 'Word', message: 'what Immuta says' }, status));

  for (const call of [read, ...writes]) {
    const failure = await failureOf(call(client));

    expect(failure).toMatchObject({ kind, status, ambiguous: call !== read && (status === 408 || status >= 500) });
    expect(failure.message).toContain(`Immuta answered ${status} to `);
    expect(failure.message).toContain('what Immuta says');
    expect(failure.next.length).toBeGreaterThan(20);
  }
  expect(server?.received).toHaveLength(4);
});

test.each([
  [create, 'APPLICATION_ADMIN and CREATE_DATA_SOURCE'],
  [read, 'APPLICATION_ADMIN'],
  [remove, 'Infrastructure Admin'],
  [(client: ImmutaClient) => client.getConnection('snow_prod'), 'GOVERNANCE'],
])('403 names the permission that is missing', async (call, permission) => {
  const client = await start((_, response) => json(response, {}, 403));

  expect((await failureOf(call(client))).next).toContain(permission);
});

test('409 for what already exists is a conflict that carries the id', async () => {
  const message = 'Snowflake integration already exists on acme.snowflakecomputing.com (id = 41)';
  const client = await start((_, response) => json(response, { message }, 409));

  expect(await failureOf(create(client))).toMatchObject({ kind: 'conflict', integrationId: 41, next: expect.stringContaining('Integration 41') });
});

test('409 for an integration that is busy is worth another try', async () => {
  const message = 'Unable to edit integration with ID 7 in current state editing';
  const client = await start((_, response) => json(response, { message }, 409));

  expect(await failureOf(removeIntegration(client))).toMatchObject({ kind: 'throttled', ambiguous: false });
});

test('400 that points to the remnant of a failed registration is a conflict with its id', async () => {
  const message = 'Use PUT /integrations/12 to edit the integration that previously failed to create';
  const client = await start((_, response) => json(response, { message }, 400));

  expect(await failureOf(create(client))).toMatchObject({ kind: 'conflict', integrationId: 12 });
});

test('422 shows every validation test on its own line, failed ones first, cleaned and cut', async () => {
  const validationResults = {
    status: 'failed',
    validationTests: [
      { name: 'Initial Validation: Basic Connection Test', status: 'passed', result: [] },
      {
        name: 'Default Warehouse Access Test',
        status: 'failed',
        message: `No \u001B[31maccess\u202E to\u0007 IMMUTA_WH. ${'x'.repeat(2_000)}`,
        result: [{ sql: 'SHOW WAREHOUSES' }],
      },
      { name: 'Validate access to Privileged Role', status: 'failed', message: 'Role IMMUTA_ROLE\ndoes not exist' },
      { status: 'skipped' },
    ],
  };
  const client = await start((_, response) => json(response, { message: 'Validation of prerequisite setup failed', validationResults }, 422));

  const failure = await failureOf(create(client));
  const lines = failure.message.split('\n');

  expect(failure).toMatchObject({ kind: 'validation-failed', ambiguous: false });
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe('Immuta answered 422 to POST /data/connection: Validation of prerequisite setup failed');
  expect(lines[1]).toMatch(/^"Default Warehouse Access Test" failed: No \[31maccess to IMMUTA_WH\. x+…$/);
  expect(lines[1]).toHaveLength(500);
  expect(lines.slice(2)).toEqual([
    '"Validate access to Privileged Role" failed: Role IMMUTA_ROLE does not exist',
    '"Initial Validation: Basic Connection Test" passed',
    '"unnamed test" skipped',
  ]);
  expect(failure.message).not.toContain('SHOW WAREHOUSES');
});

test('a dry run with a failed test is validation-failed, without one it passed, without the endpoint it is not answered', async () => {
  const answers: [number, unknown][] = [
    [200, { validationResults: { status: 'failed', validationTests: [{ name: 'Role', status: 'failed', message: 'none' }] } }],
    [200, { status: 'passed', validationTests: [{ name: 'Role', status: 'passed' }] }],
    [200, {}],
    [404, {}],
    [405, {}],
  ];
  const client = await start((_, response) => {
    const [status, body] = answers.shift() ?? [500, {}];
    json(response, body, status);
  });
  const dryRun = () => client.testConnection('snow_prod', passwordTarget);

  expect(await failureOf(dryRun())).toMatchObject({ kind: 'validation-failed', message: expect.stringContaining('"Role" failed: none') });
  expect([await dryRun(), await dryRun(), await dryRun(), await dryRun()]).toEqual(['passed', 'passed', 'not-answered', 'not-answered']);
});

test.each([
  ['7', 7_000],
  ['86400', 300_000],
  ['-5', undefined],
  ['soon', undefined],
  [new Date(Date.now() - 60_000).toUTCString(), 0],
  [new Date(Date.now() + 86_400_000).toUTCString(), 300_000],
])('Retry-After %s means %s ms, at most five minutes', async (header, expected) => {
  const client = await start((_, response) => json(response, {}, 429, { 'retry-after': header }));

  const failure = await failureOf(read(client));

  expect(failure.kind).toBe('throttled');
  expect(failure.retryAfterMs).toBe(expected);
});

test.each([
  ['a login page', 'text/html', '<!doctype html><html>Log in</html>'],
  ['a login page that says it is JSON', 'application/json', '\n <html></html>'],
  ['text', 'text/plain', 'hello'],
  ['cut-off JSON', 'application/json', '[{"id": 1'],
  ['nothing', 'application/json', ''],
  ['null', 'application/json', 'null'],
  ['another shape', 'application/json', '{"id":{"a":1}}'],
])('%s with status 200 is a bad answer, ambiguous for a write', async (_, type, body) => {
  const client = await start((__, response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(body);
  });

  expect(await failureOf(read(client))).toMatchObject({ kind: 'bad-answer', ambiguous: false });
  expect(await failureOf(remove(client))).toMatchObject({ kind: 'bad-answer', ambiguous: true });
});

test('bytes that are no UTF-8 are refused, not replaced', async () => {
  const client = await start((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(Buffer.from([0x55, 0x53, 0x45, 0x20, 0xff, 0xfe]));
  });

  expect(await failureOf(client.bootstrapScript(passwordTarget))).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('UTF-8') });
});

test.each([301, 302, 303, 307, 308])('a redirect (%i) is refused: no second request, here or elsewhere', async (status) => {
  const elsewhere = await tenantServer((_, response) => json(response, {}));
  try {
    const client = await start((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/data/connection` });
      response.end();
    });

    const failure = await failureOf(create(client));

    expect(failure).toMatchObject({ kind: 'bad-answer', ambiguous: true, status });
    expect(failure.message).toContain('redirects are refused');
    expect(server?.received).toHaveLength(1);
    expect(elsewhere.received).toEqual([]);
  } finally {
    await elsewhere.close();
  }
});

test('a 50 MiB answer is given up at the limit: the connection closes early and memory stays bounded', async () => {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  let closed: Promise<unknown> | undefined;
  const client = await start(async (_, response, raw) => {
    closed = new Promise((resolve) => raw.socket.on('close', resolve).on('error', () => undefined));
    response.writeHead(200, { 'content-type': 'application/json' });
    for (; sent < 50 * 1024 * 1024 && !raw.socket.destroyed; sent += chunk.length)
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
    response.end();
  });
  const before = process.memoryUsage().arrayBuffers;

  const failure = await failureOf(read(client));
  await closed;

  expect(failure).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('larger than 5242880 bytes') });
  expect(sent).toBeLessThan(25 * 1024 * 1024);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(25 * 1024 * 1024);
});

test('an answer that announces too much is not read at all', async () => {
  const client = await start((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(50 * 1024 * 1024) });
    response.write('[');
  });

  expect((await failureOf(read(client))).kind).toBe('bad-answer');
});

test('the limit counts what unpacks, not what arrives', async () => {
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, 0x20));
  const client = await start((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(bomb);
  });

  expect(bomb.length).toBeLessThan(64 * 1024);
  expect(await failureOf(read(client))).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('larger than') });
});

test('an error with an endless body keeps the meaning of its status', async () => {
  const client = await start((_, response) => {
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(Buffer.alloc(1024 * 1024, 0x20));
  });

  expect((await failureOf(read(client))).kind).toBe('permission-missing');
});

test.each(['before the first byte', 'while it drips'] as const)(
  'an answer that does not come in time (%s) is a timeout, ambiguous for writes',
  async (when) => {
    const drips: NodeJS.Timeout[] = [];
    server = await tenantServer((_, response) => {
      if (when === 'before the first byte') return;
      response.writeHead(200, { 'content-type': 'application/json' });
      drips.push(setInterval(() => response.write(' '), 20));
    });
    const started = performance.now();
    const client = clientOf(server.url, { deadlineMs: 250 });

    const [reading, writing] = await Promise.all([failureOf(read(client)), failureOf(create(client))]);
    const took = performance.now() - started;
    for (const drip of drips) clearInterval(drip);

    expect(reading).toMatchObject({ kind: 'timeout', ambiguous: false, message: expect.stringContaining('250 ms') });
    expect(writing).toMatchObject({ kind: 'timeout', ambiguous: true });
    expect(took).toBeGreaterThan(230);
    expect(took).toBeLessThan(2_000);
  },
);

test('one deadline covers the login and the call behind it', async () => {
  server = await tenantServer(({ path }, response) => {
    setTimeout(() => json(response, path === '/bim/apikey/authenticate' ? { token: 't' } : []), 200);
  });

  const failure = await failureOf(read(clientOf(server.url, { deadlineMs: 300 }, 'exchange')));

  expect(failure).toMatchObject({ kind: 'timeout', message: expect.stringContaining('GET /integrations') });
});

test('aborting ends a call at once, and nothing is sent once it is aborted', async () => {
  const abort = new AbortController();
  server = await tenantServer(() => abort.abort());
  const client = clientOf(server.url, { signal: abort.signal });

  const during = await failureOf(create(client));
  const after = await failureOf(create(client));

  expect(during).toMatchObject({ kind: 'timeout', ambiguous: true, message: expect.stringContaining('stopped') });
  expect(after).toMatchObject({ kind: 'timeout', ambiguous: false, message: expect.stringContaining('Nothing was sent') });
  expect(server.received).toHaveLength(1);
});

test('a connection that breaks after the request was read is ambiguous for writes', async () => {
  const client = await start((_, __, raw) => {
    raw.socket.resetAndDestroy();
  });

  expect(await failureOf(read(client))).toMatchObject({ kind: 'unreachable', ambiguous: false });
  for (const call of writes) expect(await failureOf(call(client))).toMatchObject({ kind: 'unreachable', ambiguous: true });
  expect(server?.received).toHaveLength(4);
});

test('an answer that breaks off in the middle is ambiguous for writes', async () => {
  const client = await start((_, response, raw) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"childCount": 3,', () => raw.socket.destroy());
  });

  expect(await failureOf(remove(client))).toMatchObject({ kind: 'unreachable', ambiguous: true });
});

test('bytes that are not HTTP are ambiguous for writes', async () => {
  const noise = createServer((socket) => socket.on('error', () => undefined).end('not http at all\r\n\r\n'));
  noise.listen(0, '127.0.0.1');
  await once(noise, 'listening');
  const address = noise.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;

  const failure = await failureOf(create(clientOf(`http://127.0.0.1:${port}`)));
  noise.close();

  expect(failure).toMatchObject({ kind: 'unreachable', ambiguous: true });
});
