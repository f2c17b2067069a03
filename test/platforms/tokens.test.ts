import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkTokenHost } from '../../platforms/host-allow-list.js';
import { fetchAccessToken } from '../../platforms/oauth-token.js';
import { Faults } from '../../simulators/faults.js';
import { Ledger } from '../../simulators/ledger.js';
import { startSnowflakeSimulator } from '../../simulators/snowflake/server.js';
import { errorOf, openSession, optionsWith, targetAt } from './opening.js';

const secrets = {
  'env:OAUTH': 'canary-oauth-token',
  'env:PAT': 'canary-programmatic-token',
  'env:OLD': 'canary-expired-token',
  'env:CLIENT': 'canary-client-secret+/&%=',
};

async function account(): Promise<{ port: number; ledger: Ledger }> {
  const ledger = new Ledger();
  const platform = await startSnowflakeSimulator({
    ledger,
    faults: new Faults(),
    warehouses: ['WH'],
    users: [
      {
        name: 'ADMIN',
        defaultRole: 'ACCOUNTADMIN',
        roles: ['ACCOUNTADMIN'],
        tokens: [
          { kind: 'oAuth', value: secrets['env:OAUTH'], expired: false },
          { kind: 'programmaticAccess', value: secrets['env:PAT'], expired: false },
          { kind: 'oAuth', value: secrets['env:OLD'], expired: true },
        ],
        oAuthClients: [{ clientId: 'mooring client', clientSecret: secrets['env:CLIENT'] }],
      },
    ],
  });
  onTestFinished(() => platform.close());
  return { port: platform.port, ledger };
}

const clientOf = (port: number) => ({
  authenticationType: 'oAuthClientCredentials',
  clientId: 'mooring client',
  clientSecret: 'env:CLIENT',
  tokenUrl: `http://127.0.0.1:${port}/oauth/token-request`,
  role: 'ACCOUNTADMIN',
});

function requestsOf(ledger: Ledger): unknown[] {
  return ledger.entries.filter(({ kind }) => kind === 'request').map((entry) => entry['path']);
}

describe('a session', () => {
  test.each([
    ['an OAuth token', { authenticationType: 'oAuthToken', token: 'env:OAUTH', role: 'ACCOUNTADMIN' }],
    ['an OAuth token and the user it belongs to', { authenticationType: 'oAuthToken', token: 'env:OAUTH', username: 'admin', role: 'ACCOUNTADMIN' }],
    ['a programmatic access token', { authenticationType: 'programmaticAccessToken', token: 'env:PAT', role: 'ACCOUNTADMIN' }],
  ])('opens with %s, and knows whose it is', async (_name, privilegedUser) => {
    const { port, ledger } = await account();

    const session = await openSession(targetAt(port, { privilegedUser }), optionsWith(secrets));

    expect(session.identity).toEqual({ user: 'ADMIN', role: 'ACCOUNTADMIN' });
    expect(requestsOf(ledger).filter((path) => path === '/session/v1/login-request')).toHaveLength(1);
  });

  test('of an OAuth client asks for one token, whatever stands in its secret, and passes the check of the user it turned out to be', async () => {
    const { port, ledger } = await account();
    const target = targetAt(port, { privilegedUser: clientOf(port) });

    const session = await openSession(target, optionsWith(secrets));
    const { checks } = await session.preflight(target);

    expect(session.identity).toEqual({ user: 'ADMIN', role: 'ACCOUNTADMIN' });
    expect(requestsOf(ledger).slice(0, 2)).toEqual(['/oauth/token-request', '/session/v1/login-request']);
    expect(checks.find(({ name }) => name === 'privileged user and role')).toMatchObject({ status: 'passed' });
  });

  test.each([
    ['an expired token', { authenticationType: 'oAuthToken', token: 'env:OLD', role: 'ACCOUNTADMIN' }, '390318', /OAuth token has expired/],
    [
      'a programmatic token given as OAuth token',
      { authenticationType: 'oAuthToken', token: 'env:PAT', role: 'ACCOUNTADMIN' },
      '390303',
      /not valid/,
    ],
    ['an OAuth token given as programmatic', { authenticationType: 'programmaticAccessToken', token: 'env:OAUTH', role: 'R' }, '394400', /not valid/],
    [
      'a token of somebody else',
      { authenticationType: 'oAuthToken', token: 'env:OAUTH', username: 'EVE', role: 'ACCOUNTADMIN' },
      '390309',
      /another user/,
    ],
  ])('does not open with %s: one login, and nothing of the token in the error', async (_name, privilegedUser, code, said) => {
    const { port, ledger } = await account();

    const error = await errorOf(openSession(targetAt(port, { privilegedUser }), optionsWith(secrets)));

    expect(error).toMatchObject({ kind: 'credential-refused', ambiguous: false, code, message: expect.stringMatching(said) });
    expect(requestsOf(ledger)).toEqual(['/session/v1/login-request']);
    expect(`${JSON.stringify(error)}${(error as Error).message}${(error as Error).stack}`).not.toContain('canary');
  });

  test('of an OAuth client reads no secret when its token endpoint is not allowed', async () => {
    const read: string[] = [];
    const privilegedUser = { ...clientOf(1), tokenUrl: 'https://login.example.com/token' };
    const options = optionsWith({}, { resolveSecret: (reference) => Promise.reject(read.push(reference)) });

    const error = await errorOf(openSession(targetAt(1, { privilegedUser }), options));

    expect(error).toMatchObject({ kind: 'invalid-request', next: expect.stringContaining('MOORING_TOKEN_HOSTS') });
    expect(read).toEqual([]);
  });
});

describe('a token endpoint', () => {
  const json = { 'content-type': 'application/json' };
  const refused = (error: string) => (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(400, json).end(JSON.stringify({ error, error_description: 'canary-description' }));
  const status =
    (code: number, headers: Record<string, string> = {}) =>
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(code, headers).end('canary-body');
  const body = (text: string) => (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200, json).end(text);

  test.each([
    ['an unknown client', refused('invalid_client'), 'credential-refused', /wrong client secret \(invalid_client\)/],
    ['a client without the grant', refused('unauthorized_client'), 'permission-missing', /unauthorized_client/],
    ['a scope that it does not have', refused('invalid_scope'), 'invalid-request', /invalid_scope/],
    ['an error nobody registered', refused('canary-error'), 'bad-answer', /HTTP 400 instead of a token/],
    ['an error that every object has', refused('constructor'), 'bad-answer', /HTTP 400/],
    ['401 without a reason', status(401), 'credential-refused', /HTTP 401 and no reason/],
    ['429', status(429), 'throttled', /HTTP 429/],
    ['503', status(503), 'unreachable', /HTTP 503/],
    ['a page instead of JSON', body('<html>canary</html>'), 'bad-answer', /no bearer token/],
    ['a token of another type', body('{"access_token":"canary","token_type":"mac"}'), 'bad-answer', /no bearer token/],
    ['a token with line breaks', body('{"access_token":"canary\\r\\nx","token_type":"Bearer"}'), 'bad-answer', /no bearer token/],
    ['an endless answer', body('x'.repeat(100_000)), 'bad-answer', /more than 65536 bytes/],
    ['a cut connection', (request: IncomingMessage) => void request.socket.destroy(), 'unreachable', /no answer/],
  ])('that answers with %s is asked once, and nothing of what was sent or answered is shown', async (_name, answer, kind, said) => {
    const endpoint = await tokenEndpoint(answer);

    const error = await errorOf(fetchAccessToken(grantAt(endpoint.port), { authentication: 'post' }));

    expect(error).toMatchObject({ name: 'PlatformError', kind, ambiguous: false, message: expect.stringMatching(said) });
    expect(endpoint.asked()).toBe(1);
    expect(`${JSON.stringify(error)}${(error as Error).stack}${String((error as Error).cause)}`).not.toContain('canary');
  });

  test.each([
    ['never answers', () => undefined],
    ['stops in the middle', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('that %s is not waited for', async (_name, answer) => {
    const endpoint = await tokenEndpoint(answer);

    const error = await errorOf(fetchAccessToken(grantAt(endpoint.port), { authentication: 'post', withinMs: 200 }));

    expect(error).toMatchObject({ kind: 'timeout', ambiguous: false, message: expect.stringContaining('within 200 ms') });
  });

  test('that redirects does not make us carry the secret elsewhere', async () => {
    const stranger = await tokenEndpoint(body('{"access_token":"stolen","token_type":"Bearer"}'));
    const endpoint = await tokenEndpoint(status(307, { location: `http://127.0.0.1:${stranger.port}/token` }));

    const error = await errorOf(fetchAccessToken(grantAt(endpoint.port), { authentication: 'post' }));

    expect(error).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('HTTP 307') });
    expect(stranger.asked()).toBe(0);
  });

  test('that nobody serves is said to be unreachable', async () => {
    const { port, close } = await tokenEndpoint(status(200));
    await close();

    const error = await errorOf(fetchAccessToken(grantAt(port), { authentication: 'post' }));

    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
  });

  test('must be the host of the platform unless the worker names others, and https unless on loopback', () => {
    const rules = { allowedHosts: [], allowLoopback: false };
    const named = { ...rules, allowedTokenHosts: ['Login.Example.com'] };
    const check = (url: string, given: Parameters<typeof checkTokenHost>[2]) => () => checkTokenHost(url, 'acme.snowflakecomputing.com', given);

    expect(check('https://acme.snowflakecomputing.com/oauth/token-request', rules)).not.toThrow();
    expect(check('https://login.example.com/t', named)).not.toThrow();
    expect(check('http://127.0.0.1:1/t', { ...rules, allowLoopback: true })).not.toThrow();
    expect(check('https://login.example.com/t', rules)).toThrow(/not one of the token hosts/);
    expect(check('https://acme.snowflakecomputing.com/t', named)).toThrow(/not one of the token hosts/);
    expect(check('https://login.example.com.evil.example/t', named)).toThrow(/not one of the token hosts/);
    expect(check('http://login.example.com/t', named)).toThrow(/not asked over https/);
    expect(check('http://127.0.0.1:1/t', rules)).toThrow(/loopback/);
  });
});

function grantAt(port: number) {
  return { tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'client', clientSecret: 'canary-secret', scope: 'session:role:R' };
}

async function tokenEndpoint(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise<void>((resolve) => void server.close(() => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    return close();
  });
  return { port: (server.address() as AddressInfo).port, asked: () => asked, close };
}
