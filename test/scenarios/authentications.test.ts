// What Snowflake, an identity provider or Immuta may refuse: then one clear message names who was refused and why, nothing is sent twice, nothing is
// written, and no secret is shown. Every way in that is accepted is in every-login.test.ts.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leftBehind, openStage, type Stage } from './stage.js';

const passphrase = 'canary-passphrase-31d7';
const wrong = 'canary-wrong-credential-9f2e';

type PrivilegedUser = 'userPassword' | 'keyPair' | 'keyPair (encrypted)' | 'oAuthToken' | 'programmaticAccessToken' | 'oAuthClientCredentials';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ worker: { MOORING_LOG_LEVEL: 'trace' } });
  await makeSecrets();
});
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

describe('a plan', () => {
  it.each([
    ['userPassword', 'keyPair', ['The system account IMMUTA_BY_PASSWORD']],
    ['keyPair', 'userPassword', ['The privileged user MOORING_ADMIN']],
    ['keyPair', 'oAuthToken', []],
  ] as const)('warns of passwords that are ending (%s, %s)', async (systemAccount, privilegedUser, warned) => {
    await stage.writeManifest('ending', { systemAccount: systemAccountBlock(systemAccount), privilegedUser: privilegedUserBlock(privilegedUser) });

    const { stdout } = await stage.mooring('plan', 'ending', '--json');

    const { plan } = JSON.parse(stdout) as { plan: { dangers: string[] } };
    expect(plan.dangers.filter((danger) => danger.includes('password alone')).map((danger) => danger.split(' logs in ')[0])).toEqual(warned);
  });
});

// One of each kind; more of what a login may answer is in test/platforms/tokens.test.ts and login.test.ts.
describe('a credential that is not accepted', () => {
  it.each([
    ['keyPair', { privateKey: 'stranger.p8' }, /login of MOORING_ADMIN .*key pair login was not accepted \(390144\)/, 1],
    ['keyPair (encrypted)', { privateKeyPassword: 'wrong' }, /private key of the privileged user MOORING_ADMIN .*passphrase is wrong/, 0],
    ['oAuthToken', { token: 'admin-expired.oauth-token' }, /login of the holder of the OAuth token .*OAuth token has expired \(390318\)/, 1],
    ['programmaticAccessToken', { token: 'admin-expired.pat' }, /holder of the programmatic access token .*expired.* \(394400\)/, 1],
    [
      'oAuthClientCredentials',
      { clientSecret: 'wrong' },
      /refused a token to the OAuth client mooring-admin .*wrong client secret \(invalid_client\)/,
      0,
    ],
  ] as const)('%s with %j is refused once, by name, and shown to nobody', async (privilegedUser, changes, said, logins) => {
    await stage.writeManifest('refused', { privilegedUser: privilegedUserBlock(privilegedUser, changes) });

    const { exitCode, stderr, json } = await stage.register('refused');

    expect(json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'credential-refused', message: expect.stringMatching(said), next: expect.stringMatching(/\S/) },
    });
    expect(exitCode).toBe(1);
    expect(await loginsAt()).toHaveLength(logins);
    expect(await tokenRequests()).toHaveLength(privilegedUser === 'oAuthClientCredentials' ? 1 : 0);
    expect(await stage.control.statements()).toEqual([]);
    expect(await leftBehind(stage)).toEqual([]);
    const shown = `${JSON.stringify(json)}${stderr}${await readFile(join(stage.folder, 'worker.log'), 'utf8')}`;
    for (const secret of await refusedSecrets()) expect(shown).not.toContain(secret);
  });

  it('is an OAuth token that ends after the plan was made: the run says so, and has written nothing', async () => {
    await stage.control.faults([{ where: 'snowflake:login', nth: 2, kind: 'refuse', code: '390318' }]);
    await stage.writeManifest('ended', { privilegedUser: privilegedUserBlock('oAuthToken') });

    const { json } = await stage.register('ended');

    expect(json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'credential-refused', message: expect.stringContaining('OAuth token has expired') },
    });
    expect(await loginsAt()).toHaveLength(2);
    expect(await stage.control.statements()).toEqual([]);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('names the role that a token of the identity provider does not open', async () => {
    await stage.writeManifest('filtered', { privilegedUser: privilegedUserBlock('oAuthClientCredentials', { scope: 'session:role:SYSADMIN' }) });

    const { json } = await stage.register('filtered');

    expect(json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'permission-missing', message: expect.stringContaining('390317'), next: expect.stringContaining('session:role:') },
    });
    expect(await loginsAt()).toHaveLength(1);
  });

  it('asks for a token nowhere but at hosts that the worker allows', async () => {
    await stage.writeManifest('elsewhere', {
      privilegedUser: privilegedUserBlock('oAuthClientCredentials', { tokenUrl: 'https://login.evil.example/token' }),
    });

    const { json } = await stage.register('elsewhere');

    expect(json).toMatchObject({
      outcome: 'failed',
      failure: {
        kind: 'invalid-request',
        message: expect.stringContaining('login.evil.example'),
        next: expect.stringContaining('MOORING_TOKEN_HOSTS'),
      },
    });
    expect(await tokenRequests()).toEqual([]);
  });
});

describe('Immuta', () => {
  it.each(['apiKey', 'exchange', 'bearer'] as const)(
    'refuses a wrong credential of kind %s, by name, and is sent no call twice',
    async (authentication) => {
      await stage.writeManifest('wrong_key', { immuta: immutaBlock(authentication, 'wrong') });

      const { exitCode, stderr, json } = await stage.register('wrong_key');

      expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'credential-refused', message: expect.stringContaining('Immuta') } });
      expect(exitCode).toBe(1);
      expect(`${JSON.stringify(json)}${stderr}`).not.toContain(wrong);
      const calls = (await stage.control.ledger()).filter(({ simulator, kind }) => simulator === 'immuta' && kind === 'request');
      expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([401]));
      expect(calls).toHaveLength(new Set(calls.map(({ method, path }) => `${method} ${String(path)}`)).size);
      expect(await stage.control.statements()).toEqual([]);
    },
  );
});

function systemAccountBlock(kind: 'userPassword' | 'keyPair'): string {
  return kind === 'userPassword'
    ? `{ authenticationType: userPassword, username: IMMUTA_BY_PASSWORD, role: IMMUTA_SYSTEM, password: ${at('immuta.password')} }`
    : `{ authenticationType: keyPair, username: IMMUTA_SYSTEM_ACCOUNT, role: IMMUTA_SYSTEM, privateKey: ${at('immuta.p8')} }`;
}

const named = { username: 'MOORING_ADMIN' };

function privilegedUserBlock(kind: PrivilegedUser, changes: Readonly<Record<string, string>> = {}): string {
  const { host, port } = stage.sandbox.simulators.snowflake;
  const blocks: Readonly<Record<PrivilegedUser, Readonly<Record<string, string>>>> = {
    userPassword: { ...named, password: 'admin.password' },
    keyPair: { ...named, privateKey: 'admin.p8' },
    'keyPair (encrypted)': { ...named, privateKey: 'admin-encrypted.p8', privateKeyPassword: 'passphrase' },
    oAuthToken: { token: 'admin.oauth-token' },
    programmaticAccessToken: { token: 'admin.pat' },
    oAuthClientCredentials: {
      clientId: 'mooring-admin',
      clientSecret: 'admin.oauth-client-secret',
      tokenUrl: `http://${host}:${port}/oauth/token-request`,
    },
  };
  const secrets = new Set(['password', 'privateKey', 'privateKeyPassword', 'token', 'clientSecret']);
  const keys = Object.entries({ ...blocks[kind], ...changes }).map(([key, value]) => `${key}: ${secrets.has(key) ? at(value) : `'${value}'`}`);
  return `{ authenticationType: ${kind.split(' ')[0]}, role: ACCOUNTADMIN, ${keys.join(', ')} }`;
}

function immutaBlock(authentication: string, secret: string): string {
  return `{ url: '${stage.sandbox.simulators.immuta.url}', authentication: ${authentication}, secret: ${at(secret)} }`;
}

function at(name: string): string {
  return `'file:${stage.sandbox.secretFolder}/${name}'`;
}

async function file(name: string, value: string): Promise<void> {
  await writeFile(join(stage.sandbox.secretFolder, name), value, { mode: 0o600 });
}

async function secret(name: string): Promise<string> {
  return (await readFile(join(stage.sandbox.secretFolder, name), 'utf8')).trim();
}

/** What the simulators do not make themselves. */
async function makeSecrets(): Promise<void> {
  const encrypted = async (name: string): Promise<string> =>
    createPrivateKey(await secret(name))
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString();
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await Promise.all([
    file('passphrase', passphrase),
    file('wrong', wrong),
    file('stranger.p8', stranger),
    file('admin-encrypted.p8', await encrypted('admin.p8')),
  ]);
}

async function refusedSecrets(): Promise<readonly string[]> {
  return [wrong, passphrase, ...(await Promise.all(['admin-expired.oauth-token', 'admin-expired.pat', 'admin.oauth-token'].map(secret)))];
}

async function snowflakeRequests(path: string) {
  return (await stage.control.ledger()).filter((line) => line.simulator === 'snowflake' && line.kind === 'request' && line['path'] === path);
}

async function loginsAt() {
  return await snowflakeRequests('/session/v1/login-request');
}

async function tokenRequests() {
  return await snowflakeRequests('/oauth/token-request');
}
