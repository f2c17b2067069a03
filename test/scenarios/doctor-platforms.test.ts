import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../dev/free-port.js';
import { pasted, Practice } from './doctor-runs.js';
import type { ManifestEntry, Stage } from './stage.js';

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
const asAdmin: Practice['asAdmin'] = (sqlText) => practice.asAdmin(sqlText);

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
    expect(found.named('skipped')).toEqual(['login', 'platform checks']);
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

  it.each([
    ['has no such warehouse', { httpPath: '/sql/1.0/warehouses/0123456789abcdef' }, [], /no warehouse or cluster at/, /Copy the HTTP path/],
    ['has a warehouse that cannot start', {}, [503], /HTTP 503/, /whether the SQL warehouse can start/],
    ['is none that the worker may talk to', { host: 'adb-1.2.azuredatabricks.net' }, [], /not one of the hosts/, /MOORING_DATABRICKS_HOSTS/],
  ] as const)('that %s fails as a platform, and nothing after it is judged', async (_what, entry, statuses, message, cure) => {
    stage.platform = 'Databricks';
    await stage.control.faults(statuses.map((status) => ({ where: 'databricks:OpenSession', nth: 0, kind: 'status', status })));
    await stage.writeManifest('unusable', entry);

    const found = await doctor('unusable');

    expect(found.of('platform')).toMatchObject({ status: 'failed', message: expect.stringMatching(message), cure: expect.stringMatching(cure) });
    expect(found.named('skipped')).toEqual(['login', 'platform checks']);
    expect(found.exitCode).toBe(1);
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
  const { soughtIn, sought, found } = await practice.secretsPrinted();

  expect(sought).toBeGreaterThan(20);
  expect(soughtIn).toBeGreaterThan(5_000);
  expect(found).toEqual([]);
});
