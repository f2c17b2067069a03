import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../dev/free-port.js';
import { findTemporal } from '../../dev/setup/find-temporal.mjs';
import { answers } from './deregistering.js';
import { Practice } from './doctor-runs.js';
import { until, type Stage } from './stage.js';

// Judged from outside: what the command prints, its exit code, and what reached the simulators. Cures are pasted as they are printed.
let practice: Practice;
let stage: Stage;
beforeAll(async () => {
  practice = await Practice.open();
  ({ stage } = practice);
});
afterAll(() => stage.close());
beforeEach(() => practice.reset());

const doctor: Practice['doctor'] = (key, environment) => practice.doctor(key, environment);

describe('doctor on a tenant and an account that are ready', () => {
  it('passes every check, in order, and writes nothing', async () => {
    await stage.writeManifest('ready');

    const { exitCode, checks } = await doctor('ready');

    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(checks.map(({ name }) => name).join(', ')).toBe(
      'settings, codec key, manifest, Temporal, namespace, search attributes, workers, codec key of the workers, ' +
        'Immuta secret, system account secrets, Immuta, Immuta credential, Immuta permission, connection key, integration, Immuta clock, ' +
        'privileged user secrets, platform, login, privileged user and role, clock, quoted identifiers, privileges, policy privileges, ' +
        'warehouse, database, system account user, query history',
    );
    expect(exitCode).toBe(0);
    expect((await stage.control.ledger()).filter(({ kind, read }) => kind !== 'request' && read !== true)).toEqual([]);
  });

  it('means the only connection of the manifest when none is named', async () => {
    await stage.writeManifest('only_one');

    expect((await doctor()).of('manifest')).toMatchObject({ status: 'passed', message: expect.stringContaining('only_one') });
  });

  it('is readable off a terminal: no colour, a line for each check, and the tally last', async () => {
    await stage.writeManifest('readable');

    const { stdout } = await stage.mooring('doctor', 'readable');

    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^ {2}✔ warehouse +Warehouse IMMUTA_WH is there\.$/m);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('28 passed, 0 failed');
  });

  it('asks of a registered connection that its database is there', async () => {
    await stage.writeManifest('standing');
    expect((await stage.register('standing')).json.outcome).toBe('registered');

    const standing = await doctor('standing');
    await practice.asAdmin('DROP DATABASE IMMUTA');
    const dropped = await doctor('standing');

    expect(standing.named('failed')).toEqual([]);
    expect(standing.of('connection key')?.message).toContain('registered as the manifest says');
    expect(standing.of('database')).toMatchObject({ status: 'passed', message: 'The database IMMUTA of the registered connection is there.' });
    expect(dropped.named('failed')).toEqual(['database']);
    expect(dropped.exitCode).toBe(1);
  });
});

describe('this machine', () => {
  it('names a key that the manifest does not have, and goes on with Temporal', async () => {
    await stage.writeManifest('snow_prod');

    const found = await doctor('snow_prof');

    expect(found.of('manifest')).toMatchObject({ status: 'failed', cure: 'Did you mean "snow_prod"?' });
    expect(found.of('workers')?.status).toBe('passed');
    expect(found.named('skipped')).toEqual(['Immuta', 'platform']);
    expect(found.exitCode).toBe(1);
  });

  it('fails without a manifest when a key is named, and only skips it when none is', async () => {
    await rm(join(stage.folder, 'mooring.yaml'), { force: true });

    const [named, unnamed] = [await doctor('any'), await doctor()];

    expect(named.of('manifest')).toMatchObject({ status: 'failed', cure: expect.stringContaining('mooring init') });
    expect(unnamed.of('manifest')?.status).toBe('skipped');
    expect([named.exitCode, unnamed.exitCode]).toEqual([1, 0]);
  });

  it('shows every complaint about a manifest', async () => {
    await writeFile(join(stage.folder, 'mooring.yaml'), 'immuta: {}\nconnections: {}\n');

    const { message } = (await doctor('any')).of('manifest') ?? { message: '' };

    expect(message.split('\n').map((line) => line.split(' ')[0])).toEqual(['mooring.yaml:1:9', 'mooring.yaml:1:9', 'mooring.yaml:2:14']);
  });

  it('looks at Temporal even without a codec key', async () => {
    await stage.writeManifest('no_key');

    const found = await doctor('no_key', { MOORING_CODEC_KEYS: '' });

    expect(found.of('codec key')).toMatchObject({ status: 'failed', cure: expect.stringContaining('export MOORING_CODEC_KEYS=') });
    expect(found.of('workers')?.status).toBe('passed');
    expect(found.of('platform')).toMatchObject({ status: 'skipped', message: expect.stringContaining('codec key') });
  });

  it('finds out that the workers have another codec key', async () => {
    const file = join(stage.folder, 'other.keys');
    await writeFile(file, `other:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    await stage.writeManifest('other_key');

    const found = await doctor('other_key', { MOORING_CODEC_KEYS: file });

    expect(found.of('codec key')?.status).toBe('passed');
    expect(found.of('codec key of the workers')).toMatchObject({ status: 'failed', cure: expect.stringContaining('key file of the workers') });
    expect(found.named('skipped')).toEqual(['Immuta', 'platform']);
  });
});

describe('Temporal', () => {
  it('that does not answer is one failure; what needs it is skipped', async () => {
    await stage.writeManifest('no_temporal');

    const found = await doctor('no_temporal', { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` });

    expect(found.named('failed')).toEqual(['Temporal']);
    expect(found.named('skipped')).toEqual(['namespace', 'search attributes', 'workers', 'Immuta', 'platform']);
    expect(found.exitCode).toBe(1);
  });

  it('without namespace and search attributes passes once both cures were pasted', async () => {
    const namespace = { TEMPORAL_NAMESPACE: 'bare' };

    const missing = await doctor(undefined, namespace);
    await paste(missing.of('namespace')?.cure);
    const bare = await until(async () => {
      const found = await doctor(undefined, namespace);
      return found.of('search attributes')?.status === 'failed' ? found : undefined; // a new namespace takes seconds to be known everywhere
    });
    await paste(bare.of('search attributes')?.cure);
    const cured = await until(async () => {
      const found = await doctor(undefined, namespace);
      return found.of('search attributes')?.status === 'passed' ? found : undefined;
    });

    expect(missing.named('failed')).toEqual(['namespace']);
    expect(bare.of('search attributes')).toMatchObject({ status: 'failed', message: expect.stringContaining('MooringPhase') });
    expect(cured.of('workers')).toMatchObject({ status: 'failed', cure: expect.stringMatching(/\nmooring worker$/) });
  });

  /** Runs the commands of a cure with the real CLI; only the address is ours to add. */
  async function paste(cure = ''): Promise<void> {
    const temporal = findTemporal(process.env)?.path ?? '';
    for (const line of cure.split('\n').filter((each) => each.startsWith('temporal ')))
      await promisify(execFile)(temporal, [...line.split(' ').slice(1), '--address', stage.sandbox.address]);
  }
});

describe('Immuta', () => {
  const integrations = 'immuta:GET /integrations';

  it.each([
    ['refuses the credential', { where: integrations, nth: 0, kind: 'status', status: 401 }, 'Immuta credential', 'immuta.secret'],
    ['answers with a web page', { where: integrations, nth: 0, kind: 'garbage', body: '<html>login</html>' }, 'Immuta', 'Check immuta.url'],
    ['breaks every connection', { where: integrations, nth: 0, kind: 'drop-before' }, 'Immuta', 'tried again'],
    ['has a fault of its own', { where: integrations, nth: 0, kind: 'status', status: 503 }, 'Immuta', 'look at the tenant'],
  ] as const)('%s', async (what, fault, check, cure) => {
    const key = what.replaceAll(' ', '_');
    await stage.control.faults([fault]);
    await stage.writeManifest(key);

    const found = await doctor(key);

    expect(found.named('failed')).toEqual([check]);
    expect(found.of(check)?.cure).toContain(cure);
    expect(found.of('integration')?.status).toBe('skipped');
    expect(found.of('database')?.status).toBe('passed'); // the platform is looked at all the same
    expect(found.exitCode).toBe(1);
  });

  it('that nobody listens at is not reached; its credential is not judged', async () => {
    await stage.writeManifest('immuta_down', {
      immuta: `{ url: 'http://127.0.0.1:${await freePort()}', secret: 'file:${stage.sandbox.secretFolder}/immuta.api-key' }`,
    });

    const found = await doctor('immuta_down');

    expect(found.of('Immuta')).toMatchObject({ status: 'failed', message: expect.stringContaining('could not be reached') });
    expect(found.of('Immuta credential')?.status).toBe('skipped');
  });

  it('names the permission that is missing, and passes once it is given', async () => {
    await stage.writeManifest('no_permission');
    await stage.control.switches({ permissions: ['GOVERNANCE'] });

    const missing = await doctor('no_permission');
    await stage.control.switches({ permissions: ['APPLICATION_ADMIN', 'CREATE_DATA_SOURCE'] });
    const given = await doctor('no_permission');

    expect(missing.named('failed')).toEqual(['Immuta permission']);
    expect(missing.of('Immuta permission')?.cure).toContain('APPLICATION_ADMIN');
    expect(missing.of('Immuta credential')?.status).toBe('passed');
    expect(given.named('failed')).toEqual([]);
  });

  it('has the host under another key already', async () => {
    await stage.writeManifest('first');
    expect((await stage.register('first')).json.outcome).toBe('registered');
    await stage.writeManifest('second', { database: 'IMMUTA_2' });

    const found = await doctor('second');

    expect(found.named('failed')).toEqual(['integration']);
    expect(found.of('integration')?.message).toContain('id 1');
  });

  it('whose clock is five minutes off is a warning that says which way', async () => {
    const date = new Date(Date.now() + 300_000).toUTCString();
    const headers = { 'content-type': 'application/json', date };
    const absent = { where: 'immuta:GET /data/connection/{key}', nth: 0, kind: 'status', status: 404, headers };
    await stage.control.faults([{ ...answers(integrations, []), headers }, absent]);
    await stage.writeManifest('immuta_clock');

    const found = await doctor('immuta_clock');

    expect(found.of('Immuta clock')).toMatchObject({ status: 'warning', message: expect.stringMatching(/(29\d|30\d) s behind Immuta's/) });
    expect(found.exitCode).toBe(0);
  });
});

describe('secrets', () => {
  it('that a worker cannot resolve are named with their fields, and nothing is asked with them', async () => {
    const secret = (name: string): string => `file:${stage.sandbox.secretFolder}/${name}`;
    await stage.writeManifest('no_secrets', {
      immuta: `{ url: '${stage.sandbox.simulators.immuta.url}', secret: env:PATH }`,
      systemAccount: `{ authenticationType: keyPair, username: U, role: R, privateKey: '${secret('absent.p8')}', privateKeyPassword: env:IMMUTA_NOT_SET }`,
      privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: '${secret('absent.password')}' }`,
    });

    const found = await doctor('no_secrets');

    expect(found.named('failed')).toEqual(['Immuta secret', 'system account secrets', 'privileged user secrets']);
    expect(found.of('Immuta secret')?.cure).toContain('MOORING_SECRET_ENV');
    expect(found.of('system account secrets')?.message).toMatch(/privateKey: .*absent\.p8.*\nprivateKeyPassword: env:IMMUTA_NOT_SET is not set/);
    expect(found.of('login')?.status).toBe('skipped');
    expect((await stage.control.ledger()).filter(({ kind }) => kind === 'request')).toEqual([]);
  });
});

it('No secret stands in anything that was printed', async () => {
  const { soughtIn, sought, found } = await practice.secretsPrinted();

  expect(sought).toBeGreaterThan(20);
  expect(soughtIn).toBeGreaterThan(5_000);
  expect(found).toEqual([]);
});
