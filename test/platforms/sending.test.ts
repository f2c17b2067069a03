import http from 'node:http';
import https from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { hostOf } from '../../platforms/host-allow-list.js';
import { monotonicMs } from '../../platforms/monotonic-clock.js';
import { installOutgoingGate, openGate, shutGate } from '../../platforms/outgoing-gate.js';
import type { OutgoingRequest } from '../../platforms/outgoing-gate.js';
import { connectionOptions } from '../../platforms/snowflake/login.js';
import { Sending } from '../../platforms/snowflake/sending.js';
import { wireServer } from './opening.js';

const originals = [http, https].map((module) => ({ module, request: module.request }));

afterEach(() => {
  for (const { module, request } of originals) Object.assign(module, { request }); // other files run in this process
});

const host = 'acme.eu-west-1.snowflakecomputing.com';

function request(changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    secure: true,
    method: 'POST',
    host,
    port: 443,
    path: '/queries/v1/query-request?requestId=1',
    contentType: 'application/json',
    ...changes,
  };
}

test('a statement leaves only while its lease lasts, and every time it leaves is counted', () => {
  const sending = new Sending(host, 443);

  const before = sending.rule(request());
  sending.begin(monotonicMs() + 60_000);
  const during = [sending.rule(request()), sending.rule(request())];
  const sent = sending.end();
  const after = sending.rule(request());
  sending.begin(monotonicMs() - 1);
  const late = sending.rule(request());

  expect([before, after, late]).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
  expect(during).toEqual([undefined, undefined]);
  expect(sent).toBe(2);
  expect(sending.end()).toBe(0);
});

test.each([
  ['a login at the host of the session', { path: '/session/v1/login-request' }, true],
  ['a login elsewhere', { path: '/session/v1/login-request', host: 'evil.example' }, false],
  ['a login at another port', { path: '/session/v1/login-request', port: 8443 }, false],
  ['a download of a large result', { method: 'GET', host: 'bucket.s3.amazonaws.com', path: '/chunk' }, true],
  ['a certificate status request', { secure: false, host: 'ocsp.example', port: 80, contentType: 'application/ocsp-request' }, true],
  ['something else to a certificate authority', { secure: false, host: 'ocsp.example', port: 80 }, false],
] as const)('%s: may leave: %s', (_name, changes, mayLeave) => {
  const sending = new Sending(host, 443);

  const refusal = sending.rule(request(changes));

  expect(refusal === undefined).toBe(mayLeave);
});

test('the gate sees every way to call request, and what it refuses gets no socket', async () => {
  const wire = await wireServer();
  const seen: OutgoingRequest[] = [];
  installOutgoingGate();
  openGate((outgoing) => {
    seen.push(outgoing);
    return 'refused';
  });

  const options = { hostname: '127.0.0.1', port: wire.port, path: '/a?b', method: 'post', headers: { 'Content-Type': 'application/JSON' } };
  expect(() => http.request(options)).toThrow('refused');
  expect(() => http.request(`http://127.0.0.1:${wire.port}/a?b`, { method: 'POST', headers: { 'content-type': 'application/json' } })).toThrow(
    'refused',
  );
  expect(() => http.request(new URL(`http://127.0.0.1:${wire.port}/a?b`))).toThrow('refused');

  const common = { secure: false, host: '127.0.0.1', port: wire.port, path: '/a?b' };
  expect(seen).toEqual([
    { ...common, method: 'POST', contentType: 'application/json' },
    { ...common, method: 'POST', contentType: 'application/json' },
    { ...common, method: 'GET', contentType: undefined },
  ]);
  expect(wire.requests).toEqual([]);
});

test('a gate that shuts says whether something was under way, and cuts every connection', async () => {
  const wire = await wireServer();
  wire.respond = ({ path }) => (path === '/hang' ? 'hang' : undefined);
  const agent = new http.Agent({ keepAlive: true });
  installOutgoingGate();
  openGate(() => undefined);
  const ask = async (path: string): Promise<string> =>
    await new Promise((resolve) => {
      const request = http.request({ host: '127.0.0.1', port: wire.port, path, agent }, (response) =>
        response.resume().once('end', () => resolve('answered')),
      );
      request.once('error', () => resolve('cut')).end();
    });

  const answered = await ask('/answered');
  const quiet = await shutGate();
  openGate(() => undefined);
  const hanging = ask('/hang');
  while (wire.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  const busy = !(await shutGate());
  const refused = (): unknown => http.request({ host: '127.0.0.1', port: wire.port, agent });
  expect(refused).toThrow('refused: nobody is logged in');

  expect([answered, await hanging]).toEqual(['answered', 'cut']);
  expect([quiet, busy]).toEqual([true, true]);
  while ((await wire.connections()) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

test('a host is allowed exactly or not at all, and never over plain HTTP', () => {
  const rules = { allowedHosts: [host.toUpperCase()], allowLoopback: true };

  expect(hostOf({ host, port: 443 }, rules)).toEqual({ host, port: 443, plainHttp: false });
  for (const stranger of [`a.${host}`, `${host}.evil.example`, 'snowflakecomputing.com', '127.evil.example'])
    expect(() => hostOf({ host: stranger, port: 443 }, rules)).toThrow(/not one of the hosts/);
});

test("the driver's options name a constant authenticator, https and the account, and are made anew each time", () => {
  const login = {
    technology: 'Snowflake',
    host,
    port: 443,
    plainHttp: false,
    username: 'U',
    who: 'U',
    role: 'R',
    warehouse: 'W',
    credential: { kind: 'userPassword', password: 'p' },
  } as const;

  const options = connectionOptions(login);

  expect(options).toMatchObject({
    accessUrl: `https://${host}:443`,
    account: 'acme',
    authenticator: 'SNOWFLAKE',
    sfRetryMaxLoginRetries: 0,
    clientSessionKeepAlive: false,
    streamResult: true,
  });
  expect(options.application).toMatch(/^[A-Za-z][A-Za-z0-9.\-_]{1,50}$/);
  expect(options).not.toHaveProperty('queryTag');
  expect(connectionOptions(login)).not.toBe(options);
});
