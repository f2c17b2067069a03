import { expect, test } from 'vitest';
import { DatabricksTarget } from '../../domain/databricks-target.js';
import { connectionPayload, scriptPayload } from '../../immuta/payloads.js';

const host = 'adb-1.2.azuredatabricks.net';
const authorityUrl = `https://${host}/oidc/v1/token`;
const values: Readonly<Record<string, string>> = { 'env:SP_SECRET': 'client-secret', 'env:SP_TOKEN': 'dapi-token', 'env:PROXY': 'proxy-password' };
const reveal = async (reference: string): Promise<string> => values[reference] ?? `? ${reference}`;

const common = {
  technology: 'Databricks',
  host,
  httpPath: '/sql/1.0/warehouses/abc',
  catalog: 'immuta',
  privilegedUser: { authenticationType: 'token', token: 'env:ADMIN_TOKEN' },
};
const byOAuth = DatabricksTarget.parse({
  ...common,
  systemAccount: { authenticationType: 'oAuthM2M', oAuthClientConfig: { clientId: 'sp', clientSecret: 'env:SP_SECRET', authorityUrl } },
});
const byToken = DatabricksTarget.parse({
  ...common,
  port: 8443,
  systemAccount: { authenticationType: 'token', token: 'env:SP_TOKEN' },
  audit: { enabled: false },
  settings: { isActive: true, activateNewChildren: false },
  options: { forceRecursiveCrawl: false },
  groupPattern: { deny: 'immuta_exempt' },
  workspaceIds: ['1234'],
  proxyOptions: { host: 'proxy.example.com', port: 3128, username: 'immuta', password: 'env:PROXY' },
});
const client = { useCertificate: false, clientId: 'sp', clientSecret: 'client-secret', scope: 'all-apis', authorityUrl };
const proxyOptions = { host: 'proxy.example.com', port: 3128, username: 'immuta', password: 'proxy-password' };

test('the script step calls the workspace workspaceUrl, and has the HTTP path', async () => {
  expect(await scriptPayload(byOAuth, reveal)).toStrictEqual({
    type: 'Databricks',
    autoBootstrap: false,
    config: {
      workspaceUrl: host,
      httpPath: '/sql/1.0/warehouses/abc',
      port: 443,
      authenticationType: 'oAuthM2M',
      oAuthClientConfig: client,
      catalog: 'immuta',
      audit: { enabled: true },
    },
  });
});

test('the registration calls it host, marks Unity Catalog, and has the same credential in both places', async () => {
  const proof = { authenticationType: 'oAuthM2M', oAuthClientConfig: client };

  expect(await connectionPayload('lake_prod', byOAuth, reveal)).toStrictEqual({
    connectionKey: 'lake_prod',
    connection: { technology: 'Databricks', hostname: host, port: 443, httpPath: '/sql/1.0/warehouses/abc', ...proof },
    settings: { isActive: false },
    options: { forceRecursiveCrawl: true },
    nativeIntegration: {
      type: 'Databricks',
      autoBootstrap: false,
      unityCatalog: true,
      config: { host, port: 443, ...proof, catalog: 'immuta', audit: { enabled: true } },
    },
  });
});

test('everything that a manifest may say reaches Immuta, and nothing of the privileged user', async () => {
  const proof = { authenticationType: 'token', token: 'dapi-token' };
  const said = { catalog: 'immuta', audit: { enabled: false }, groupPattern: { deny: 'immuta_exempt' }, proxyOptions };

  const script = await scriptPayload(byToken, reveal);
  const registration = await connectionPayload('lake_prod', byToken, reveal);

  expect(script.config).toStrictEqual({ workspaceUrl: host, httpPath: '/sql/1.0/warehouses/abc', port: 8443, ...proof, ...said });
  expect(registration.settings).toEqual({ isActive: true, activateNewChildren: false });
  expect(registration.nativeIntegration.config).toStrictEqual({ host, port: 8443, ...proof, ...said, workspaceIds: ['1234'] });
  expect(JSON.stringify([script, registration])).not.toContain('ADMIN');
});
