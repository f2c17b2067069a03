import { afterEach, expect, test } from 'vitest';
import { clientOf, failureOf, json, passwordTarget, tenantServer } from './tenant-server.js';
import type { TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function answering(body: unknown, status = 200, headers: Record<string, string> = {}) {
  server = await tenantServer((_, response) => json(response, body, status, headers));
  return clientOf(server.url);
}

const stored = {
  connectionKey: 'snow_prod',
  connection: {
    technology: 'Snowflake',
    hostname: 'https://ACME.eu-west-1.snowflakecomputing.com:443/',
    port: 443,
    role: 'IMMUTA_ROLE',
    username: 'IMMUTA_SYSTEM',
    warehouse: 'IMMUTA_WH',
    authenticationType: 'keyPair',
    futureField: { deep: true },
  },
  createdAt: '2026-11-23T10:00:00.000+01:00',
  createdBy: 4,
  creator: { id: 4, name: 'Service', email: 'service@example.com' },
  nativeIntegrationId: '17',
};

test('a connection is read back with its id as a number, its host normalised and its time in UTC', async () => {
  const client = await answering(stored);

  expect(await client.getConnection('snow_prod')).toEqual({
    connectionKey: 'snow_prod',
    technology: 'Snowflake',
    host: 'acme.eu-west-1.snowflakecomputing.com',
    role: 'IMMUTA_ROLE',
    username: 'IMMUTA_SYSTEM',
    warehouse: 'IMMUTA_WH',
    authenticationType: 'keyPair',
    createdAt: '2026-11-23T09:00:00.000Z',
    creator: 'service@example.com',
    integrationId: 17,
  });
});

test('what a tenant leaves out counts as absent, and so does a time without a zone', async () => {
  const client = await answering({
    connectionKey: 'snow_prod',
    connection: {},
    createdAt: '2026-11-23 10:00:00',
    createdBy: 4,
    nativeIntegrationId: null,
  });

  expect(await client.getConnection('snow_prod')).toMatchObject({ host: undefined, createdAt: undefined, creator: '4', integrationId: undefined });
});

test('404 means there is no such connection or integration', async () => {
  const client = await answering({ message: 'No integration found with ID 7' }, 404);

  expect(await client.getConnection('snow_prod')).toBeUndefined();
  expect(await client.getIntegration(7)).toBeUndefined();
  expect(await client.integrationStatus(7)).toBeUndefined();
});

test('the 404 page of a proxy does not prove that anything is absent', async () => {
  server = await tenantServer((_, response) => {
    response.writeHead(404, { 'content-type': 'text/html' });
    response.end('<h1>Not Found</h1>');
  });
  const client = clientOf(server.url);

  const failures = await Promise.all([client.getConnection('snow_prod'), client.getIntegration(7), client.integrationStatus(7)].map(failureOf));

  expect(failures.map(({ kind }) => kind)).toEqual(['bad-answer', 'bad-answer', 'bad-answer']);
});

test.each(['SNOW_PROD', 'snow_prod ', 'snow_prod\u0000', 'other'])('an answer about the key %j is not taken for snow_prod', async (connectionKey) => {
  const client = await answering({ ...stored, connectionKey });

  expect(await failureOf(client.getConnection('snow_prod'))).toMatchObject({
    kind: 'bad-answer',
    message: expect.stringContaining('another connection'),
  });
});

test.each([
  { childCount: 5, connectionKey: 'snow_prod' },
  { childCount: '5', objectPath: ['snow_prod'] },
  { childCount: 5, objectPath: 'snow_prod', connectionKey: 'snow_prod' },
])('a deletion may be confirmed as %j', async (body) => {
  const client = await answering(body);

  expect(await client.deleteConnection('snow_prod')).toEqual({ childCount: 5 });
});

test.each([
  { childCount: 5 },
  { connectionKey: 'snow_prod' },
  { childCount: 5, connectionKey: 'other' },
  { childCount: 5, objectPath: ['snow_prod', 'PUBLIC'] },
  { childCount: 5, objectPath: [], connectionKey: 'snow_prod' },
  { childCount: -1, connectionKey: 'snow_prod' },
])('a deletion confirmed as %j is a bad answer, and ambiguous', async (body) => {
  const client = await answering(body);

  expect(await failureOf(client.deleteConnection('snow_prod'))).toMatchObject({ kind: 'bad-answer', ambiguous: true });
});

test.each([{ objectPath: ['snow_prod'], bulkId: 'b1' }, {}, { connectionKey: 'snow_prod', nativeIntegrationId: '3' }])(
  'a registration may be answered with %j',
  async (body) => {
    const client = await answering(body, 201);

    await expect(client.createConnection('snow_prod', passwordTarget)).resolves.toBeUndefined();
  },
);

test('a registration answered for another key is a bad answer, and ambiguous', async () => {
  const client = await answering({ objectPath: ['other'] });

  expect(await failureOf(client.createConnection('snow_prod', passwordTarget))).toMatchObject({ kind: 'bad-answer', ambiguous: true });
});

const integration = {
  id: '1',
  type: 'Snowflake',
  status: 'enabled',
  autoBootstrap: false,
  config: { host: 'ACME.snowflakecomputing.com', database: 'IMMUTA', port: 443 },
  validationResults: {
    status: 'failed',
    validationTests: [
      { name: 'Role', status: 'failed', message: 'not\u0007granted' },
      { name: 'Warehouse', status: 'passed' },
    ],
  },
};
const asRead = {
  id: 1,
  type: 'Snowflake',
  status: 'enabled',
  host: 'acme.snowflakecomputing.com',
  database: 'IMMUTA',
  complaints: ['"Role" failed: not granted'],
};

test.each([[[integration]], [{ integrations: [integration] }], [{ hits: [integration], count: 1 }], [{ data: [integration] }]])(
  'the list of integrations may come as %#',
  async (body) => {
    const client = await answering(body);

    expect(await client.listIntegrations()).toEqual([asRead]);
  },
);

test('a list that says there is more is refused: what is missing could be the one', async () => {
  const client = await answering({ hits: [integration], count: 26 });

  expect(await failureOf(client.listIntegrations())).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('1 of 26') });
});

test('an unknown status stays Immuta’s word; a Databricks integration gives workspace and catalog', async () => {
  const databricks = {
    id: 2,
    type: 'Databricks',
    status: 'dreaming',
    config: { workspaceUrl: 'https://adb-1.azuredatabricks.net/', catalog: 'immuta' },
  };
  const client = await answering([databricks, { id: 3, type: 'S3', status: 'enabled', config: null }]);

  expect(await client.listIntegrations()).toEqual([
    { id: 2, type: 'Databricks', status: 'dreaming', host: 'adb-1.azuredatabricks.net', database: 'immuta', complaints: [] },
    { id: 3, type: 'S3', status: 'enabled', host: undefined, database: undefined, complaints: [] },
  ]);
});

test('one integration is read by its id, and another one is not taken for it', async () => {
  const client = await answering(integration);

  expect(await client.getIntegration(1)).toEqual(asRead);
  expect((await failureOf(client.getIntegration(2))).kind).toBe('bad-answer');
});

test.each(['{"status":"creating"}', '"creating"', 'creating', ' creating\n'])('a status may come as %j', async (text) => {
  server = await tenantServer((_, response) => {
    response.end(text);
  });

  expect(await clientOf(server.url).integrationStatus(1)).toBe('creating');
});

test.each([
  [[1, 2, 3], { count: 3, exact: false }],
  [
    { hits: [1], total: 12 },
    { count: 12, exact: true },
  ],
  [{ count: '0' }, { count: 0, exact: true }],
  [{ objects: [1, 2] }, { count: 2, exact: false }],
])('children are counted from %j', async (body, expected) => {
  const client = await answering(body);

  expect(await client.countChildren('snow_prod')).toEqual(expected);
  expect(server?.received[0]).toMatchObject({ method: 'POST', path: '/data/object/search/snow_prod' });
});

test('a tenant that cannot count says so by 404, and nonsense is not a count', async () => {
  expect(await (await answering({}, 404)).countChildren('snow_prod')).toBeUndefined();
  await server?.close();

  expect((await failureOf((await answering({ pages: 4 })).countChildren('snow_prod'))).kind).toBe('bad-answer');
});

test.each([
  [
    [
      { id: 1, state: 'active', output: { secret: 1 } },
      { id: 'b', state: 'completed' },
    ],
  ],
  [
    {
      jobs: [
        { id: '1', state: 'active' },
        { id: 'b', state: 'completed' },
      ],
      next: null,
    },
  ],
  [{ '1': { state: 'active' }, b: { id: 'b', state: 'completed' } }],
])('jobs may come as %#', async (body) => {
  const client = await answering(body);
  const expected = [
    { id: '1', state: 'active' },
    { id: 'b', state: 'completed' },
  ];

  expect(await client.jobsOf('bulk&1')).toEqual(expected);
  expect(await client.jobStatuses(['1', 'b'])).toEqual(expected);
  expect(server?.received.map(({ path, body: sent }) => [path, sent])).toEqual([
    ['/jobs?bulkId=bulk%261', ''],
    ['/jobs/statuses', '{"jobIds":["1","b"]}'],
  ]);
});

test('the clock skew is 0 while the clocks may agree, and follows the Date header when they do not', async () => {
  let offsetMs = 0;
  server = await tenantServer((_, response) => json(response, [], 200, { date: new Date(Date.now() + offsetMs).toUTCString() }));
  const client = clientOf(server.url);

  await client.listIntegrations();
  expect(client.clockSkewMs).toBe(0);

  offsetMs = 120_000;
  await client.listIntegrations();
  expect(Math.abs(client.clockSkewMs - 120_000)).toBeLessThan(1_500);

  offsetMs = -3_600_000;
  await client.listIntegrations();
  expect(Math.abs(client.clockSkewMs + 3_600_000)).toBeLessThan(1_500);
});
