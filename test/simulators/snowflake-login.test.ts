import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../simulators/snowflake/key-pair.js';
import type { SimulatedAccount } from './snowflake-clients.js';
import { adminPassword, connect, disconnect, execute, post, refusal, startAccount } from './snowflake-clients.js';

const registered = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKeyPem = registered.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKeyPem = registered.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let account: SimulatedAccount;

beforeAll(async () => {
  account = await startAccount({
    users: [
      { name: 'ADMIN', password: adminPassword, defaultRole: 'ACCOUNTADMIN', roles: ['ACCOUNTADMIN'] },
      { name: 'ROBOT', publicKeyPem, defaultRole: 'SYSADMIN', roles: ['SYSADMIN'] },
      { name: 'HOMELESS', password: 'x', defaultRole: 'LOST', roles: [] },
    ],
  });
});

afterAll(async () => {
  await account.simulator.close();
});

function token(claims: Record<string, unknown>, key = registered.privateKey): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${body}.${createSign('RSA-SHA256').update(body).sign(key).toString('base64url')}`;
}

function claims(unit: 'seconds' | 'milliseconds', changes: Record<string, unknown> = {}): Record<string, unknown> {
  const now = unit === 'seconds' ? Math.floor(Date.now() / 1000) : Date.now();
  return { iss: `TEST.ROBOT.${fingerprint(publicKeyPem)}`, sub: 'TEST.ROBOT', iat: now, exp: now + (unit === 'seconds' ? 60 : 60_000), ...changes };
}

async function loginWith(jwt: string, more: Record<string, unknown> = {}): Promise<string | null> {
  const answer = await post(account.simulator, '/session/v1/login-request', { data: { AUTHENTICATOR: 'SNOWFLAKE_JWT', TOKEN: jwt, ...more } });
  return answer.code;
}

describe('by password', () => {
  test('the driver logs in and stands in its default role', async () => {
    const connection = await connect(account.simulator);

    const [row] = await execute(connection, 'SELECT CURRENT_USER() AS U, CURRENT_ROLE() AS R');

    expect(row).toEqual({ U: 'ADMIN', R: 'ACCOUNTADMIN' });
    await disconnect(connection);
  });

  test('a wrong password and an unknown user are refused alike', async () => {
    expect(await refusal(connect(account.simulator, { password: 'wrong' }))).toBe('390100');
    expect(await refusal(connect(account.simulator, { username: 'NOBODY' }))).toBe('390100');
  });

  test('a user without a password cannot log in with an empty one', async () => {
    const answer = await post(account.simulator, '/session/v1/login-request', { data: { LOGIN_NAME: 'ROBOT', PASSWORD: '' } });

    expect(answer.code).toBe('390100');
  });
});

describe('role and warehouse of the login', () => {
  test('a granted role is taken, one that is not granted refuses the login', async () => {
    const connection = await connect(account.simulator, { role: 'sysadmin', warehouse: 'WH' });

    const [row] = await execute(connection, 'SELECT CURRENT_ROLE() AS R, CURRENT_WAREHOUSE() AS W');

    expect(row).toEqual({ R: 'SYSADMIN', W: 'WH' });
    await disconnect(connection);
    expect(await refusal(connect(account.simulator, { role: 'LOST' }))).toBe('390189');
    expect(await refusal(connect(account.simulator, { role: 'NO_SUCH' }))).toBe('390189');
  });

  test('a default role that was revoked refuses a login that names none', async () => {
    const admin = await connect(account.simulator);
    await execute(admin, 'REVOKE ROLE LOST FROM USER HOMELESS');

    const code = await refusal(connect(account.simulator, { username: 'HOMELESS', password: 'x' }));

    expect(code).toBe('390186');
    await disconnect(admin);
  });

  test('an unknown warehouse leaves the session without one, and refuses a client that validates', async () => {
    const connection = await connect(account.simulator, { warehouse: 'NO_SUCH' });

    const [row] = await execute(connection, 'SELECT CURRENT_WAREHOUSE() AS W');

    expect(row).toEqual({ W: null });
    await disconnect(connection);
    // Python's driver sends this parameter; Node's looks at the names itself
    const data = { LOGIN_NAME: 'ADMIN', PASSWORD: adminPassword, SESSION_PARAMETERS: { CLIENT_VALIDATE_DEFAULT_PARAMETERS: true } };
    const answer = await post(account.simulator, '/session/v1/login-request?warehouse=NO_SUCH', { data });
    expect(answer.code).toBe('390201');
  });
});

describe('by key pair', () => {
  test('the driver signs in with its key', async () => {
    const connection = await connect(account.simulator, { username: 'ROBOT', authenticator: 'SNOWFLAKE_JWT', privateKey: privateKeyPem });

    expect(await execute(connection, 'SELECT CURRENT_USER() AS U')).toEqual([{ U: 'ROBOT' }]);
    await disconnect(connection);
  });

  test('the driver with a key that is not registered is refused', async () => {
    const privateKey = stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    expect(await refusal(connect(account.simulator, { username: 'ROBOT', authenticator: 'SNOWFLAKE_JWT', privateKey }))).toBe('390144');
  });

  test('times in seconds and in milliseconds are both taken, with and without a login name', async () => {
    expect(await loginWith(token(claims('seconds')))).toBeNull();
    expect(await loginWith(token(claims('milliseconds')), { LOGIN_NAME: 'robot' })).toBeNull();
  });

  test.each([
    ['an expired token', { exp: Math.floor(Date.now() / 1000) - 1 }],
    ['a token issued in the future', { iat: Math.floor(Date.now() / 1000) + 600, exp: Math.floor(Date.now() / 1000) + 660 }],
    ['a token that lives longer than an hour', { exp: Math.floor(Date.now() / 1000) + 7200 }],
    ['an issuer with another fingerprint', { iss: 'TEST.ROBOT.SHA256:AAAA' }],
    ['a subject that is another user', { sub: 'TEST.ADMIN' }],
  ])('%s is refused', async (_, changes) => {
    expect(await loginWith(token(claims('seconds', changes)))).toBe('390144');
  });

  test('a signature of another key under the right fingerprint is refused', async () => {
    expect(await loginWith(token(claims('seconds'), stranger.privateKey))).toBe('390144');
  });

  test('a token for one user does not open another login name', async () => {
    expect(await loginWith(token(claims('seconds')), { LOGIN_NAME: 'ADMIN' })).toBe('390144');
  });

  test('the account judges by its own clock', async () => {
    account.simulator.setClockOffset(600_000);

    const code = await loginWith(token(claims('seconds')));

    account.simulator.setClockOffset(0);
    expect(code).toBe('390144');
  });
});

describe('users made by a script', () => {
  test('log in with the password and the key they were given, until they are dropped', async () => {
    const admin = await connect(account.simulator);
    const key = publicKeyPem.replaceAll(/-----[A-Z ]+-----|\n/g, '');
    await execute(admin, 'CREATE ROLE MADE_ROLE');
    await execute(admin, `CREATE USER MADE PASSWORD = "pw;'1" LOGIN_NAME = 'made_login' DEFAULT_ROLE = MADE_ROLE RSA_PUBLIC_KEY = '${key}'`);
    await execute(admin, 'GRANT ROLE MADE_ROLE TO USER MADE');

    const byPassword = await connect(account.simulator, { username: 'made_login', password: "pw;'1" });
    const byKey = await connect(account.simulator, { username: 'MADE_LOGIN', authenticator: 'SNOWFLAKE_JWT', privateKey: privateKeyPem });

    expect(await execute(byPassword, 'SELECT CURRENT_USER() AS U, CURRENT_ROLE() AS R')).toEqual([{ U: 'MADE', R: 'MADE_ROLE' }]);
    await Promise.all([byPassword, byKey].map(disconnect));
    await execute(admin, 'ALTER USER MADE SET DISABLED = TRUE');
    expect(await refusal(connect(account.simulator, { username: 'made_login', password: "pw;'1" }))).toBe('390101');
    await execute(admin, 'DROP USER MADE');
    expect(await refusal(connect(account.simulator, { username: 'made_login', password: "pw;'1" }))).toBe('390100');
    await disconnect(admin);
  });

  test('a broken public key is refused', async () => {
    const admin = await connect(account.simulator);

    expect(await refusal(execute(admin, "CREATE USER BROKEN RSA_PUBLIC_KEY = 'abc'"))).toBe('001007/22023');
    expect(account.simulator.hasUser('BROKEN')).toBe(false);
    await disconnect(admin);
  });
});

test('tokens nobody registered are refused in the vendor words', async () => {
  expect(await refusal(connect(account.simulator, { authenticator: 'OAUTH', token: 'x' }))).toBe('390303');
  expect(await refusal(connect(account.simulator, { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'x' }))).toBe('394400');
});
