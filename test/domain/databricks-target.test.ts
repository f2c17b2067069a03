import { describe, expect, it } from 'vitest';
import { DatabricksTarget } from '../../domain/databricks-target.js';

const least = {
  technology: 'Databricks',
  host: 'adb-1.2.azuredatabricks.net',
  httpPath: '/sql/1.0/warehouses/abc',
  catalog: 'immuta',
  systemAccount: {
    authenticationType: 'oAuthM2M',
    oAuthClientConfig: {
      clientId: 'sp',
      clientSecret: 'env:DATABRICKS_SP_SECRET',
      authorityUrl: 'https://adb-1.2.azuredatabricks.net/oidc/v1/token',
    },
  },
  privilegedUser: { authenticationType: 'token', token: 'env:DATABRICKS_ADMIN_TOKEN' },
};

describe('a Databricks target', () => {
  it('gets every default, those that Immuta always wants among them', () => {
    expect(DatabricksTarget.parse(least)).toEqual({
      ...least,
      port: 443,
      systemAccount: {
        authenticationType: 'oAuthM2M',
        oAuthClientConfig: { ...least.systemAccount.oAuthClientConfig, useCertificate: false, scope: 'all-apis' },
      },
      audit: { enabled: true },
      settings: { isActive: false },
      options: { forceRecursiveCrawl: true },
    });
  });

  it.each([
    ['a path without its first slash', { httpPath: 'sql/protocolv1/o/123/0123-abc' }],
    ['a path that names its workspace', { httpPath: '/sql/1.0/warehouses/abc?o=123' }],
    ['a system account with a token', { systemAccount: { authenticationType: 'token', token: 'env:T' } }],
    ['a privileged service principal', { privilegedUser: { authenticationType: 'oAuthM2M', clientId: 'a', clientSecret: 'file:/run/secrets/s' } }],
    ['what is optional', { groupPattern: { deny: 'immuta_exempt' }, workspaceIds: ['1234'], proxyOptions: { host: 'proxy', port: 8080 } }],
  ])('takes %s', (_, changes) => {
    expect(DatabricksTarget.safeParse({ ...least, ...changes }).success).toBe(true);
  });

  it.each([
    ['a scheme in the host', { host: 'https://adb-1.2.azuredatabricks.net' }],
    ['a path of something else', { httpPath: '/api/2.0/sql' }],
    ['a path with a second query', { httpPath: '/sql/1.0/warehouses/abc?o=1&x=2' }],
    ['a catalog that Immuta does not take', { catalog: 'my-catalog' }],
    ['a literal secret', { privilegedUser: { authenticationType: 'token', token: 'dapi0123' } }],
    [
      'a token endpoint in clear',
      { systemAccount: { ...least.systemAccount, oAuthClientConfig: { ...least.systemAccount.oAuthClientConfig, authorityUrl: 'http://a/t' } } },
    ],
    [
      'a user name and password, which Databricks does not know',
      { privilegedUser: { authenticationType: 'userPassword', username: 'u', password: 'env:P' } },
    ],
    ['a key that nobody knows', { database: 'immuta' }],
    ['a workspace that is no number', { workspaceIds: ['one'] }],
  ])('refuses %s', (_, changes) => {
    expect(DatabricksTarget.safeParse({ ...least, ...changes }).success).toBe(false);
  });
});
