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
      {
        name: 'HOLDER',
        defaultRole: 'SYSADMIN',
        roles: ['SYSADMIN', 'USERADMIN'],
        tokens: [
          { kind: 'oAuth', value: 'oauth-token', expired: false },
          { kind: 'oAuth', value: 'old-token', expired: true },
          { kind: 'programmaticAccess', value: 'programmatic-token', expired: false },
          { kind: 'programmaticAccess', value: 'old-programmatic', expired: true },
        ],
        oAuthClients: [{ clientId: 'client:1', clientSecret: 'sec ret' }],
      },
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

describe('by token', () => {
  const withToken = async (authenticator: string, value: string, role?: string, loginName?: string): Promise<string | null> => {
    const address = `/session/v1/login-request${role === undefined ? '' : `?roleName=${role}`}`;
    const data = { AUTHENTICATOR: authenticator, TOKEN: value, ...(loginName === undefined ? {} : { LOGIN_NAME: loginName }) };
    return (await post(account.simulator, address, { data })).code;
  };
  const issue = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${account.simulator.url}/oauth/token-request`, { method: 'POST', body: new URLSearchParams(form), headers });
    return { status: response.status, body: (await response.json()) as { error?: string; access_token?: string; expires_in?: number } };
  };
  const client = { client_id: 'client:1', client_secret: 'sec ret' };
  const grant = { grant_type: 'client_credentials', scope: 'session:role:USERADMIN' };

  test('the driver opens a session with each kind, without a user name', async () => {
    for (const [authenticator, value] of [
      ['OAUTH', 'oauth-token'],
      ['PROGRAMMATIC_ACCESS_TOKEN', 'programmatic-token'],
    ] as const) {
      const connection = await connect(account.simulator, { authenticator, token: value, username: '' });

      expect(await execute(connection, 'SELECT CURRENT_USER() AS U')).toEqual([{ U: 'HOLDER' }]);
      await disconnect(connection);
    }
  });

  test.each([
    ['an unknown OAuth token', 'OAUTH', 'nonsense', undefined, '390303'],
    ['an expired one', 'OAUTH', 'old-token', undefined, '390318'],
    ['one of another kind', 'OAUTH', 'programmatic-token', undefined, '390303'],
    ['one beside the name of another user', 'OAUTH', 'oauth-token', 'ADMIN', '390309'],
    ['an unknown programmatic access token', 'PROGRAMMATIC_ACCESS_TOKEN', 'nonsense', undefined, '394400'],
    ['an expired one of those', 'PROGRAMMATIC_ACCESS_TOKEN', 'old-programmatic', undefined, '394400'],
    ['one of those beside the name of another user', 'PROGRAMMATIC_ACCESS_TOKEN', 'programmatic-token', 'ADMIN', '394400'],
  ])('%s is refused', async (_, authenticator, value, loginName, code) => {
    expect(await withToken(authenticator, value, undefined, loginName)).toBe(code);
  });

  test('a client gets a token for the role of its scope alone, by either form of authentication, and it expires', async () => {
    const basic = `Basic ${Buffer.from('client%3A1:sec+ret').toString('base64')}`;

    const inBody = await issue({ ...grant, ...client });
    const inHeader = await issue(grant, { authorization: basic });

    expect([inBody.status, inHeader.status]).toEqual([200, 200]);
    expect(await withToken('OAUTH', inBody.body.access_token ?? '', 'USERADMIN')).toBeNull();
    expect(await withToken('OAUTH', inHeader.body.access_token ?? '', 'SYSADMIN')).toBe('390317');
    account.simulator.setClockOffset(1_000 * (inBody.body.expires_in ?? 0));
    const late = await withToken('OAUTH', inBody.body.access_token ?? '', 'USERADMIN');
    account.simulator.setClockOffset(0);
    expect(late).toBe('390318');
  });

  test.each([
    ['a wrong secret', { ...grant, ...client, client_secret: 'x' }, 401, 'invalid_client'],
    ['an unknown client', { ...grant, ...client, client_id: 'x' }, 401, 'invalid_client'],
    ['another grant', { ...grant, ...client, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a scope of something else', { ...grant, ...client, scope: 'openid' }, 400, 'invalid_scope'],
  ])('%s gets no token', async (_, form, status, error) => {
    expect(await issue(form)).toMatchObject({ status, body: { error } });
  });

  test('two forms of authentication at once get no token', async () => {
    const both = await issue({ ...grant, ...client }, { authorization: `Basic ${Buffer.from('client%3A1:sec+ret').toString('base64')}` });

    expect(both).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
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
