import { afterEach, expect, test } from 'vitest';
import { Secret } from '../../domain/secret.js';
import { clientOf, failureOf, json, passwordTarget, tenantServer } from './tenant-server.js';
import type { TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const login = '/bim/apikey/authenticate';
const hourFromNow = () => new Date(Date.now() + 3_600_000).toISOString();
const paths = () => server?.received.map(({ path }) => path);

test('apiKey sends the key raw, bearer after its word', async () => {
  server = await tenantServer((_, response) => json(response, []));

  await clientOf(server.url, {}, 'apiKey').listIntegrations();
  await clientOf(server.url, {}, 'bearer').listIntegrations();

  expect(server.received.map(({ authorization }) => authorization)).toEqual(['canary-api-key-9f8e7d', 'Bearer canary-api-key-9f8e7d']);
});

test.each(['apiKey', 'bearer'] as const)('%s refused with 401 is not tried again', async (authentication) => {
  server = await tenantServer((_, response) => json(response, { message: 'no' }, 401));

  const failure = await failureOf(clientOf(server.url, {}, authentication).listIntegrations());

  expect(failure).toMatchObject({ kind: 'credential-refused', status: 401, ambiguous: false });
  expect(server.received).toHaveLength(1);
});

test('exchange logs in once with the key in a JSON body and uses the token for every call', async () => {
  server = await tenantServer(({ path }, response) =>
    json(response, path === login ? { token: 'token-1', authenticated: true, tokenExpiration: hourFromNow() } : []),
  );
  const client = clientOf(server.url, {}, 'exchange');

  await Promise.all([client.listIntegrations(), client.listIntegrations()]);
  await client.listIntegrations();

  expect(paths()).toEqual([login, '/integrations', '/integrations', '/integrations']);
  expect(server.received[0]).toMatchObject({ authorization: undefined, body: '{"apikey":"canary-api-key-9f8e7d"}', contentType: 'application/json' });
  expect(server.received[3]?.authorization).toBe('Bearer token-1');
});

test('a token that ends in the middle is replaced once, and the refused call is sent again', async () => {
  let logins = 0;
  let ended = false;
  server = await tenantServer(({ path, authorization }, response) => {
    if (path === login) json(response, { token: `token-${++logins}` });
    else if (ended && authorization === 'Bearer token-1') json(response, {}, 401);
    else json(response, []);
  });
  const client = clientOf(server.url, {}, 'exchange');
  await client.listIntegrations();
  ended = true;

  await client.listIntegrations();

  expect(paths()).toEqual([login, '/integrations', '/integrations', login, '/integrations']);
});

test('a fresh token that is refused as well ends the call: there is no second new login', async () => {
  server = await tenantServer(({ path }, response) => (path === login ? json(response, { token: 'token' }) : json(response, {}, 401)));

  const failure = await failureOf(clientOf(server.url, {}, 'exchange').listIntegrations());

  expect(failure.kind).toBe('credential-refused');
  expect(paths()).toEqual([login, '/integrations', login, '/integrations']);
});

test('a refused login is final for the client: the key is never offered again', async () => {
  server = await tenantServer((_, response) => json(response, { message: 'bad key' }, 401));
  const client = clientOf(server.url, {}, 'exchange');

  const first = await failureOf(client.listIntegrations());
  const second = await failureOf(client.listIntegrations());

  expect([first.kind, second.kind]).toEqual(['credential-refused', 'credential-refused']);
  expect(paths()).toEqual([login]);
});

test.each([{ authenticated: false, token: 'x' }, { authenticated: true }])('a login answered with %j is a refused credential', async (body) => {
  server = await tenantServer((_, response) => json(response, body));

  const failure = await failureOf(clientOf(server.url, {}, 'exchange').listIntegrations());

  expect(failure.kind).toBe('credential-refused');
});

test('tokenExpiration is honoured without waiting for a 401', async () => {
  let logins = 0;
  server = await tenantServer(({ path }, response) =>
    json(response, path === login ? { token: `token-${++logins}`, tokenExpiration: new Date(Date.now() + 400).toISOString() } : []),
  );
  const client = clientOf(server.url, {}, 'exchange');
  await client.listIntegrations();
  await new Promise((resolve) => setTimeout(resolve, 450));

  await client.listIntegrations();

  expect(paths()).toEqual([login, '/integrations', login, '/integrations']);
  expect(server.received.at(-1)?.authorization).toBe('Bearer token-2');
});

test('a login that Immuta cannot answer now is not a refused credential', async () => {
  server = await tenantServer((_, response) => json(response, {}, 503));

  const failure = await failureOf(clientOf(server.url, {}, 'exchange').createConnection('snow_prod', passwordTarget));

  expect(failure).toMatchObject({ kind: 'unreachable', ambiguous: false });
});

test.each(['with space', 'line\nbreak', 'ünicode', ''])('a key that cannot stand in a header (%j) is refused without repeating it', async (key) => {
  server = await tenantServer((_, response) => json(response, []));

  const failure = await failureOf(clientOf(server.url, { resolve: async () => new Secret(key) }).listIntegrations());

  expect(failure.kind).toBe('secret-unavailable');
  expect(failure.message.includes(key) && key !== '').toBe(false);
  expect(server.received).toEqual([]);
});

test('the credential is resolved at each call, so that a rotated key is picked up', async () => {
  server = await tenantServer((_, response) => json(response, []));
  let rotation = 0;
  const client = clientOf(server.url, { resolve: async () => new Secret(`key-${++rotation}`) });

  await client.listIntegrations();
  await client.listIntegrations();

  expect(server.received.map(({ authorization }) => authorization)).toEqual(['key-1', 'key-2']);
});
