import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registration, startTenant, until } from './tenant.js';
import type { TestTenant } from './tenant.js';

describe('the data objects of Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant({ children: 5 });
    tenant.platform.bootstrapped();
    await tenant.call('POST', '/data/connection', registration());
  });
  afterEach(() => tenant.immuta.close());

  it('lists the connections, and the children of each object', async () => {
    const paths = async (path: string): Promise<unknown> =>
      ((await tenant.call('POST', path)).body as { objectPath: string[] }[]).map(({ objectPath }) => objectPath.join('/'));

    expect(await paths('/data/object/search')).toEqual(['snow_prod']);
    expect(await paths('/data/object/search/snow_prod')).toEqual(['snow_prod/SALES']);
    expect(await paths('/data/object/search/snow_prod/SALES/PUBLIC')).toEqual([1, 2, 3].map((n) => `snow_prod/SALES/PUBLIC/TABLE_${n}`));
  });

  it('deletes a connection with its children at once, and its integration a moment later', async () => {
    tenant.immuta.setSwitches({ deletingMs: 1_000 }); // three calls take longer than one would think on a busy machine

    const deleted = await tenant.call('DELETE', '/data/object/snow_prod');
    const connection = await tenant.call('GET', '/data/connection/snow_prod');
    const integration = await tenant.call('GET', '/integrations/1');
    const gone = await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ status }) => status !== 200,
    );

    expect(deleted).toMatchObject({ status: 200, body: { connectionKey: 'snow_prod', objectPath: ['snow_prod'], childCount: 5 } });
    expect(connection.status).toBe(404);
    expect(integration.body).toMatchObject({ status: 'deleting' });
    expect(gone.status).toBe(404);
  });

  it('answers 404 when it is deleted again', async () => {
    await tenant.call('DELETE', '/data/object/snow_prod');

    expect((await tenant.call('DELETE', '/data/object/snow_prod')).status).toBe(404);
  });

  it.each([
    ['connectionKey', { connectionKey: 'snow_prod', childCount: 5 }],
    ['objectPath', { objectPath: ['snow_prod'], childCount: 5 }],
  ])('answers a deletion with %s alone where the switch says so', async (deletionAnswer, expected) => {
    tenant.immuta.setSwitches({ deletionAnswer });

    expect((await tenant.call('DELETE', '/data/object/snow_prod')).body).toEqual(expected);
  });

  it.each(['deleteError', 'disabled'])('can end a deletion in %s', async (deletionEnding) => {
    tenant.immuta.setSwitches({ deletionEnding });
    await tenant.call('DELETE', '/data/object/snow_prod');

    const left = await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ body }) => (body as { status: string }).status !== 'deleting',
    );

    expect(left.body).toMatchObject({ status: deletionEnding });
  });

  it('can be deleted while it is still being created', async () => {
    tenant.immuta.setSwitches({ deletingMs: 0 });
    await tenant.call('DELETE', '/data/object/snow_prod');

    await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ status }) => status === 404,
    );

    expect(tenant.immuta.objects()).toEqual({ connections: [], integrations: [] });
  });

  it('has to be inactive first where the switch says so', async () => {
    tenant.immuta.setSwitches({ strictState: true });
    await tenant.call('PUT', '/data/settings/snow_prod', { settings: { isActive: true } });
    const active = await tenant.call('DELETE', '/data/object/snow_prod');
    await tenant.call('PUT', '/data/settings/snow_prod', { settings: { isActive: false } });
    const inactive = await tenant.call('DELETE', '/data/object/snow_prod');

    expect([active.status, inactive.status]).toEqual([409, 200]);
  });

  it('activates an object with everything below it', async () => {
    const { body } = await tenant.call('PUT', '/data/settings/snow_prod/SALES', { settings: { isActive: true } });
    const table = await tenant.call('GET', '/data/object/snow_prod/SALES/PUBLIC/TABLE_1');
    const connection = await tenant.call('GET', '/data/object/snow_prod');

    expect(body).toMatchObject({ bulkId: expect.any(String) });
    expect(table.body).toMatchObject({ state: 'active', objectPath: ['snow_prod', 'SALES', 'PUBLIC', 'TABLE_1'] });
    expect(connection.body).toMatchObject({ state: 'inactive' });
  });

  it('refuses to activate 100,000 children at once', async () => {
    await tenant.call('DELETE', '/data/object/snow_prod');
    await until(
      () => tenant.call('GET', '/integrations/1'),
      ({ status }) => status === 404,
    );
    tenant.immuta.setSwitches({ children: 100_000 });
    await tenant.call('POST', '/data/connection', registration());

    const reply = await tenant.call('PUT', '/data/settings/snow_prod', { settings: { isActive: true } });

    expect(reply).toMatchObject({ status: 400, body: { message: expect.stringContaining('100000 children') } });
  });

  it('deletes a part of a connection and leaves the rest', async () => {
    const deleted = await tenant.call('DELETE', '/data/object/snow_prod/SALES/PUBLIC');

    expect(deleted.body).toMatchObject({ childCount: 3 });
    expect((await tenant.call('GET', '/data/object/snow_prod/SALES')).status).toBe(200);
    expect((await tenant.call('GET', '/data/object/snow_prod/SALES/PUBLIC')).status).toBe(404);
  });
});

describe('the background jobs of Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant({ jobMs: 900 });
    tenant.platform.bootstrapped();
  });
  afterEach(() => tenant.immuta.close());

  const start = async (): Promise<string> => ((await tenant.call('POST', '/data/connection', registration())).body as { bulkId: string }).bulkId;

  it('are found by bulk id and come to an end', async () => {
    const bulkId = await start();
    const states = async (): Promise<readonly unknown[]> =>
      ((await tenant.call('GET', `/jobs?bulkId=${bulkId}`)).body as { state: string }[]).map(({ state }) => state);

    const early = await states();
    await new Promise((resolve) => setTimeout(resolve, 1_000));

    expect(early).toEqual(['created', 'created']);
    expect(await states()).toEqual(['completed', 'completed']);
  });

  it('are waited for as long as asked, and answer by id', async () => {
    tenant.immuta.setSwitches({ jobsForm: 'map', jobEnding: 'failed' });
    const bulkId = await start();
    const jobIds = Object.keys((await tenant.call('GET', `/jobs?bulkId=${bulkId}`)).body as object);

    const { body } = await tenant.call('POST', '/jobs/statuses', { jobIds, wait: 5 });

    expect(Object.values(body as object)).toMatchObject([{ state: 'failed' }, { state: 'failed' }]);
  });

  it('cannot be listed without a bulk id', async () => {
    expect((await tenant.call('GET', '/jobs')).status).toBe(400);
  });
});
