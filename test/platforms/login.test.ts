import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { errorOf, openSession, optionsWith, password, targetAt, wireServer } from './opening.js';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const plainKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1Key = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const passphrase = 'canary-passphrase-0815';
const encryptedKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

const byKey = { authenticationType: 'keyPair', username: 'ADMIN', role: 'ACCOUNTADMIN', privateKey: 'env:KEY' };
const byEncryptedKey = { ...byKey, privateKeyPassword: 'env:PASSPHRASE' };

test('a password logs in once, and the session knows who it is and what time the platform has', async () => {
  const wire = await wireServer();

  const session = await openSession(targetAt(wire.port));

  expect(session.identity).toEqual({ user: 'ADMIN', role: 'ACCOUNTADMIN' });
  expect(Math.abs(session.clockOffsetMs)).toBeLessThan(5_000);
  expect(wire.requests.filter(({ path }) => path.includes('login')).map(({ url }) => url.searchParams.get('roleName'))).toEqual(['ACCOUNTADMIN']);
});

test.each([
  ['a plain PKCS#8 key', byKey, { 'env:KEY': plainKey }],
  ['a PKCS#1 key', byKey, { 'env:KEY': pkcs1Key }],
  ['a key without a final newline', byKey, { 'env:KEY': plainKey.trim() }],
  ['an encrypted key with its passphrase', byEncryptedKey, { 'env:KEY': encryptedKey, 'env:PASSPHRASE': passphrase }],
])('%s logs in', async (_name, privilegedUser, secrets) => {
  const wire = await wireServer([{ name: 'ADMIN', publicKeyPem }]);

  const session = await openSession(targetAt(wire.port, { privilegedUser }), optionsWith(secrets));

  expect(session.identity.user).toBe('ADMIN');
});

test.each([
  ['a wrong passphrase', byEncryptedKey, { 'env:KEY': encryptedKey, 'env:PASSPHRASE': 'wrong' }, /passphrase is wrong/],
  ['a missing passphrase', byKey, { 'env:KEY': encryptedKey }, /no passphrase was given/],
  ['something that is no key', byKey, { 'env:KEY': 'canary-not-a-key' }, /not a private key in PEM form/],
])('%s is said to be that, and nothing is sent', async (_name, privilegedUser, secrets, said) => {
  const wire = await wireServer([{ name: 'ADMIN', publicKeyPem }]);

  const error = await errorOf(openSession(targetAt(wire.port, { privilegedUser }), optionsWith(secrets)));

  expect(error).toMatchObject({ kind: 'credential-refused', ambiguous: false, message: expect.stringMatching(said) });
  expect(wire.requests).toEqual([]);
  expect(JSON.stringify(error) + String(error)).not.toMatch(/canary|wrong"/);
});

test('a wrong password is refused after one login request, because more would lock the user (and connectAsync would have resolved)', async () => {
  const wire = await wireServer([{ name: 'ADMIN', password: 'another' }]);

  const error = await errorOf(openSession(targetAt(wire.port)));

  expect(error).toMatchObject({ name: 'PlatformError', kind: 'credential-refused', ambiguous: false, code: '390100' });
  expect(wire.requests.filter(({ path }) => path.includes('login'))).toHaveLength(1);
  expect(`${JSON.stringify(error)}${(error as Error).message}${(error as Error).stack}`).not.toContain(password);
});

test('a role that is not granted is named with the GRANT that cures it', async () => {
  const wire = await wireServer();
  wire.respond = ({ path }) => (path.includes('login') ? { code: '390189', message: 'Role is not granted to this user.' } : undefined);

  const error = await errorOf(openSession(targetAt(wire.port)));

  expect(error).toMatchObject({ kind: 'permission-missing', next: 'Run as SECURITYADMIN: GRANT ROLE "ACCOUNTADMIN" TO USER "ADMIN";' });
});

test.each([
  ['drop' as const, 'unreachable'],
  [{ status: 503 }, 'unreachable'],
  [{ status: 429 }, 'throttled'],
  [{ status: 403 }, 'permission-missing'],
  [{ status: 200, body: '<html>a proxy</html>' }, 'bad-answer'],
])('a login answered with %j is sent once and fails as %s', async (reply, kind) => {
  const wire = await wireServer();
  wire.respond = ({ path }) => (path.includes('login') ? reply : undefined);

  const error = await errorOf(openSession(targetAt(wire.port)));

  expect(error).toMatchObject({ kind, ambiguous: false });
  expect(wire.requests).toHaveLength(1);
});

test('a login that is redirected to another host does not carry the password there', async () => {
  const stranger = await wireServer();
  const wire = await wireServer();
  wire.respond = ({ path }) =>
    path.includes('login') ? { status: 307, headers: { location: `http://127.0.0.1:${stranger.port}/session/v1/login-request` } } : undefined;

  const error = await errorOf(openSession(targetAt(wire.port)));

  expect(error).toMatchObject({ name: 'PlatformError', ambiguous: false });
  expect(stranger.requests).toEqual([]);
});

test('a host that is not allowed gets nothing, and no secret is read for it', async () => {
  const read: string[] = [];
  const options = optionsWith(
    {},
    { allowedHosts: ['acme.snowflakecomputing.com'], resolveSecret: (reference) => Promise.reject(read.push(reference)) },
  );

  const error = await errorOf(openSession(targetAt(443, { host: 'evil.acme.snowflakecomputing.com' }), options));

  expect(error).toMatchObject({ kind: 'invalid-request', next: expect.stringContaining('MOORING_SNOWFLAKE_HOSTS') });
  expect(read).toEqual([]);
});

test('loopback needs its switch', async () => {
  const wire = await wireServer();

  const error = await errorOf(openSession(targetAt(wire.port), optionsWith({}, { allowLoopback: false })));

  expect(error).toMatchObject({ kind: 'invalid-request', next: expect.stringContaining('MOORING_ALLOW_LOOPBACK=1') });
  expect(wire.requests).toEqual([]);
});
