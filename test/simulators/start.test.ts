import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prepareCredentials } from '../../simulators/credentials.js';
import type { Credentials } from '../../simulators/credentials.js';
import type { PlatformOptions } from '../../simulators/simulated-platform.js';
import { startSimulators } from '../../simulators/start.js';
import type { Simulators } from '../../simulators/start.js';
import { CatalogsOnly, NamesOnly, registration } from './immuta/tenant.js';

describe('the simulators together', () => {
  let simulators: Simulators;
  let platform: NamesOnly;
  let asked: PlatformOptions | undefined;
  let credentials: Credentials;
  beforeAll(async () => {
    credentials = await prepareCredentials(); // RSA keys take their time
  });
  afterEach(() => simulators.close());

  const start = async (): Promise<Simulators> => {
    platform = new NamesOnly();
    return startSimulators({
      credentials,
      switches: { creatingMs: 60_000 }, // nothing here waits for it, and nothing changes between two looks
      databricks: async () => new CatalogsOnly(),
      snowflake: async (options) => {
        asked = options;
        return platform;
      },
    });
  };
  const control = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${simulators.control.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as unknown, headers: response.headers };
  };
  const register = () =>
    fetch(`${simulators.immuta.url}/data/connection`, {
      method: 'POST',
      headers: { authorization: simulators.credentials.immutaApiKey, 'content-type': 'application/json' },
      body: JSON.stringify(registration()),
    });

  it('answers a question for the ledger that waits as soon as something is there, and at its end without', async () => {
    simulators = await start();
    let answered = false;
    const waiting = control('GET', '/ledger?after=0&wait=60000').finally(() => (answered = true));
    const nothing = await control('GET', '/ledger?after=0&wait=30');
    const before = answered;

    await register();

    expect(nothing.body).toEqual([]);
    expect(before).toBe(false);
    expect((await waiting).body).toMatchObject([{ at: 1, kind: 'request', route: '/data/connection' }]);
    expect(await control('GET', '/ledger?wait=soon')).toMatchObject({ status: 400 });
  });

  it('gives the platform its two users, with passwords and public keys, and the warehouse', async () => {
    simulators = await start();

    expect(asked).toMatchObject({
      warehouses: ['IMMUTA_WH'],
      users: [
        {
          name: 'MOORING_ADMIN',
          defaultRole: 'ACCOUNTADMIN',
          password: expect.any(String),
          publicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY'),
        },
        { name: 'IMMUTA_SYSTEM_ACCOUNT', publicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY') },
      ],
    });
  });

  it('shows in one place what happened and what exists', async () => {
    simulators = await start();
    platform.bootstrapped();
    await register();

    const ledger = await control('GET', '/ledger');
    const objects = await control('GET', '/objects');

    // Only the beginning: the integration is enabled 10 ms later, before or after we look.
    expect((ledger.body as unknown[]).slice(0, 3)).toMatchObject([
      { at: 1, kind: 'request' },
      { at: 2, kind: 'object' },
      { at: 3, kind: 'object' },
    ]);
    expect(ledger.headers.get('x-mooring-simulator')).toBe('control');
    expect(objects.body).toMatchObject({
      immuta: { connections: [{ connectionKey: 'snow_prod', children: 12 }], integrations: [{ id: 1 }] },
      snowflake: ['database IMMUTA', 'role IMMUTA_SYSTEM', 'user IMMUTA_SYSTEM_ACCOUNT'],
    });
  });

  it('sets faults and switches from outside', async () => {
    simulators = await start();
    platform.bootstrapped();

    const faults = await control('POST', '/faults', [{ where: 'immuta:POST /data/connection', nth: 1, kind: 'status', status: 503 }]);
    const switches = await control('POST', '/switches', { children: 3 });
    const first = await register();
    const second = await register();

    expect([faults.body, first.status, second.status]).toEqual([{ added: 1 }, 503, 201]);
    expect(switches.body).toMatchObject({ children: 3 });
    expect(simulators.immuta.objects().connections).toMatchObject([{ children: 3 }]);
  });

  it('forgets the faults that were set, and nothing else', async () => {
    simulators = await start();
    platform.bootstrapped();
    await control('POST', '/faults', [{ where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 503 }]);
    const before = await register();

    const forgotten = await control('DELETE', '/faults');
    const after = await register();

    expect([before.status, forgotten.status, after.status]).toEqual([503, 200, 201]);
  });

  it.each([
    ['/faults', { where: 'immuta:GET /jobs' }],
    ['/faults', [{ where: 'immuta:GET /jobs', kind: 'hang' }]],
    ['/faults', [{ where: 'elsewhere', nth: 1, kind: 'hang' }]],
    ['/faults', [{ where: 'immuta:GET /jobs', nth: 1, kind: 'explode' }]],
    ['/faults', [{ where: 'immuta:GET /jobs', nth: 1, kind: 'hang', surprise: 1 }]],
    ['/switches', { surprise: 1 }],
  ])('refuses at %s what it does not understand: %j', async (path, body) => {
    simulators = await start();

    expect(await control('POST', path, body)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it('goes back to the start when it is reset', async () => {
    simulators = await start();
    platform.bootstrapped();
    await control('POST', '/faults', [{ where: 'immuta:POST /data/connection', nth: 2, kind: 'hang' }]);
    await register();

    await control('POST', '/reset');
    platform.bootstrapped();
    const again = await register();

    expect(again.status).toBe(201);
    expect(simulators.ledger.entries[0]).toMatchObject({ at: 1, kind: 'request', route: '/data/connection' });
  });

  it('takes no orders from a page in a browser', async () => {
    simulators = await start();

    expect((await control('POST', '/reset', undefined, { origin: 'https://example.com' })).status).toBe(403);
  });

  it('leaves nothing running when a port is taken', async () => {
    simulators = await start();
    const taken = Number(new URL(simulators.immuta.url).port);
    let closed = false;
    const second = startSimulators({
      credentials,
      immutaPort: taken,
      databricks: async () => new CatalogsOnly(),
      snowflake: async () => {
        const doomed = new NamesOnly();
        doomed.close = async () => {
          closed = true;
        };
        return doomed;
      },
    });

    await expect(second).rejects.toThrow('EADDRINUSE');

    expect(closed).toBe(true);
  });
});

describe('the credentials of the simulators', () => {
  let folder: string;
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('stay the same in a folder, one value a file, readable by the owner alone', async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-credentials-'));

    const first = await prepareCredentials(folder);
    const second = await prepareCredentials(folder);

    expect(second).toEqual(first);
    expect((await readFile(join(folder, 'admin.p8'), 'utf8')).trim()).toBe(first.privilegedUser.privateKey);
    for (const file of [
      'immuta.api-key',
      'admin.password',
      'admin.p8',
      'immuta.password',
      'immuta.p8',
      'databricks.token',
      'databricks.client-secret',
    ]) {
      expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    }
  });

  it('are used as they are found', async () => {
    folder = await mkdtemp(join(tmpdir(), 'mooring-credentials-'));
    await writeFile(join(folder, 'admin.password'), 'chosen by hand\n');

    expect((await prepareCredentials(folder)).privilegedUser.password).toBe('chosen by hand');
  });
});
