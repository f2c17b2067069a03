import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registration, startTenant, until } from './tenant.js';
import type { Reply, TestTenant } from './tenant.js';

describe('the integrations of Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant();
    tenant.platform.bootstrapped();
  });
  afterEach(() => tenant.immuta.close());

  const statusIs =
    (...wanted: string[]) =>
    ({ body }: Reply): boolean =>
      wanted.includes((body as { status: string }).status);

  it('lists them with host and database and without secrets', async () => {
    tenant.immuta.setSwitches({ creatingMs: 60_000 });
    await tenant.call('POST', '/data/connection', registration());

    const { body, text } = await tenant.call('GET', '/integrations');

    expect(body).toMatchObject([
      {
        id: 1,
        status: 'creating',
        type: 'Snowflake',
        autoBootstrap: false,
        config: { host: 'acme.snowflakecomputing.com', port: 443, database: 'IMMUTA', warehouse: 'IMMUTA_WH', audit: { enabled: true } },
        validationResults: { status: 'passed' },
      },
    ]);
    expect(text).not.toContain('PRIVATE KEY');
  });

  it('gives the id as a number or as a string, and the status as an object or as a string', async () => {
    await tenant.call('POST', '/data/connection', registration());
    tenant.immuta.setSwitches({ integrationIdForm: 'string', statusForm: 'string' });

    const one = await tenant.call('GET', '/integrations/1');
    const status = await tenant.call('GET', '/integrations/1/status');

    expect(one.body).toMatchObject({ id: '1' });
    expect(status.text).toBe('creating');
  });

  it.each(['9', 'x', '1%2F2'])('answers 404 in the vendor’s words for the id %s', async (id) => {
    const reply = await tenant.call('GET', `/integrations/${id}`);

    expect(reply).toMatchObject({ status: 404, body: { message: `No integration found with ID ${decodeURIComponent(id)}` } });
  });

  it('removes a remnant that no connection stands for, after which the account is free again', async () => {
    tenant.immuta.setSwitches({ creationEnding: 'createError', connectionAfterCreateError: 'removed' });
    await tenant.call('POST', '/data/connection', registration());
    await until(() => tenant.call('GET', '/integrations/1'), statusIs('createError'));

    const removed = await tenant.call('DELETE', '/integrations/1');
    await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ status }) => status === 404,
    );
    const again = await tenant.call('POST', '/data/connection', registration());

    expect(removed).toMatchObject({ status: 200, body: { status: 'deleting' } });
    expect(again.status).toBe(201);
  });

  it('refuses to remove one that a connection uses, that is busy, or that does not exist', async () => {
    tenant.immuta.setSwitches({ deletingMs: 60_000 });
    await tenant.call('POST', '/data/connection', registration());
    const used = await tenant.call('DELETE', '/integrations/1');
    await tenant.call('DELETE', '/data/object/snow_prod');
    const busy = await tenant.call('DELETE', '/integrations/1');
    const absent = await tenant.call('DELETE', '/integrations/2');

    expect([used.status, busy.status, absent.status]).toEqual([409, 409, 404]);
    expect(busy.body).toMatchObject({ message: 'Unable to edit integration with ID 1 in current state deleting' });
  });
});
