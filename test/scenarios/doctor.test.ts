import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runMooring } from '../../dev/command-line.js';
import { freePort } from '../../dev/free-port.js';
import { findTemporal } from '../../dev/setup/find-temporal.mjs';
import { answers } from './deregistering.js';
import { openStage, until, type ManifestEntry, type Stage } from './stage.js';

// Judged from outside: what the command prints, its exit code, and what reached the simulators. Cures are pasted as they are printed.
let stage: Stage;
let printed = '';
beforeAll(async () => {
  stage = await openStage();
}, 120_000);
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

interface Found {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly cure: string;
}

interface Doctor {
  readonly exitCode: number | null;
  readonly checks: readonly Found[];
  of(name: string): Found | undefined;
  /** The names of all checks with this status. */
  named(status: string): string[];
}

async function doctor(key?: string, environment: Readonly<Record<string, string>> = {}): Promise<Doctor> {
  const args = ['doctor', ...(key === undefined ? [] : [key]), '--json'];
  const result = await runMooring(args, { folder: stage.folder, environment: { ...stage.sandbox.commandEnvironment, ...environment } });
  printed += result.stdout + result.stderr;
  const { checks } = JSON.parse(result.stdout) as { checks: readonly Found[] };
  return {
    exitCode: result.exitCode,
    checks,
    of: (name) => checks.find((check) => check.name === name),
    named: (status) => checks.filter((check) => check.status === status).map(({ name }) => name),
  };
}

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

  it('passes every check of a Databricks workspace too, and gives the GRANT that a user lacks', async () => {
    stage.platform = 'Databricks';
    await stage.writeManifest('lake');
    const ready = await doctor('lake');
    await stage.writeManifest('lake', {
      privilegedUser: `{ authenticationType: token, token: 'file:${stage.sandbox.secretFolder}/databricks-immuta.token' }`,
    });

    const poor = await doctor('lake');

    expect(ready.checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(ready.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['login', 'privileges', 'catalog', 'query history']));
    expect([ready.exitCode, poor.exitCode]).toEqual([0, 1]);
    expect(poor.of('privileges')).toMatchObject({ status: 'failed', cure: expect.stringContaining('GRANT CREATE CATALOG ON METASTORE TO') });
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
    await asAdmin('DROP DATABASE IMMUTA');
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

describe('the platform', () => {
  const asInstaller: ManifestEntry = {
    get privilegedUser() {
      return `{ authenticationType: keyPair, username: IMMUTA_SYSTEM_ACCOUNT, role: INSTALLER, privateKey: 'file:${stage.sandbox.secretFolder}/immuta.p8' }`;
    },
  };

  it('is ready for a role without anything once every cure was pasted, one after the other', async () => {
    await stage.writeManifest('installer', asInstaller);
    await asAdmin('CREATE ROLE INSTALLER');
    await asAdmin('REVOKE USAGE ON WAREHOUSE IMMUTA_WH FROM ROLE PUBLIC');

    const noRole = await doctor('installer');
    await asAdmin(pasted(noRole.of('login')));
    const poor = await doctor('installer');
    for (const name of ['privileges', 'policy privileges', 'warehouse']) await asAdmin(pasted(poor.of(name)));
    const cured = await doctor('installer');

    expect(noRole.named('failed')).toEqual(['login']);
    expect(noRole.of('login')?.cure).toBe('Run as SECURITYADMIN: GRANT ROLE "INSTALLER" TO USER "IMMUTA_SYSTEM_ACCOUNT";');
    expect(noRole.of('platform')?.status).toBe('passed');
    expect(poor.named('failed')).toEqual(['privileges', 'warehouse']);
    expect(poor.named('warning')).toEqual(expect.arrayContaining(['policy privileges']));
    expect(cured.named('failed')).toEqual([]);
    expect(cured.named('warning')).toEqual([]);
    expect(cured.exitCode).toBe(0);
  });

  it('of which the account, the warehouse and the database are not as they must be is ready once the cures were pasted', async () => {
    await stage.writeManifest('account');
    await asAdmin('ALTER ACCOUNT SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE');
    await asAdmin('ALTER WAREHOUSE IMMUTA_WH SET AUTO_RESUME = FALSE');
    await asAdmin('ALTER WAREHOUSE IMMUTA_WH SUSPEND');
    await asAdmin('CREATE DATABASE "IMMUTA"');

    const sick = await doctor('account');
    for (const name of ['quoted identifiers', 'warehouse']) await asAdmin(pasted(sick.of(name)));
    await asAdmin('DROP DATABASE "IMMUTA"');
    const cured = await doctor('account');

    expect(sick.named('failed')).toEqual(['quoted identifiers', 'warehouse', 'database']);
    expect(sick.of('database')).toMatchObject({
      message: expect.stringContaining('owner ACCOUNTADMIN'),
      cure: expect.stringContaining('never drops'),
    });
    expect(cured.named('failed')).toEqual([]);
  });

  it('names a warehouse that is not there, and a query history that cannot be read', async () => {
    await stage.writeManifest('nowhere', { warehouse: 'NOWHERE_WH' });
    await stage.control.faults([{ where: 'snowflake:history', nth: 0, kind: 'refuse' }]);

    const found = await doctor('nowhere');

    expect(found.of('warehouse')).toMatchObject({ status: 'failed', message: expect.stringContaining('NOWHERE_WH') });
    expect(found.of('query history')).toMatchObject({ status: 'warning', cure: expect.stringContaining('IMPORTED PRIVILEGES') });
  });

  it('is logged in to once with a wrong password, and has answered', async () => {
    const file = join(stage.sandbox.secretFolder, 'wrong.password');
    await writeFile(file, 'not-the-password', { mode: 0o600 });
    await stage.writeManifest('wrong_password', {
      privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: 'file:${file}' }`,
    });

    const found = await doctor('wrong_password');

    expect(found.of('platform')?.status).toBe('passed');
    expect(found.named('failed')).toEqual(['login']);
    expect(found.of('platform checks')?.status).toBe('skipped');
    expect(found.of('passwords')).toMatchObject({ status: 'warning', message: expect.stringContaining('MOORING_ADMIN') });
    const logins = (await stage.control.ledger()).filter(({ kind, path }) => kind === 'request' && String(path).includes('login-request'));
    expect(logins).toHaveLength(1);
  });

  it('that nobody listens at is not reached, and no login is judged', async () => {
    await stage.writeManifest('no_platform');
    const manifest = join(stage.folder, 'mooring.yaml');
    const port = `port: ${stage.sandbox.simulators.snowflake.port}`;
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(port, `port: ${await freePort()}`));

    const found = await doctor('no_platform');

    expect(found.of('platform')).toMatchObject({ status: 'failed', message: expect.stringContaining('could not be reached') });
    expect(found.of('login')?.status).toBe('skipped');
  });

  it('whose clock is five minutes off refuses a key pair and says why; with a password the clock is a warning', async () => {
    await stage.control.clock(-300_000);
    await stage.writeManifest('by_key');
    const byKey = await doctor('by_key');
    await stage.writeManifest('by_password', {
      privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: 'file:${stage.sandbox.secretFolder}/admin.password' }`,
    });
    const byPassword = await doctor('by_password');

    expect(byKey.of('login')).toMatchObject({ status: 'failed', cure: expect.stringContaining('clock') });
    expect(byPassword.of('clock')).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('ahead of'),
      cure: expect.stringContaining('NTP'),
    });
    expect(byPassword.exitCode).toBe(0);
  });
});

describe('a Databricks workspace', () => {
  const asPrincipal = (token: string): ManifestEntry => ({
    privilegedUser: `{ authenticationType: token, token: 'file:${stage.sandbox.secretFolder}/${token}' }`,
  });

  it('that is ready passes every check, and one that is registered is asked for its catalog', async () => {
    stage.platform = 'Databricks';
    await stage.writeManifest('lake');

    const ready = await doctor('lake');
    expect((await stage.register('lake')).json.outcome).toBe('registered');
    const standing = await doctor('lake');

    expect(ready.checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(
      ready.checks
        .slice(-9)
        .map(({ name }) => name)
        .join(', '),
    ).toBe('privileged user secrets, platform, login, privileged user, clock, privileges, audit, catalog, query history');
    expect(ready.exitCode).toBe(0);
    expect(standing.named('failed')).toEqual([]);
    expect(standing.of('catalog')?.message).toBe('The catalog immuta of the registered connection is there.');
  });

  it('whose principal lacks privileges is told the exact GRANT and who can run it', async () => {
    stage.platform = 'Databricks';
    await stage.writeManifest('poor_lake', asPrincipal('databricks-immuta.token'));

    const found = await doctor('poor_lake');

    const { clientId } = stage.sandbox.simulators.databricks.systemAccount;
    expect(found.named('failed')).toEqual(['privileges']);
    expect(found.of('privileges')?.cure).toBe(`Run as a metastore admin: GRANT CREATE CATALOG ON METASTORE TO \`${clientId}\`;`);
    expect(found.of('audit')?.status).toBe('warning');
  });

  it('that refuses the token has answered, and one whose catalog is taken names it', async () => {
    stage.platform = 'Databricks';
    await writeFile(join(stage.sandbox.secretFolder, 'wrong.token'), 'dapi0000000000000000', { mode: 0o600 });
    await stage.writeManifest('wrong_token', asPrincipal('wrong.token'));
    const refused = await doctor('wrong_token');
    await stage.writeManifest('taken', { database: 'main' });
    const taken = await doctor('taken');

    expect(refused.named('failed')).toEqual(['login']);
    expect(taken.named('failed')).toEqual(['catalog']);
  });
});

it('No secret stands in anything that was printed', async () => {
  const files = await readdir(stage.sandbox.secretFolder);
  const secrets = await Promise.all(files.map(async (file) => (await readFile(join(stage.sandbox.secretFolder, file), 'utf8')).trim()));
  const lines = secrets.flatMap((secret) => secret.split('\n')).filter((line) => line.length >= 12 && !line.startsWith('-----'));

  expect(lines.length).toBeGreaterThan(20);
  expect(printed.length).toBeGreaterThan(10_000);
  expect(lines.filter((line) => printed.includes(line))).toEqual([]);
});

/** The statement of a cure: what stands behind the words that say who can run it. */
function pasted(check: Found | undefined): string {
  const [, statement = ''] = /: ((?:GRANT|ALTER) .*);$/.exec(check?.cure ?? '') ?? [];
  return statement;
}

/** Runs a statement as the account's administrator, past Mooring, by the platform's own protocol. */
async function asAdmin(sqlText: string): Promise<void> {
  const { host, port } = stage.sandbox.simulators.snowflake;
  const post = async (path: string, body: object, token?: string): Promise<{ success: boolean; message: string; data: { token: string } }> => {
    const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Snowflake Token="${token}"` }) };
    const response = await fetch(`http://${host}:${port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { success: boolean; message: string; data: { token: string } };
  };
  const password = (await readFile(join(stage.sandbox.secretFolder, 'admin.password'), 'utf8')).trim();
  const login = await post('/session/v1/login-request?roleName=ACCOUNTADMIN', {
    data: { LOGIN_NAME: 'MOORING_ADMIN', PASSWORD: password, SESSION_PARAMETERS: {} },
  });
  const answer = await post(`/queries/v1/query-request?requestId=${randomBytes(8).toString('hex')}`, { sqlText }, login.data.token);
  expect(answer.success, `${sqlText}: ${answer.message}`).toBe(true);
}
