// Immuta's scripts on the simulated Snowflake account, as an operator with a worksheet would run them: nothing of the product takes part.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registration, scriptRequest, withPassword } from './immuta/tenant.js';
import { statementsOf } from './immuta/statements.js';

interface Said {
  readonly immuta: { readonly url: string; readonly apiKey: string };
  readonly snowflake: {
    readonly host: string;
    readonly port: number;
    readonly privilegedUser: { readonly username: string; readonly password: string };
  };
  readonly control: { readonly url: string };
}

describe('Immuta and Snowflake, simulated together', () => {
  let child: ChildProcessWithoutNullStreams;
  let said: Said;
  let session: string;

  beforeAll(async () => {
    child = spawn(process.execPath, [fileURLToPath(new URL('../../simulators/main.js', import.meta.url)), '--json', '--guarded']);
    for await (const line of createInterface(child.stdout)) {
      said = JSON.parse(line) as Said;
      break;
    }
  });
  afterAll(() => {
    child.kill('SIGKILL');
  });
  beforeEach(async () => {
    await restart();
  });

  const restart = async (): Promise<void> => {
    await fetch(`${said.control.url}/reset`, { method: 'POST' });
    session = await login();
  };
  const toSnowflake = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const { host, port } = said.snowflake;
    const response = await fetch(`http://${host}:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return (await response.json()) as {
      success: boolean;
      message: string | null;
      data: { token: string; rowtype: { name: string }[]; rowset: (string | null)[][] };
    };
  };
  const login = async (): Promise<string> => {
    const { username, password } = said.snowflake.privilegedUser;
    const data = { ACCOUNT_NAME: 'simulated', LOGIN_NAME: username, PASSWORD: password, CLIENT_APP_ID: 'test', CLIENT_APP_VERSION: '1.0.0' };
    const answer = await toSnowflake(`/session/v1/login-request?requestId=${randomUUID()}&roleName=ACCOUNTADMIN&warehouse=IMMUTA_WH`, { data });
    return answer.data.token;
  };
  const run = async (sqlText: string) => {
    const path = `/queries/v1/query-request?requestId=${randomUUID()}`;
    const answer = await toSnowflake(path, { sqlText }, { authorization: `Snowflake Token="${session}"` });
    if (!answer.success) throw new Error(`${sqlText}\n${answer.message}`);
    return answer.data;
  };
  const runAll = async (statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await run(statement);
  };
  const names = async (plural: string): Promise<string[]> => {
    await run('USE ROLE ACCOUNTADMIN');
    const { rowtype, rowset } = await run(`SHOW ${plural}`);
    const column = rowtype.findIndex(({ name }) => name === 'name');
    return rowset.map((row) => row[column] ?? '').sort();
  };
  const everything = async () => ({ databases: await names('DATABASES'), roles: await names('ROLES'), users: await names('USERS') });
  const toImmuta = (path: string, body: unknown): Promise<Response> =>
    fetch(`${said.immuta.url}${path}`, {
      method: 'POST',
      headers: { authorization: said.immuta.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const script = async (kind: 'create' | 'cleanup', changes: Readonly<Record<string, unknown>>): Promise<string[]> =>
    statementsOf(await (await toImmuta(`/integrations/scripts/${kind}`, scriptRequest(changes))).text());

  const passwordAccount = { ...withPassword, username: 'IMMUTA_PASSWORD_ACCOUNT', impersonation: { enabled: true } };

  it.each([
    ['a key pair', {}, { databases: ['IMMUTA'], roles: ['IMMUTA_SYSTEM'], users: [] }],
    [
      'a password and impersonation',
      passwordAccount,
      { databases: ['IMMUTA'], roles: ['IMMUTA_IMPERSONATION', 'IMMUTA_SYSTEM'], users: ['IMMUTA_PASSWORD_ACCOUNT'] },
    ],
  ])('runs the bootstrap script with %s, and the cleanup script leaves nothing of it', async (_what, changes, made) => {
    const before = await everything();

    await runAll(await script('create', changes));
    const between = await everything();
    await runAll(await script('cleanup', changes));

    for (const kind of ['databases', 'roles', 'users'] as const) {
      expect(between[kind].filter((name) => !before[kind].includes(name))).toEqual(made[kind]);
    }
    expect(await everything()).toEqual(before);
  });

  it('cleans up after a bootstrap script that stopped anywhere', async () => {
    const bootstrap = await script('create', passwordAccount);
    const cleanup = await script('cleanup', passwordAccount);
    const before = await everything();

    for (let ran = 0; ran <= bootstrap.length; ran++) {
      await restart();
      await runAll(bootstrap.slice(0, ran));
      await runAll(cleanup);
      expect({ ran, ...(await everything()) }).toEqual({ ran, ...before });
    }
  });

  it('cannot run the bootstrap script twice', async () => {
    const bootstrap = await script('create', {});
    await runAll(bootstrap);

    await expect(runAll(bootstrap)).rejects.toThrow('CREATE DATABASE "IMMUTA"');
  });

  it('registers only after the bootstrap script ran', async () => {
    const early = await toImmuta('/data/connection', registration());
    await runAll(await script('create', {}));
    const late = await toImmuta('/data/connection', registration());

    expect([early.status, late.status]).toEqual([422, 201]);
  });

  it('keeps one ledger for both, in order', async () => {
    await runAll(await script('create', {}));
    await toImmuta('/data/connection', registration());

    const entries = (await (await fetch(`${said.control.url}/ledger`)).json()) as { at: number; simulator: string; route?: string }[];

    expect(entries.map(({ at }) => at)).toEqual(entries.map((_, index) => index + 1));
    expect(new Set(entries.map(({ simulator }) => simulator))).toEqual(new Set(['immuta', 'snowflake']));
    const registered = entries.findIndex(({ route }) => route === '/data/connection');
    expect(entries.slice(registered).some(({ simulator }) => simulator === 'snowflake')).toBe(false);
    expect(entries[registered]).toMatchObject({ simulator: 'immuta' });
  });
});
