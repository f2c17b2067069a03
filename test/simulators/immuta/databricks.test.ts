import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTenant, until } from './tenant.js';
import type { TestTenant } from './tenant.js';
import { databricksConnection, databricksScriptRequest, withClient } from './databricks-payloads.js';

const create = '/integrations/scripts/create';
const cleanup = '/integrations/scripts/cleanup';

describe('Databricks in Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant({ creatingMs: 20 });
  });
  afterEach(() => tenant.immuta.close());

  const register = (changes: Parameters<typeof databricksConnection>[0] = {}) =>
    tenant.call('POST', '/data/connection', databricksConnection(changes));

  it('gives a script with backticks, comments, nested comments and bodies, for the owner of the token', async () => {
    const { status, text } = await tenant.call('POST', create, databricksScriptRequest());

    expect(status).toBe(200);
    expect(text).toContain('CREATE CATALOG `immuta` COMMENT');
    expect(text).toContain('GRANT MANAGE ON CATALOG `immuta` TO `immuta-client`;');
    expect(text).toMatch(/^-- .*;/m);
    expect(text).toMatch(/\/\*[^/]*\/\*[\s\S]*\*\/[\s\S]*\*\//);
    expect(text).toMatch(/\$\$[^$]*;[^$]*\$\$/);
    expect(text.match(/;$/gm)?.length).toBeGreaterThanOrEqual(20);
    expect(text).not.toContain('dapi-good');
  });

  it('grants on the system tables only with audit', async () => {
    const withAudit = await tenant.call('POST', create, databricksScriptRequest());
    const without = await tenant.call('POST', create, databricksScriptRequest({ audit: { enabled: false } }));

    expect(withAudit.text).toContain('GRANT SELECT ON TABLE system.access.audit TO `immuta-client`;');
    expect(without.text).not.toContain('system.');
  });

  it('cleans up by dropping the catalog with all that is in it', async () => {
    const { text } = await tenant.call('POST', cleanup, databricksScriptRequest());

    expect(text).toContain('DROP CATALOG IF EXISTS `immuta` CASCADE;');
    expect(text.match(/;$/gm)).toHaveLength(1);
  });

  it('asks the workspace who a token belongs to, and refuses one that it does not know', async () => {
    const unknown = await tenant.call('POST', create, databricksScriptRequest({ token: 'dapi-bad' }));
    const client = await tenant.call('POST', create, databricksScriptRequest(withClient));

    expect(unknown).toMatchObject({ status: 422, body: { message: expect.stringContaining('token') } });
    expect(client.text).toContain('TO `immuta-client`');
  });

  it.each([
    ['the host by its name of the other step', { workspaceUrl: undefined, host: '127.0.0.1' }, '"config.workspaceUrl" is required'],
    ['a scheme', { workspaceUrl: 'https://adb-1.azuredatabricks.net' }, '"config.workspaceUrl" must be a host name'],
    ['a catalog with a dash', { catalog: 'im-muta' }, '"config.catalog" must be'],
    ['no HTTP path', { httpPath: undefined }, '"config.httpPath" is required'],
    ['a secret beside a token', { oAuthClientConfig: {} }, '"config.oAuthClientConfig" is not allowed'],
    ['a database', { database: 'X' }, '"config.database" is not allowed'],
    ['another authentication', { authenticationType: 'keyPair' }, '"config.authenticationType" must be one of [token, oAuthM2M]'],
  ])('refuses a script request with %s', async (_what, changes, message) => {
    expect(await tenant.call('POST', create, databricksScriptRequest(changes))).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });

  it('refuses unityCatalog at the script step and misses it at the other', async () => {
    const script = await tenant.call('POST', create, { ...databricksScriptRequest(), unityCatalog: true });
    const registration = await register({ nativeIntegration: { unityCatalog: undefined } });

    expect([script.status, registration.status]).toEqual([400, 400]);
    expect(registration.body).toMatchObject({ message: '"nativeIntegration.unityCatalog" is required' });
  });

  it.each([
    ['workspaceUrl', { config: { workspaceUrl: '127.0.0.1', host: undefined } }, '"nativeIntegration.config.host" is required'],
    ['an HTTP path in the integration', { config: { httpPath: 'sql/1.0/x' } }, '"nativeIntegration.config.httpPath" is not allowed'],
    ['two hosts', { connection: { hostname: 'other.example.com' } }, '"connection.hostname" must equal "nativeIntegration.config.host"'],
    ['two tokens', { connection: { token: 'dapi-other' } }, '"connection.token" must equal "nativeIntegration.config.token"'],
  ])('refuses a registration with %s', async (_what, changes, message) => {
    tenant.workspace.catalogs.add('immuta');

    expect(await register(changes)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it('refuses a registration that departs from what the script was made from', async () => {
    tenant.workspace.catalogs.add('immuta');
    await tenant.call('POST', create, databricksScriptRequest());

    const other = await register({ credentials: withClient });

    expect(other).toMatchObject({ status: 400, body: { message: expect.stringContaining('bootstrap script') } });
  });

  it('registers only where the script ran and the credential is good, and reads back without the secret', async () => {
    const before = await register();
    tenant.workspace.catalogs.add('immuta');
    const bad = await register({ credentials: { token: 'dapi-bad' } });
    const registered = await register();
    const shown = await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ body }) => (body as { status?: string }).status === 'enabled',
    );

    expect([before.status, bad.status, registered.status]).toEqual([422, 422, 201]);
    expect(shown.body).toMatchObject({ type: 'Databricks', config: { host: 'adb-1.azuredatabricks.net', port: 443, catalog: 'immuta' } });
    expect(shown.text).not.toContain('dapi-good');
  });
});
