// As many activities as the product has in a registration, and in a deregistration, with the calls written out: fetch for Immuta, the bare driver for Snowflake.
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'snowflake-sdk';
import { splitScript } from '../../sql/split.js';
import { openDatabricksSession, type DatabricksLogin } from './databricks.js';

/** Everything the calls need; paths instead of secrets, as the product has references. */
export interface Work {
  readonly immutaUrl: string;
  readonly apiKeyFile: string;
  readonly connectionKey: string;
  readonly scriptBody: object;
  readonly connectionBody: object;
  readonly pollIntervalMs: number;
  readonly snowflake: {
    readonly accessUrl: string;
    readonly username: string;
    readonly role: string;
    readonly warehouse: string;
    readonly privateKeyFile: string;
  };
  /** What a session asks before it does anything. */
  readonly greeting: readonly string[];
  /** The reading statements of the product's preflight, as the platform's ledger has them. */
  readonly lookStatements: readonly string[];
}

export type ImmutaActivities = typeof immutaActivities;
export type PlatformActivities = typeof platformActivities;

export const immutaActivities = {
  async fetchStatements(work: Work): Promise<string[]> {
    await Promise.all([call(work, 'GET', `/data/connection/${work.connectionKey}`), call(work, 'GET', '/integrations')]);
    const [bootstrap] = await Promise.all([
      call(work, 'POST', '/integrations/scripts/create', work.scriptBody),
      call(work, 'POST', '/integrations/scripts/cleanup', work.scriptBody),
    ]);
    return splitScript(bootstrap, 'Snowflake').map(({ text }) => text);
  },

  async connect(work: Work): Promise<number> {
    await call(work, 'POST', '/data/connection/test', work.connectionBody);
    await call(work, 'POST', '/data/connection', work.connectionBody);
    for (;;) {
      const { nativeIntegrationId } = JSON.parse(await call(work, 'GET', `/data/connection/${work.connectionKey}`)) as {
        nativeIntegrationId: number;
      };
      const { status } = JSON.parse(await call(work, 'GET', `/integrations/${nativeIntegrationId}`)) as { status: string };
      if (status === 'enabled') return nativeIntegrationId;
      await sleep(work.pollIntervalMs);
    }
  },

  async findRemoval(work: Work): Promise<Removal> {
    const { nativeIntegrationId } = JSON.parse(await call(work, 'GET', `/data/connection/${work.connectionKey}`)) as { nativeIntegrationId: number };
    await call(work, 'GET', `/integrations/${nativeIntegrationId}`);
    const [, script] = await Promise.all([
      call(work, 'POST', `/data/object/search/${work.connectionKey}`, {}),
      call(work, 'POST', `/integrations/${nativeIntegrationId}/scripts/delete`),
    ]);
    return { integrationId: nativeIntegrationId, statements: splitScript(script, 'Snowflake').map(({ text }) => text) };
  },

  async disconnect(work: Work, integrationId: number): Promise<void> {
    await call(work, 'GET', `/data/connection/${work.connectionKey}`);
    await call(work, 'POST', `/data/object/search/${work.connectionKey}`, {});
    await call(work, 'DELETE', `/data/object/${work.connectionKey}`);
    await call(work, 'GET', `/data/connection/${work.connectionKey}`);
    while ((await ask(work, 'GET', `/integrations/${integrationId}`)).status !== 404) await sleep(work.pollIntervalMs);
  },
};

/** What the first step of a deregistration finds. */
export interface Removal {
  readonly integrationId: number;
  readonly statements: readonly string[];
}

export const platformActivities = {
  async look(work: Work): Promise<void> {
    await inSession(work, work.lookStatements);
  },

  async runStatements(work: Work, statements: readonly string[]): Promise<void> {
    await inSession(work, statements);
  },

  async runOnDatabricks(login: DatabricksLogin, statements: readonly string[]): Promise<void> {
    const session = await openDatabricksSession(login);
    for (const text of statements) await session.execute(text);
    await session.close();
  },
};

async function call(work: Work, method: string, path: string, body?: object): Promise<string> {
  return (await ask(work, method, path, body)).text;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask({ immutaUrl, apiKeyFile }: Work, method: string, path: string, body?: object): Promise<Answer> {
  const authorization = (await readFile(apiKeyFile, 'utf8')).trim();
  const response = await fetch(`${immutaUrl}${path}`, {
    method,
    headers: { accept: 'application/json', authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 404) throw new Error(`${method} ${path} was answered with ${response.status}.`);
  return { status: response.status, text };
}

async function inSession({ snowflake, greeting }: Work, statements: readonly string[]): Promise<void> {
  const connection = await logIn(snowflake);
  for (const text of [...greeting, ...statements]) await execute(connection, text);
  await new Promise<void>((resolve) => connection.destroy(() => resolve()));
}

/** One session of the bare driver, which is loaded at the first use. */
export async function logIn({ accessUrl, username, role, warehouse, privateKeyFile }: Work['snowflake']): Promise<Connection> {
  const { default: driver } = await import('snowflake-sdk');
  driver.configure({ logLevel: 'OFF', useEnvProxy: false });
  const privateKey = createPrivateKey(await readFile(privateKeyFile))
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
  const connection = driver.createConnection({
    accessUrl,
    account: 'loopback',
    username,
    role,
    warehouse,
    authenticator: 'SNOWFLAKE_JWT',
    privateKey,
  });
  return new Promise((resolve, reject) => {
    connection.connect((error, connected) => (error ? reject(new Error(error.message)) : resolve(connected)));
  });
}

/** Runs one statement and reads its rows. */
export async function execute(connection: Connection, sqlText: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    connection.execute({ sqlText, complete: (error) => (error ? reject(new Error(error.message)) : resolve()) });
  });
}
