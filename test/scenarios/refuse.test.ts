import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharedStage } from './shared-stage.js';
import { leftBehind, type ManifestEntry, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

const scripts = 'immuta:POST /integrations/scripts/create';

/** Each fails before the first write: one clear message, exit code 1, nothing sent to the platform by a script, nothing left. */
describe('bad answers of Immuta before anything is written', () => {
  it.each([
    ['401', [{ where: 'immuta:GET /integrations', nth: 0, kind: 'status', status: 401 }], 'credential-refused'],
    ['403', [{ where: 'immuta:GET /integrations', nth: 0, kind: 'status', status: 403 }], 'permission-missing'],
    ['404 instead of a script', [{ where: scripts, nth: 0, kind: 'status', status: 404 }], 'not-found'],
    ['500 that lasts', [{ where: scripts, nth: 0, kind: 'status', status: 500 }], 'unreachable'],
    ['HTML instead of JSON', [{ where: 'immuta:GET /integrations', nth: 0, kind: 'garbage', body: '<html>login</html>' }], 'bad-answer'],
    [
      'a redirect',
      [{ where: 'immuta:GET /integrations', nth: 0, kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
      'bad-answer',
    ],
    ['an answer of 50 MiB', [{ where: 'immuta:GET /integrations', nth: 0, kind: 'garbage', bodyBytes: 50 * 1024 * 1024 }], 'bad-answer'],
    ['an empty script', [{ where: scripts, nth: 0, kind: 'garbage', body: '' }], 'bad-answer'],
    [
      'a script with an unterminated quote',
      [{ where: scripts, nth: 0, kind: 'garbage', body: 'CREATE DATABASE "X";\nCREATE ROLE \'oops' }],
      'script-refused',
    ],
  ] as const)('%s', async (what, faults, kind) => {
    const key = `immuta_${what.replaceAll(/[^a-z0-9]/gi, '_')}`;
    await stage.control.faults(faults);
    await stage.writeManifest(key);

    const { exitCode, json } = await stage.register(key);

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind, message: expect.stringMatching(/\S/), next: expect.stringMatching(/\S/) } });
    expect(exitCode).toBe(1);
    expect(await stage.control.statements()).toEqual([]);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('waits as long as Immuta asks after 429, then goes on', async () => {
    await stage.control.faults([{ where: scripts, nth: 1, kind: 'status', status: 429, headers: { 'retry-after': '1' } }]);
    await stage.writeManifest('throttled');

    expect((await stage.register('throttled')).json.outcome).toBe('registered');
  });
});

describe('bad credentials and missing privileges on the platform', () => {
  const password = (file: string): ManifestEntry => ({
    privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: 'file:${stage.sandbox.secretFolder}/${file}' }`,
  });

  it('logs in once with a wrong password: the account is not locked', async () => {
    await secretFile('wrong.password', 'not-the-password');
    await stage.writeManifest('wrong_password', password('wrong.password'));

    const { exitCode, json } = await stage.register('wrong_password');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'credential-refused' } });
    expect(exitCode).toBe(1);
    const logins = (await stage.control.ledger()).filter(
      ({ kind, simulator, path }) => kind === 'request' && simulator === 'snowflake' && String(path).includes('login-request'),
    );
    expect(logins).toHaveLength(1);
  });

  it('says which privileges a role lacks, and who can grant them', async () => {
    await stage.writeManifest('weak_role', {
      privilegedUser: `{ authenticationType: keyPair, username: MOORING_ADMIN, role: SYSADMIN, privateKey: 'file:${stage.sandbox.secretFolder}/admin.p8' }`,
    });

    const { json } = await stage.register('weak_role');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'permission-missing', next: expect.stringContaining('GRANT') } });
  });

  it('names a warehouse that is not there', async () => {
    await stage.writeManifest('no_warehouse', { warehouse: 'NOWHERE_WH' });

    expect((await stage.register('no_warehouse')).json).toMatchObject({
      outcome: 'failed',
      failure: { message: expect.stringContaining('NOWHERE_WH') },
    });
  });

  it('names a secret that is missing', async () => {
    await stage.writeManifest('no_secret', password('absent.password'));

    expect((await stage.register('no_secret')).json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'secret-unavailable', message: expect.stringContaining('absent.password') },
    });
  });

  it('says the same of a plan, with the cure', async () => {
    await stage.writeManifest('no_secret_plan', password('absent.password'));

    const { exitCode, stdout } = await stage.mooring('plan', 'no_secret_plan', '--json');

    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      error: {
        kind: 'secret-unavailable',
        message: expect.stringContaining('absent.password'),
        next: 'Check the path, and that the worker may enter its folders.',
      },
    });
    expect(exitCode).toBe(1);
  });

  it('names a secret that everybody can read', async () => {
    await secretFile('open.password', 'x');
    await chmod(join(stage.sandbox.secretFolder, 'open.password'), 0o644);
    await stage.writeManifest('open_secret', password('open.password'));

    expect((await stage.register('open_secret')).json).toMatchObject({ outcome: 'failed', failure: { kind: 'secret-unavailable' } });
  });

  it('reads no variable that the worker did not allow', async () => {
    await stage.writeManifest('stolen', {
      privilegedUser: '{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: env:PATH }',
    });

    expect((await stage.register('stolen')).json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'secret-unavailable', message: expect.stringContaining('PATH') },
    });
  });

  async function secretFile(name: string, value: string): Promise<void> {
    const file = join(stage.sandbox.secretFolder, name);
    await rm(file, { force: true });
    await writeFile(file, value, { mode: 0o600 });
  }
});

describe('a registration by user and password', () => {
  it('ends registered, and the password in the script stands nowhere in clear', async () => {
    const secret = stage.sandbox.secretFolder;
    await stage.writeManifest('by_password', {
      systemAccount: `{ authenticationType: userPassword, username: IMMUTA_BY_PASSWORD, role: IMMUTA_SYSTEM, password: 'file:${secret}/immuta.password' }`,
      privilegedUser: `{ authenticationType: userPassword, username: MOORING_ADMIN, role: ACCOUNTADMIN, password: 'file:${secret}/admin.password' }`,
    });

    const { json } = await stage.register('by_password');

    expect(json.outcome).toBe('registered');
  });
});
