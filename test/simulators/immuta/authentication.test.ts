import { afterEach, describe, expect, it } from 'vitest';
import { apiKey, registration, startTenant } from './tenant.js';
import type { TestTenant } from './tenant.js';

describe('who may call Immuta', () => {
  let tenant: TestTenant;
  afterEach(() => tenant.immuta.close());

  it('lets the raw API key in', async () => {
    tenant = await startTenant();

    const reply = await tenant.call('GET', '/integrations');

    expect(reply).toMatchObject({ status: 200, body: [] });
  });

  it('exchanges the API key for a token that works after Bearer', async () => {
    tenant = await startTenant();

    const { body } = await tenant.call('POST', '/bim/apikey/authenticate', { apikey: apiKey }, { authorization: '' });
    const { token, tokenExpiration, authenticated } = body as { token: string; tokenExpiration: string; authenticated: boolean };
    const reply = await tenant.call('GET', '/integrations', undefined, { authorization: `Bearer ${token}` });

    expect(authenticated).toBe(true);
    expect(Date.parse(tokenExpiration)).toBeGreaterThan(Date.now());
    expect(reply.status).toBe(200);
  });

  it('takes the key for the exchange from the header or a form as well', async () => {
    tenant = await startTenant();

    const byHeader = await tenant.call('POST', '/bim/apikey/authenticate');
    const byForm = await tenant.call('POST', '/bim/apikey/authenticate', `apikey=${apiKey}`, { 'content-type': 'application/x-www-form-urlencoded' });

    expect([byHeader.status, byForm.status]).toEqual([200, 200]);
  });

  it('refuses a wrong key, at the exchange and on a call', async () => {
    tenant = await startTenant();

    const exchange = await tenant.call('POST', '/bim/apikey/authenticate', { apikey: 'wrong' });
    const call = await tenant.call('GET', '/integrations', undefined, { authorization: 'wrong' });

    expect(exchange).toMatchObject({ status: 401, body: { statusCode: 401, error: 'Unauthorized', message: expect.any(String) } });
    expect(call.status).toBe(401);
  });

  it('refuses a token that has expired', async () => {
    tenant = await startTenant({ tokenLifetimeMs: 0 });

    const { body } = await tenant.call('POST', '/bim/apikey/authenticate', { apikey: apiKey });
    const reply = await tenant.call('GET', '/integrations', undefined, { authorization: `Bearer ${(body as { token: string }).token}` });

    expect(reply.status).toBe(401);
  });

  it('refuses an API key after Bearer only where the switch says so', async () => {
    tenant = await startTenant();
    const ask = async (): Promise<number> => (await tenant.call('GET', '/integrations', undefined, { authorization: `Bearer ${apiKey}` })).status;

    const before = await ask();
    tenant.immuta.setSwitches({ apiKeyAsBearer: false });

    expect([before, await ask()]).toEqual([200, 401]);
  });

  it('answers a call without credentials with 401, or with 500 as some tenants do', async () => {
    tenant = await startTenant();
    const ask = async (): Promise<number> => (await fetch(`${tenant.immuta.url}/integrations`)).status;

    const before = await ask();
    tenant.immuta.setSwitches({ legacy500: true });

    expect([before, await ask()]).toEqual([401, 500]);
  });

  it('answers 403 where the permission is missing, and still reads what another permission allows', async () => {
    tenant = await startTenant({ permissions: ['CREATE_DATA_SOURCE'] });

    const list = await tenant.call('GET', '/integrations');
    const create = await tenant.call('POST', '/data/connection', registration());
    const read = await tenant.call('GET', '/data/connection/snow_prod');

    expect([list.status, create.status, read.status]).toEqual([403, 403, 404]);
    expect(list.body).toMatchObject({ statusCode: 403, error: 'Forbidden' });
  });

  it('judges credentials before it reads the body', async () => {
    tenant = await startTenant();

    const reply = await tenant.call('POST', '/data/connection', 'no json', { authorization: 'wrong' });

    expect(reply.status).toBe(401);
  });
});
