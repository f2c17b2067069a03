import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encryptedPem, registration, scriptRequest, startTenant, until, withPassword } from './tenant.js';
import type { TestTenant } from './tenant.js';

describe('registering a connection in Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant();
    tenant.platform.bootstrapped();
  });
  afterEach(() => tenant.immuta.close());

  const register = (changes?: Parameters<typeof registration>[0]) => tenant.call('POST', '/data/connection', registration(changes));

  it('answers with the path and a bulk id, and reads back without secrets', async () => {
    const created = await register();
    const read = await tenant.call('GET', '/data/connection/snow_prod');

    expect(created).toMatchObject({ status: 201, body: { objectPath: ['snow_prod'], bulkId: expect.any(String) } });
    expect(read.body).toEqual({
      connectionKey: 'snow_prod',
      connection: {
        technology: 'Snowflake',
        hostname: 'acme.snowflakecomputing.com',
        port: 443,
        warehouse: 'IMMUTA_WH',
        role: 'IMMUTA_SYSTEM',
        authenticationType: 'keyPair',
        username: 'IMMUTA_SYSTEM_ACCOUNT',
      },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      createdBy: 2,
      updatedBy: 2,
      creator: { id: 2, name: 'Mooring service', email: 'mooring@example.com' },
      updater: { id: 2, name: 'Mooring service', email: 'mooring@example.com' },
      nativeIntegrationId: 1,
    });
  });

  it('leaves the integration id out where the switch says so', async () => {
    tenant.immuta.setSwitches({ nativeIntegrationId: false });
    await register();

    expect((await tenant.call('GET', '/data/connection/snow_prod')).body).not.toHaveProperty('nativeIntegrationId');
  });

  it('lets the integration go from creating to enabled', async () => {
    tenant.immuta.setSwitches({ creatingMs: 60 });
    await register();
    const ask = () => tenant.call('GET', '/integrations/1/status');

    const early = await ask();
    const late = await until(ask, ({ body }) => (body as { status: string }).status !== 'creating');

    expect([early.body, late.body]).toEqual([{ status: 'creating' }, { status: 'enabled' }]);
  });

  it('ends in createError where the switch says so, and then refuses the account with the way out', async () => {
    tenant.immuta.setSwitches({ creationEnding: 'createError' });
    await register();

    const integration = await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ body }) => (body as { status: string }).status !== 'creating',
    );
    const again = await register({ top: { connectionKey: 'other' } });

    expect(integration.body).toMatchObject({ status: 'createError', validationResults: { status: 'failed' } });
    expect(again).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^Use PUT \/integrations\/1 .* previously failed to create$/) },
    });
    expect((await tenant.call('GET', '/data/connection/snow_prod')).status).toBe(200);
  });

  it('can lose the connection with the createError', async () => {
    tenant.immuta.setSwitches({ creationEnding: 'createError', connectionAfterCreateError: 'removed' });
    await register();

    const read = await until(
      () => tenant.call('GET', '/data/connection/snow_prod'),
      ({ status }) => status !== 200,
    );

    expect(read.status).toBe(404);
    expect((await tenant.call('GET', '/integrations/1')).body).toMatchObject({ status: 'createError' });
  });

  it('refuses a key that is taken, and an account that is taken', async () => {
    await register();

    const sameKey = await register();
    const sameHost = await register({
      top: { connectionKey: 'other' },
      connection: { hostname: 'ACME.snowflakecomputing.com' },
      config: { host: 'Acme.snowflakecomputing.com' },
    });

    expect(sameKey).toMatchObject({ status: 409, body: { error: 'Conflict', message: 'Connection snow_prod already exists (id = 1)' } });
    expect(sameHost).toMatchObject({
      status: 409,
      body: { message: 'Snowflake integration already exists on acme.snowflakecomputing.com (id = 1)' },
    });
  });

  it.each([
    ['database IMMUTA', 'Validate Manual: Database Exists'],
    ['user IMMUTA_SYSTEM_ACCOUNT', 'Initial Validation: Basic Connection Test'],
    ['role IMMUTA_SYSTEM', 'Initial Validation: Validate access to Privileged Role'],
  ])('answers 422 with the failed test while the platform has no %s, and makes nothing', async (name, test) => {
    tenant.platform.names.delete(name);

    const reply = await register();
    const rehearsal = await tenant.call('POST', '/data/connection/test', registration());

    for (const each of [reply, rehearsal]) {
      expect(each).toMatchObject({
        status: 422,
        body: {
          error: 'Unprocessable Entity',
          message: 'Validation of prerequisite setup failed',
          validationResults: {
            status: 'failed',
            validationTests: expect.arrayContaining([{ name: test, status: 'failed', message: expect.any(String), result: [] }]),
          },
        },
      });
    }
    expect(tenant.immuta.objects()).toEqual({ connections: [], integrations: [] });
  });

  it('answers 422 when the private key does not open with its password', async () => {
    const privateKey = { keyName: 'PRIV_KEY_FILE', userFilename: 'immuta.p8', content: encryptedPem };

    const wrong = await register({ credentials: { privateKey, privateKeyPassword: 'wrong' } });
    const right = await register({ credentials: { privateKey, privateKeyPassword: 'open sesame' } });

    expect([wrong.status, right.status]).toEqual([422, 201]);
  });

  it('tests a registration without making anything, unless the tenant has no such endpoint', async () => {
    const rehearsal = await tenant.call('POST', '/data/connection/test', registration());
    tenant.immuta.setSwitches({ connectionTest: false });
    const absent = await tenant.call('POST', '/data/connection/test', registration());

    expect(rehearsal).toMatchObject({ status: 200, body: { status: 'passed' } });
    expect(absent.status).toBe(404);
    expect(tenant.immuta.objects()).toEqual({ connections: [], integrations: [] });
  });

  it.each(['a/b', 'a.b', 'a b', '', 'data', 'Connection', 'UPGRADE'])('refuses the key %j', async (connectionKey) => {
    expect(await register({ top: { connectionKey } })).toMatchObject({ status: 400, body: { message: expect.stringContaining('"connectionKey"') } });
  });

  it.each([
    ['authentication types', { config: withPassword }, '"connection.authenticationType" must equal "nativeIntegration.config.authenticationType"'],
    ['users', { connection: { username: 'OTHER' } }, '"connection.username" must equal "nativeIntegration.config.username"'],
    ['roles', { config: { role: 'OTHER' } }, '"connection.role" must equal "nativeIntegration.config.role"'],
    ['hosts', { connection: { hostname: 'other.snowflakecomputing.com' } }, '"connection.hostname" must equal "nativeIntegration.config.host"'],
    ['ports', { connection: { port: 444 } }, '"connection.port" must equal "nativeIntegration.config.port"'],
    ['passwords', { credentials: withPassword, connection: { password: 'other' } }, '"connection.password" must equal'],
  ])('refuses two halves with different %s', async (_what, changes, message) => {
    expect(await register(changes)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it('refuses a connection that disagrees with the script made before', async () => {
    await tenant.call('POST', '/integrations/scripts/create', scriptRequest());

    const disagreeing = await register({ credentials: { username: 'OTHER' } });
    const agreeing = await register();

    expect(disagreeing).toMatchObject({
      status: 400,
      body: { message: '"nativeIntegration.config.username" must equal what the bootstrap script was made from' },
    });
    expect(agreeing.status).toBe(201);
  });

  it.each([
    ['an unknown key', { top: { surprise: 1 } }, '"surprise" is not allowed'],
    ['an unknown key of the connection', { connection: { host: 'x' } }, '"connection.host" is not allowed'],
    ['a missing role', { connection: { role: undefined } }, '"connection.role" is required'],
    ['a missing integration', { top: { nativeIntegration: undefined } }, '"nativeIntegration" is required'],
    ['a wrong setting', { top: { settings: { isActive: 'no' } } }, '"settings.isActive" must be a boolean'],
    ['a wrong option', { top: { options: { recursive: true } } }, '"options.recursive" is not allowed'],
    ['another technology', { connection: { technology: 'Glue' } }, '"connection.technology" must be one of [Snowflake, Databricks]'],
  ])('refuses %s and names it', async (_what, changes, message) => {
    expect(await register(changes)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it('takes new credentials for a connection, but no other host', async () => {
    await register();
    const { connection } = registration({ connection: { username: 'NEW_ACCOUNT' } });
    const { connection: elsewhere } = registration({ connection: { hostname: 'other.snowflakecomputing.com' } });

    const changed = await tenant.call('PUT', '/data/connection/snow_prod', { connection });
    const moved = await tenant.call('PUT', '/data/connection/snow_prod', { connection: elsewhere });

    expect([changed.status, moved.status]).toEqual([200, 400]);
    expect((await tenant.call('GET', '/data/connection/snow_prod')).body).toMatchObject({ connection: { username: 'NEW_ACCOUNT' } });
  });

  it('answers 404 for a key it does not know', async () => {
    expect(await tenant.call('GET', '/data/connection/nobody')).toMatchObject({ status: 404, body: { error: 'Not Found' } });
  });
});
