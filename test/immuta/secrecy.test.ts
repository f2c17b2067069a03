import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { ServerText } from '../../immuta/server-text.js';
import { clientOf, encryptedKeyPairTarget, failureOf, json, keyPairTarget, passwordTarget, secrets, tenantServer } from './tenant-server.js';
import type { Handler, TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const token = 'canary-token-77aa66bb';
const values = [...Object.values(secrets), token];

/** Every spelling of every secret, and of every long line of the keys. */
const canaries = values
  .flatMap((value) => [value, ...value.split('\n').filter((line) => line.startsWith('MII'))])
  .flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
    value.slice(0, 12),
  ])
  .filter((value) => !value.startsWith('-----'));

function leaksIn(...things: unknown[]): string[] {
  const text = things
    .flatMap((thing) => [
      inspect(thing, { depth: 20, showHidden: true, getters: true, maxStringLength: null }),
      JSON.stringify(thing),
      thing instanceof Error ? `${thing.name} ${thing.message} ${thing.stack}` : '',
    ])
    .join('\n')
    .toLowerCase();
  return canaries.filter((canary) => text.includes(canary.toLowerCase()));
}

/** Says back whatever it was ever sent, in every spelling it can think of. */
function echo(status: number): Handler {
  let sent = '';
  return ({ path, body, authorization }, response) => {
    sent += `${authorization} ${body}`;
    if (path === '/bim/apikey/authenticate') {
      json(response, { token, authenticated: true });
      return;
    }
    const known = values.filter((value) => sent.includes(JSON.stringify(value).slice(1, -1)));
    const said = `you sent ${authorization} and ${body} or ${JSON.stringify(body)} or ${known.map((value) => Buffer.from(value).toString('hex')).join(' ')}`;
    const tests = known.map((value) => ({
      name: value,
      status: 'failed',
      message: `${encodeURIComponent(value)} ${Buffer.from(value).toString('base64')} ${value}`,
    }));
    json(response, { message: said, validationResults: { status: 'failed', validationTests: tests } }, status);
  };
}

const targets = [passwordTarget, keyPairTarget, encryptedKeyPairTarget];

test.each([200, 400, 401, 403, 404, 409, 422, 429, 500])(
  'a server that echoes every secret with %i gets none of them into an error',
  async (status) => {
    for (const authentication of ['apiKey', 'bearer', 'exchange'] as const)
      for (const target of targets) {
        server = await tenantServer(echo(status));
        const client = clientOf(server.url, {}, authentication);
        const errors: unknown[] = [];

        for (const call of [
          () => client.bootstrapScript(target),
          () => client.testConnection('k', target),
          () => client.createConnection('k', target),
          () => client.deleteConnection('k'),
        ])
          await call().catch((error: unknown) => errors.push(error));
        await server.close();
        server = undefined;

        expect(errors.length).toBeGreaterThan(0);
        expect(leaksIn(client, ...errors)).toEqual([]);
      }
  },
);

test.each<[string, Handler]>([
  ['a reset', (_, __, raw) => void raw.socket.resetAndDestroy()],
  ['a web page', ({ body }, response) => void response.end(`<html>${body}`)],
  ['a redirect', ({ body }, response) => void response.writeHead(302, { location: `/?${encodeURIComponent(body)}` }).end()],
  ['noise', ({ body }, response) => void response.end(`${body}}`)],
  ['silence', () => undefined],
])('after %s no error holds a secret, a header or a cause', async (_, handler) => {
  server = await tenantServer(handler);
  const failures = await Promise.all(
    targets.map((target) => failureOf(clientOf(server?.url ?? '', { deadlineMs: 200 }).createConnection('k', target))),
  );

  expect(leaksIn(...failures)).toEqual([]);
  for (const failure of failures) {
    expect(failure.cause).toBeUndefined();
    expect(inspect(failure, { depth: 20 })).not.toMatch(/authorization|content-type/i);
  }
});

test('what a working client returns and shows of itself holds no secret', async () => {
  const complaint = `password ${secrets['env:IMMUTA_PASSWORD']} refused`;
  const validationResults = { status: 'failed', validationTests: [{ name: 'Login', status: 'failed', message: complaint }] };
  server = await tenantServer(({ method }, response) =>
    method === 'POST' ? json(response, {}) : json(response, [{ id: 1, type: 'Snowflake', status: 'createError', validationResults }]),
  );
  const client = clientOf(server.url);
  await client.createConnection('k', passwordTarget);

  const [integration] = await client.listIntegrations();

  expect(integration?.complaints).toEqual(['"Login" failed: password [redacted] refused']);
  expect(leaksIn(client, integration)).toEqual([]);
});

test('masking comes before cutting, and survives what a server puts in between', () => {
  const words = new ServerText();
  words.hide('hunter2-and-more');

  expect(words.show(`${'x'.repeat(495)}hunter2-and-more`)).not.toContain('hunter2');
  expect(words.show('hunter2\u200B-and-more')).toBe('hunter2 -and-more');
  expect(words.show('HUNTER2-AND-MORE')).toBe('[redacted]');
  expect(words.show(Buffer.from('hunter2-and-more').toString('hex').toUpperCase())).toBe('[redacted]');
});

test('a secret that is a pattern, and a secret within a secret, are masked as they stand', () => {
  const words = new ServerText();
  words.hide('.*');
  words.hide('a');
  words.hide('abc(d');

  expect(words.show('xyz .* abc(d')).toBe('xyz [redacted] [redacted]');
});
