// What a Databricks workspace may refuse: then one clear message reaches a person, nothing is sent by a script, and nothing is left. Every way in that it
// accepts is in every-login.test.ts.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ManifestTarget } from './platforms.js';
import { sharedStage } from './shared-stage.js';
import { leftBehind, type RunResult, type Stage } from './stage.js';

const wrong = 'canary-wrong-credential-51aa';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
  stage.platform = 'Databricks';
  await writeFile(join(stage.sandbox.secretFolder, 'wrong'), `${wrong}\n`, { mode: 0o600 });
});
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

const secret = (file: string): string => `'file:${stage.sandbox.secretFolder}/${file}'`;
const byToken = (file: string): ManifestTarget => ({ privilegedUser: `{ authenticationType: token, token: ${secret(file)} }` });
const bySecret = (clientSecret: string): ManifestTarget => {
  const { clientId } = stage.sandbox.simulators.databricks.privilegedUser;
  return { privilegedUser: `{ authenticationType: oAuthM2M, clientId: ${clientId}, clientSecret: ${secret(clientSecret)} }` };
};

/** Thrift calls by which somebody logged in. */
async function logins(): Promise<number> {
  return (await stage.control.ledger()).filter(({ call }) => call === 'OpenSession').length;
}

async function expectRefused({ exitCode, json, stderr }: RunResult, kind: string, message: RegExp, next: RegExp): Promise<void> {
  expect(json).toMatchObject({ outcome: 'failed', failure: { kind, message: expect.stringMatching(message), next: expect.stringMatching(next) } });
  expect(exitCode).toBe(1);
  expect(await stage.control.statements()).toEqual([]);
  expect(await leftBehind(stage)).toEqual([]);
  const shown = `${JSON.stringify(json)}${stderr}${await readFile(join(stage.folder, 'worker.log'), 'utf8')}`;
  expect(shown).not.toContain(wrong);
}

describe('a registration on Databricks', () => {
  it('tells Immuta all that a manifest may say', async () => {
    await writeFile(join(stage.sandbox.secretFolder, 'proxy.password'), `${wrong}\n`, { mode: 0o600 });
    await stage.writeManifest('all', {
      more: [
        'settings: { isActive: true, activateNewChildren: false }',
        'groupPattern: { deny: immuta_exempt }',
        "workspaceIds: ['1234567890123456']",
        `proxyOptions: { host: proxy.example.com, port: 3128, username: immuta, password: ${secret('proxy.password')} }`,
      ],
    });

    const { json } = await stage.register('all');

    expect(json).toMatchObject({ outcome: 'registered' });
    const { integrations } = (await stage.control.objects()).immuta;
    expect(JSON.stringify(integrations)).toMatch(/immuta_exempt.*1234567890123456|1234567890123456.*immuta_exempt/);
    expect(JSON.stringify(integrations)).not.toContain(wrong);
  });
});

describe('a registration on Databricks is refused before the first write', () => {
  it('for an HTTP path of no warehouse', async () => {
    await stage.writeManifest('path', { httpPath: '/sql/1.0/warehouses/0123456789abcdef' });

    await expectRefused(
      await stage.register('path'),
      'not-found',
      /no warehouse or cluster at \/sql\/1\.0\/warehouses\/0123456789abcdef/,
      /HTTP path/,
    );
  });

  it('for a token that nobody knows, which is sent once', async () => {
    await stage.writeManifest('unknown_token', byToken('wrong'));

    await expectRefused(await stage.register('unknown_token'), 'credential-refused', /refused the login at .*HTTP 403/, /wrong, revoked or expired/);
    expect(await logins()).toBe(1);
  });

  it('for a token that has expired, which is sent once', async () => {
    await stage.control.faults([{ where: 'databricks:OpenSession', nth: 0, kind: 'status', status: 401 }]);
    await stage.writeManifest('expired_token');

    await expectRefused(await stage.register('expired_token'), 'credential-refused', /refused the login at .*HTTP 401/, /wrong, revoked or expired/);
    expect(await logins()).toBe(1);
  });

  it('for a client secret that is wrong, without any login', async () => {
    await stage.writeManifest('client_secret', bySecret('wrong'));

    const refused = /refused a token to the OAuth client c0ffee00-.*invalid_client/;
    await expectRefused(await stage.register('client_secret'), 'credential-refused', refused, /clientSecret/);
    expect(await logins()).toBe(0);
  });

  it('for a user without CREATE CATALOG, with the GRANT to paste', async () => {
    await stage.writeManifest('poor', byToken('databricks-immuta.token'));

    await expectRefused(
      await stage.register('poor'),
      'permission-missing',
      /lacks CREATE CATALOG on the metastore/,
      /GRANT CREATE CATALOG ON METASTORE TO/,
    );
  });

  it('for a user who may not use the warehouse', async () => {
    await stage.control.faults([{ where: 'databricks:OpenSession', nth: 0, kind: 'status', status: 403 }]);
    await stage.writeManifest('no_use');

    await expectRefused(
      await stage.register('no_use'),
      'permission-missing',
      /knows the privileged user but refused/,
      /CAN USE on the SQL warehouse/,
    );
  });

  it('for a host that the worker does not allow: no secret is read, nothing is sent', async () => {
    await stage.writeManifest('elsewhere', { host: 'adb-1.2.evil.example' });

    await expectRefused(
      await stage.register('elsewhere'),
      'invalid-request',
      /Databricks host adb-1\.2\.evil\.example is not one of the hosts/,
      /MOORING_DATABRICKS_HOSTS/,
    );
  });

  it('for a certificate that is not trusted', async () => {
    stage.worker.process.kill('SIGKILL'); // it has nothing to do
    stage.worker = await stage.sandbox.startWorker({ NODE_EXTRA_CA_CERTS: '' });
    await stage.writeManifest('untrusted');

    const result = await stage.register('untrusted');

    stage.worker.process.kill('SIGKILL'); // it has nothing to do
    stage.worker = await stage.sandbox.startWorker();
    await expectRefused(result, 'invalid-request', /certificate of .* is not trusted/, /NODE_EXTRA_CA_CERTS/);
    expect(await logins()).toBe(0);
  });
});

describe('a SQL warehouse that', () => {
  it('is starting is waited for', async () => {
    await stage.control.faults([
      { where: 'databricks:OpenSession', nth: 1, kind: 'status', status: 503 },
      { where: 'databricks:OpenSession', nth: 2, kind: 'delay', delayMs: 2_000 },
    ]);
    await stage.writeManifest('starting');

    expect((await stage.register('starting')).json.outcome).toBe('registered');
  });

  it('is stopped and cannot start is named, after some tries', async () => {
    await stage.control.faults([{ where: 'databricks:OpenSession', nth: 0, kind: 'status', status: 503 }]);
    await stage.writeManifest('stopped');

    await expectRefused(await stage.register('stopped'), 'unreachable', /HTTP 503/, /whether the SQL warehouse can start/);
  });
});
