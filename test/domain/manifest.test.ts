import { describe, expect, test } from 'vitest';
import { DeregistrationRequest } from '../../domain/deregistration-request.js';
import { Manifest, deregistrationRequest, registrationRequest } from '../../domain/manifest.js';
import { Timing } from '../../domain/timing.js';

const connection = {
  technology: 'Snowflake',
  host: 'acme.snowflakecomputing.com',
  warehouse: 'WH',
  database: 'IMMUTA',
  systemAccount: { authenticationType: 'userPassword', username: 'A', password: 'env:A', role: 'R' },
  privilegedUser: { authenticationType: 'userPassword', username: 'B', password: 'env:B', role: 'ACCOUNTADMIN' },
};
const immuta = { url: 'https://acme.hosted.immutacloud.com/', secret: 'env:IMMUTA_API_KEY' };
const by = { requester: 'asks@example.com', timing: Timing.parse({}) };

describe('Defaults', () => {
  test('are merged under every connection, block by block, and a connection wins', () => {
    const defaults = {
      port: 8443,
      script: { policy: 'automatic', expiresAfter: '1h' },
      privilegedUser: { role: 'SECURITYADMIN', warehouse: 'ADMIN_WH' },
    };

    const manifest = Manifest.parse({ immuta, defaults, connections: { one: { ...connection, script: { policy: 'approval' } } } });

    expect(manifest.connections['one']).toMatchObject({
      port: 8443,
      script: { policy: 'approval', expiresAfter: '1h' },
      privilegedUser: { role: 'ACCOUNTADMIN', warehouse: 'ADMIN_WH' },
    });
  });

  test('lose their arrays to those of a connection', () => {
    const defaults = { userRolePattern: { exclude: ['ONE', 'TWO'] } };

    const manifest = Manifest.parse({ immuta, defaults, connections: { one: { ...connection, userRolePattern: { exclude: ['THREE'] } } } });

    expect(manifest.connections['one']).toMatchObject({ userRolePattern: { exclude: ['THREE'] } });
  });
});

describe('An OAuth client', () => {
  const config = { clientId: 'c', authorityUrl: 'https://idp.example.com/token' };
  const certificate = { publicCertificateThumbprint: '3F2A', oauthPrivateKey: 'file:/run/secrets/client.key' };
  const parsed = (oAuthClientConfig: object) => {
    const systemAccount = { authenticationType: 'oAuthClientCredentials', role: 'R', oAuthClientConfig };
    return Manifest.safeParse({ immuta, connections: { one: { ...connection, systemAccount } } });
  };

  test('uses a secret unless it says that it uses a certificate', () => {
    const { data } = parsed({ ...config, clientSecret: 'env:S' });

    expect(data?.connections['one']?.systemAccount).toMatchObject({ oAuthClientConfig: { useCertificate: false, clientSecret: 'env:S' } });
    expect(parsed({ ...config, useCertificate: true, ...certificate }).success).toBe(true);
  });

  test.each([
    ['brings a secret and a certificate', { ...config, clientSecret: 'env:S', ...certificate }],
    ['brings a secret where it says certificate', { ...config, useCertificate: true, clientSecret: 'env:S' }],
    ['brings neither', config],
    ['has its secret in clear', { ...config, clientSecret: 'hunter2' }],
    ['asks for its token over http', { ...config, authorityUrl: 'http://idp.example.com/token', clientSecret: 'env:S' }],
  ])('is refused when it %s', (_case, oAuthClientConfig) => {
    expect(parsed(oAuthClientConfig).success).toBe(false);
  });

  test('as privileged user asks for its token over https, or on loopback', () => {
    const withUrl = (tokenUrl: string) => {
      const privilegedUser = { authenticationType: 'oAuthClientCredentials', clientId: 'c', clientSecret: 'env:S', tokenUrl, role: 'R' };
      return Manifest.safeParse({ immuta, connections: { one: { ...connection, privilegedUser } } }).success;
    };

    expect(withUrl('https://idp.example.com:8443/oauth2/token?tenant=1')).toBe(true);
    expect(withUrl('http://127.0.0.1:8080/token')).toBe(true);
    expect(withUrl('http://idp.example.com/token')).toBe(false);
    expect(withUrl('https://user:pass@idp.example.com/token')).toBe(false);
    expect(withUrl('https://idp.example.com:99999/token')).toBe(false);
    expect(withUrl('http://127.0.0.1.example.com/token')).toBe(false);
  });
});

describe('A request', () => {
  test('is one entry after defaults, with who asks and the timing', () => {
    const manifest = Manifest.parse({ immuta, connections: { one: connection } });

    const request = registrationRequest(manifest, 'one', by);

    expect(request).toMatchObject({
      connectionKey: 'one',
      immuta: { url: 'https://acme.hosted.immutacloud.com', authentication: 'apiKey' },
      target: { host: 'acme.snowflakecomputing.com', port: 443, settings: { isActive: false } },
      script: { policy: 'approval', expiresAfter: '72h' },
      requester: 'asks@example.com',
    });
    expect(request?.target).not.toHaveProperty('script');
  });

  test('is not made for a key that only every object has', () => {
    const manifest = Manifest.parse({ immuta, connections: { one: connection } });

    expect(registrationRequest(manifest, 'constructor', by)).toBeUndefined();
    expect(registrationRequest(manifest, '__proto__', by)).toBeUndefined();
  });
});

test('Plain http is for a tenant on loopback only', () => {
  const withUrl = (url: string) => Manifest.safeParse({ immuta: { ...immuta, url }, connections: { one: connection } }).success;

  expect(withUrl('http://127.0.0.1:8080')).toBe(true);
  expect(withUrl('http://localhost')).toBe(true);
  expect(withUrl('http://127.0.0.1.example.com')).toBe(false);
  expect(withUrl('http://acme.hosted.immutacloud.com')).toBe(false);
});

describe('A key under connections', () => {
  test.each(['snow_prod', 'old key', 'eu.prod', 'a/b', 'ключ', 'bulk', 'x'.repeat(200)])('may be any that Immuta may hold: %s', (key) => {
    expect(Manifest.safeParse({ immuta, connections: { [key]: connection } }).success).toBe(true);
  });

  test.each(['', '.', '..', 'a\nb', 'a\u007fb', 'x'.repeat(201)])('is refused when it cannot be one segment of an address: %j', (key) => {
    expect(Manifest.safeParse({ immuta, connections: { [key]: connection } }).success).toBe(false);
  });
});

test('A deregistration is asked for by the same entry, and names its integration only when a person did', () => {
  const request = registrationRequest(Manifest.parse({ immuta, connections: { one: connection } }), 'one', by);
  if (request === undefined) throw new Error('the manifest has the key');

  expect(DeregistrationRequest.parse(deregistrationRequest(request, undefined))).toEqual({ ...request, operation: 'deregister' });
  expect(DeregistrationRequest.parse(deregistrationRequest(request, 7))).toMatchObject({ integrationId: 7 });
});
