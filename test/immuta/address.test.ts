import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { allowedAddress, endpointAddress } from '../../immuta/tenant-address.js';
import { clientOf, failureOf, json, tenantServer } from './tenant-server.js';
import type { TenantServer } from './tenant-server.js';

let server: TenantServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const base = new URL('https://acme.example.com/proxy/immuta/');
const prefix = '/proxy/immuta/data/object/';

test('whatever a key holds, it stays one path segment below its endpoint, or is refused', () => {
  const pieces = fc.constantFrom('.', '..', '/', '\\', '%2e', '%2F', '?', '#', ';', '@', ':', '\u0000', '\r\n', '\uD800', 'é', '💥', ' ', 'a');
  const keys = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
  );

  fc.assert(
    fc.property(keys, (key) => {
      const address = attempt(() => endpointAddress(base, ['data', 'object', key]));
      if (address === undefined) return;
      expect(address.origin).toBe('https://acme.example.com');
      expect(address.pathname.startsWith(prefix)).toBe(true);
      const segment = address.pathname.slice(prefix.length);
      expect(segment).not.toMatch(/[/\\]/);
      expect(decodeURIComponent(segment)).toBe(key);
      expect(address.search + address.hash).toBe('');
    }),
    { numRuns: 2_000 },
  );
});

test.each(['', '.', '..', '%2e%2E', 'a/../b', 'a\\..\\b', 'tab\tkey', 'line\nkey', '\u0000', '\u007F', '\uD800', 'x'.repeat(1025)])(
  'the key %j is refused',
  (key) => {
    expect(() => endpointAddress(base, ['data', 'object', key])).toThrow(/cannot stand in an address/);
  },
);

test.each(['snow_prod', 'old key', 'a.b', '...', 'a/b', '50%', 'ключ', '?x=1', '#x'])('the key %j reaches the server as it is', async (key) => {
  server = await tenantServer((_, response) => json(response, { childCount: 3, connectionKey: key }));

  const deleted = await clientOf(`${server.url}/base`).deleteConnection(key);

  expect(deleted).toEqual({ childCount: 3 });
  expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual([`DELETE /base/data/object/${encodeURIComponent(key)}`]);
});

test('a key that would climb sends nothing at all', async () => {
  server = await tenantServer((_, response) => json(response, { childCount: 999, connectionKey: '..' }));

  const failure = await failureOf(clientOf(server.url).deleteConnection('..'));

  expect(failure).toMatchObject({ kind: 'invalid-request', ambiguous: false });
  expect(server.received).toEqual([]);
});

const listed = { allowedHosts: ['acme.example.com', 'inner.example.com:8443'], allowLoopback: false } as const;

test.each(['https://acme.example.com', 'https://ACME.example.com:443/base', 'https://inner.example.com:8443'])('%s is allowed by the list', (url) => {
  expect(allowedAddress(url, listed).protocol).toBe('https:');
});

test.each([
  ['http://acme.example.com', /not https/],
  ['https://acme.example.com:8443', /not on this worker's list/],
  ['https://inner.example.com', /not on this worker's list/],
  ['https://acme.example.com.evil.net', /not on this worker's list/],
  ['https://evil.net/acme.example.com', /not on this worker's list/],
  ['https://user:word@acme.example.com', /holds more than scheme, host and path/],
  ['https://acme.example.com?x=1', /holds more than scheme, host and path/],
  ['http://127.0.0.1:8080', /this machine/],
  ['https://localhost', /this machine/],
  ['https://[::1]', /this machine/],
  ['http://2130706433', /this machine/],
  ['ftp://acme.example.com', /not https/],
  ['nonsense', /not an address/],
])('%s is refused', (url, reason) => {
  expect(() => allowedAddress(url, listed)).toThrow(reason);
});

test('loopback is allowed by its own switch, and no other host with it', () => {
  const rules = { allowedHosts: 'loopback-only', allowLoopback: true } as const;

  expect(allowedAddress('http://127.0.0.1:1234', rules).host).toBe('127.0.0.1:1234');
  expect(() => allowedAddress('https://acme.example.com', rules)).toThrow(/not on this worker's list/);
});

test('a host that is not allowed costs no secret: it is refused before one is resolved', async () => {
  let resolved = 0;
  const resolve = () => {
    resolved++;
    throw new Error('resolved');
  };

  const failure = await failureOf(clientOf('https://evil.example.com', { resolve }).listIntegrations());

  expect(failure.kind).toBe('invalid-request');
  expect(resolved).toBe(0);
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
