import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiKey, registration, startTenant } from './tenant.js';
import type { TestTenant } from './tenant.js';

const where = 'immuta:POST /data/connection';

describe('what can go wrong between a caller and Immuta', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant({ creatingMs: 60_000 });
    tenant.platform.bootstrapped();
  });
  afterEach(() => tenant.immuta.close());

  const register = () => tenant.call('POST', '/data/connection', registration());
  const registered = () => tenant.immuta.objects().connections.length;

  it('cuts the connection before anything is done', async () => {
    tenant.fault({ where, kind: 'drop-before' });

    await expect(register()).rejects.toThrow('fetch failed');

    expect(registered()).toBe(0);
    expect(tenant.ledger.entries).toMatchObject([
      { kind: 'request', route: '/data/connection', dropped: 'before' },
      { kind: 'fault', where, fault: 'drop-before' },
    ]);
  });

  it('cuts the connection after everything is done', async () => {
    tenant.fault({ where, kind: 'drop-after' });

    await expect(register()).rejects.toThrow('fetch failed');

    expect(registered()).toBe(1);
    expect(tenant.ledger.entries[0]).toMatchObject({ kind: 'request', status: 201, dropped: 'after' });
  });

  it('carries a delayed request out although the caller gave up', async () => {
    tenant.fault({ where, kind: 'delay', delayMs: 1_000 });

    const given = fetch(`${tenant.immuta.url}/data/connection`, {
      method: 'POST',
      headers: { authorization: apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(registration()),
      signal: AbortSignal.timeout(300), // by then it has arrived, on a busy machine too
    });
    await expect(given).rejects.toThrow('timeout');
    const before = registered();

    expect(before).toBe(0);
    await expect.poll(registered, { timeout: 10_000 }).toBe(1);
  });

  it('refuses with the status asked for, 400 by default', async () => {
    tenant.fault({ where, kind: 'refuse' });
    tenant.fault({ where, kind: 'refuse', nth: 2, status: 422 });

    const replies = [await register(), await register(), await register()];

    expect(replies.map(({ status }) => status)).toEqual([400, 422, 201]);
    expect(replies[1]?.body).toMatchObject({ statusCode: 422, error: 'Unprocessable Entity' });
  });

  it('answers with status, headers and body of choice without doing anything', async () => {
    tenant.fault({ where, kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: '{"slow":"down"}' });

    const reply = await register();

    expect(reply).toMatchObject({ status: 429, body: { slow: 'down' } });
    expect(reply.headers.get('retry-after')).toBe('7');
    expect(registered()).toBe(0);
  });

  it('answers with a login page, or with what else is no answer', async () => {
    tenant.fault({ where, kind: 'garbage' });
    tenant.fault({ where, kind: 'garbage', nth: 2, body: '{"broken":' });

    const page = await register();
    const broken = await register();

    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(broken).toMatchObject({ status: 200, text: '{"broken":', body: undefined });
  });

  it('never answers until it closes', async () => {
    tenant.fault({ where, kind: 'hang' });
    let answered = false;
    const hanging = register().finally(() => {
      answered = true;
    });
    hanging.catch(() => undefined);

    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = answered;
    await tenant.immuta.close();

    await expect(hanging).rejects.toThrow('fetch failed');
    expect(before).toBe(false);
    expect(registered()).toBe(0);
  });

  it('pads an answer to 50 MiB and leaves its JSON whole', async () => {
    const bodyBytes = 50 * 1_048_576;
    tenant.fault({ where: 'immuta:GET /integrations', kind: 'delay', delayMs: 0, bodyBytes });

    const reply = await tenant.call('GET', '/integrations');

    expect(reply.text.length).toBe(bodyBytes);
    expect(reply.body).toEqual([]);
  });

  it.each([
    ['immuta:GET /data/connection/{key}', 'GET', '/data/connection/snow%20prod'],
    ['immuta:POST /integrations/{id}/scripts/delete', 'POST', '/integrations/7/scripts/delete'],
    ['immuta:DELETE /data/object/{key}', 'DELETE', '/data/object/snow_prod'],
    ['immuta:POST /bim/apikey/authenticate', 'POST', '/bim/apikey/authenticate'],
  ])('meets faults set for %s', async (place, method, path) => {
    tenant.fault({ where: place, kind: 'status', status: 503 });

    expect((await tenant.call(method, path)).status).toBe(503);
  });
});

describe('what the simulator of Immuta says of itself', () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await startTenant();
  });
  afterEach(() => tenant.immuta.close());

  it('names itself and the time in every answer', async () => {
    const replies = [
      await tenant.call('GET', '/integrations'),
      await tenant.call('GET', '/nowhere'),
      await tenant.call('GET', '/integrations', undefined, { authorization: '' }),
      await tenant.call('GET', '/data/connection/%E0%A4%A'),
    ];

    expect(replies.map(({ status }) => status)).toEqual([200, 404, 401, 400]);
    for (const { headers } of replies) {
      expect(headers.get('x-mooring-simulator')).toBe('immuta');
      expect(Math.abs(Date.now() - Date.parse(headers.get('date') ?? ''))).toBeLessThan(5_000);
    }
  });

  it('records every request in order, with route, key and status, before what it changed', async () => {
    tenant.immuta.setSwitches({ creatingMs: 60_000 }); // what comes later by itself is no part of this
    tenant.platform.bootstrapped();
    await tenant.call('POST', '/data/connection', registration());
    await tenant.call('GET', '/data/connection/snow_prod');

    expect(tenant.ledger.entries).toMatchObject([
      { at: 1, kind: 'request', method: 'POST', route: '/data/connection', path: '/data/connection', key: 'snow_prod', status: 201, read: false },
      { at: 2, kind: 'object', object: 'integration', change: 'appeared', id: 1, status: 'creating' },
      { at: 3, kind: 'object', object: 'connection', change: 'appeared', key: 'snow_prod' },
      { at: 4, kind: 'request', method: 'GET', route: '/data/connection/{key}', key: 'snow_prod', status: 200, read: true },
    ]);
  });

  it('lets no secret into the ledger or into what it shows', async () => {
    tenant.platform.bootstrapped();
    await tenant.call('POST', '/bim/apikey/authenticate', { apikey: apiKey });
    await tenant.call('POST', '/data/connection', registration());

    const shown = JSON.stringify([tenant.ledger.entries, tenant.immuta.objects()]);

    expect(shown).not.toContain(apiKey);
    expect(shown).not.toContain('PRIVATE KEY');
  });

  it('forgets objects, tokens and switches when it is reset, and what was still to come', async () => {
    tenant.immuta.setSwitches({ creatingMs: 500 }); // on a busy machine the reset may come late
    tenant.platform.bootstrapped();
    await tenant.call('POST', '/data/connection', registration());
    tenant.immuta.setSwitches({ integrationIdForm: 'string' });

    tenant.immuta.reset();
    await new Promise((resolve) => setTimeout(resolve, 600));

    expect(tenant.immuta.objects()).toEqual({ connections: [], integrations: [] });
    expect(tenant.immuta.setSwitches({})).toMatchObject({ integrationIdForm: 'number' });
    expect(tenant.ledger.entries.filter(({ kind }) => kind === 'object')).toHaveLength(2);
  });

  it('refuses an unknown switch and a wrong value', () => {
    expect(() => tenant.immuta.setSwitches({ scriptFrom: 'text' })).toThrow('"scriptFrom" is no switch');
    expect(() => tenant.immuta.setSwitches({ children: -1 })).toThrow('"children" must be greater than or equal to 0');
  });

  it('listens on its own loopback address alone', async () => {
    const { port, hostname } = new URL(tenant.immuta.url);

    const elsewhere = fetch(`http://127.0.0.2:${port}/integrations`, { signal: AbortSignal.timeout(2_000) }); // would answer if it listened on every address

    expect(hostname).toBe('127.0.0.1');
    await expect(elsewhere).rejects.toThrow(/fetch failed|timeout/);
  });
});
