import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ImmutaClient } from '../../immuta/immuta-client.js';
import type { ImmutaClientOptions } from '../../immuta/immuta-client.js';
import { ImmutaError } from '../../immuta/immuta-error.js';
import { Secret } from '../../domain/secret.js';
import type { SecretReference } from '../../domain/secret-reference.js';
import { SnowflakeTarget } from '../../domain/snowflake-target.js';

export interface Received {
  readonly method: string;
  /** As it stood on the request line. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface TenantServer {
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

export type Handler = (request: Received, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

/** A server on a free loopback port that remembers every request and answers as the test says. */
export async function tenantServer(handler: Handler): Promise<TenantServer> {
  const received: Received[] = [];
  const answer = async (raw: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of raw) body += String(chunk);
    const { authorization, 'content-type': contentType } = raw.headers;
    const request = { method: raw.method ?? '', path: raw.url ?? '', authorization, contentType, body };
    received.push(request);
    await handler(request, response, raw);
  };
  const server = createServer((raw, response) => {
    answer(raw, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const pem = `-----BEGIN PRIVATE KEY-----\nMIIcanaryLineOneOfThePrivateKey0123456789ab\nMIIcanaryLineTwoOfThePrivateKey0123456789cd\n-----END PRIVATE KEY-----`;

/** What the references of these tests resolve to. */
export const secrets: Readonly<Record<string, string>> = {
  'env:IMMUTA_API_KEY': 'canary-api-key-9f8e7d',
  'env:IMMUTA_PASSWORD': 'canary p@ss"word\\/ü',
  'env:IMMUTA_KEY': pem,
  'env:IMMUTA_ENCRYPTED_KEY': pem.replaceAll('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'),
  'env:IMMUTA_PASSPHRASE': 'canary-passphrase-5c4b',
};

export async function resolveSecret(reference: SecretReference): Promise<Secret> {
  return new Secret(secrets[reference] ?? '');
}

/** A client of the server, by default with the raw API key. */
export function clientOf(
  url: string,
  options: Partial<ImmutaClientOptions> = {},
  authentication: 'apiKey' | 'exchange' | 'bearer' = 'apiKey',
): ImmutaClient {
  const target = { url, authentication, secret: 'env:IMMUTA_API_KEY' };
  return new ImmutaClient({ target, resolve: resolveSecret, allowedHosts: 'loopback-only', allowLoopback: true, ...options });
}

const common = {
  technology: 'Snowflake',
  host: 'acme.eu-west-1.snowflakecomputing.com',
  warehouse: 'IMMUTA_WH',
  database: 'IMMUTA',
  privilegedUser: { authenticationType: 'userPassword', username: 'ADMIN', password: 'env:SNOWFLAKE_ADMIN', role: 'ACCOUNTADMIN' },
};

export const passwordTarget = SnowflakeTarget.parse({
  ...common,
  systemAccount: { authenticationType: 'userPassword', username: 'IMMUTA_SYSTEM', password: 'env:IMMUTA_PASSWORD', role: 'IMMUTA_ROLE' },
});

export const keyPairTarget = SnowflakeTarget.parse({
  ...common,
  systemAccount: { authenticationType: 'keyPair', username: 'IMMUTA_SYSTEM', privateKey: 'env:IMMUTA_KEY', role: 'IMMUTA_ROLE' },
});

export const encryptedKeyPairTarget = SnowflakeTarget.parse({
  ...common,
  port: 8443,
  systemAccount: {
    authenticationType: 'keyPair',
    username: 'IMMUTA_SYSTEM',
    privateKey: 'env:IMMUTA_ENCRYPTED_KEY',
    privateKeyPassword: 'env:IMMUTA_PASSPHRASE',
    role: 'IMMUTA_ROLE',
  },
  audit: { enabled: false },
  impersonation: { enabled: true, role: 'IMMUTA_IMPERSONATION' },
  settings: { isActive: true, activateNewChildren: false },
  options: { forceRecursiveCrawl: false },
  userRolePattern: { exclude: ['LOADER'] },
});

/** The `ImmutaError` a call ends with; fails if it succeeds or throws something else. */
export async function failureOf(work: Promise<unknown>): Promise<ImmutaError> {
  const error: unknown = await work.then(
    (value) => new Error(`succeeded with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof ImmutaError) return error;
  throw error;
}
