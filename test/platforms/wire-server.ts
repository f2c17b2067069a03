// The least that snowflake-sdk needs on the wire, answering what a test tells it to. It keeps every request, so that a test judges what was sent.
import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { keepAliveMs } from '../../simulators/loopback-server.js';

type Json = Record<string, unknown>;

export interface Seen {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly url: URL;
  readonly body: Json;
  /** The statement, for a query request. */
  readonly sql: string;
}

export type Reply =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly code: string; readonly sqlState?: string; readonly message: string }
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'drop'
  | 'hang';

export type Responder = (seen: Seen) => Reply | undefined;

export interface WireServer {
  readonly port: number;
  readonly requests: readonly Seen[];
  /** Statements that arrived and are no own statement of the runner. */
  readonly scriptStatements: () => readonly Seen[];
  /** Asked before every answer; `undefined` falls back to the built-in one. */
  respond: Responder;
  /** How many connections are open. */
  readonly connections: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface WireUser {
  readonly name: string;
  readonly password?: string;
  readonly publicKeyPem?: string;
}

export const done: Reply = { columns: ['status'], rows: [['Statement executed successfully.']] };
export const queryId = '01b2c3d4-0000-4000-8000-00000000abcd';

export async function startWireServer(users: readonly WireUser[]): Promise<WireServer> {
  const requests: Seen[] = [];
  const wire = {
    port: 0,
    requests,
    scriptStatements: () => requests.filter(({ path, sql }) => path === '/queries/v1/query-request' && !/^(SHOW|SELECT)\b/.test(sql)),
    respond: (() => undefined) as Responder,
    connections: async () => await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    void receive(request).then((seen) => {
      requests.push(seen);
      answer(response, wire.respond(seen) ?? builtIn(seen, users));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  wire.port = (server.address() as AddressInfo).port;
  return wire;
}

async function receive(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
  const url = new URL(request.url ?? '/', 'http://wire');
  const body = text === '' ? {} : (JSON.parse(text) as Json);
  return {
    at: Date.now(),
    method: request.method ?? '',
    path: url.pathname,
    url,
    body,
    sql: typeof body['sqlText'] === 'string' ? body['sqlText'] : '',
  };
}

function builtIn(seen: Seen, users: readonly WireUser[]): Reply | Json {
  switch (seen.path) {
    case '/session/v1/login-request':
      return logIn(seen, users);
    case '/queries/v1/query-request':
      return ownStatement(seen) ?? done;
    default:
      return { success: true, code: null, message: null, data: null };
  }
}

function ownStatement({ sql }: Seen): Reply | undefined {
  if (sql.startsWith('SELECT CURRENT_USER()'))
    return { columns: ['CURRENT_USER()', 'CURRENT_ROLE()', 'CURRENT_TIMESTAMP()'], rows: [['ADMIN', 'ACCOUNTADMIN', seconds(Date.now())]] };
  if (sql.startsWith('SHOW PARAMETERS')) return { columns: ['key', 'value'], rows: [['QUOTED_IDENTIFIERS_IGNORE_CASE', 'false']] };
  if (sql.startsWith("SHOW WAREHOUSES LIKE 'WH'")) return { columns: ['name', 'state'], rows: [['WH', 'SUSPENDED']] };
  if (/^(SHOW|SELECT)\b/.test(sql)) return { columns: ['name'], rows: [] };
  return undefined;
}

/** Snowflake's wire form of a timestamp. */
export function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)}.${String(ms % 1_000).padStart(3, '0')}000000`;
}

function logIn({ body }: Seen, users: readonly WireUser[]): Json {
  const data = body['data'] as Record<string, string>;
  const user = users.find(({ name }) => name === data['LOGIN_NAME']?.toUpperCase());
  if (data['AUTHENTICATOR'] === 'SNOWFLAKE_JWT') {
    if (user?.publicKeyPem === undefined || !isSigned(data['TOKEN'] ?? '', user.publicKeyPem)) return refusal('390144', 'JWT token is invalid.');
  } else if (user?.password === undefined || user.password !== data['PASSWORD'])
    return refusal('390100', `Incorrect username or password was specified. ${data['PASSWORD']}`);
  const session = { token: randomUUID(), masterToken: randomUUID(), sessionId: 7, validityInSeconds: 3600, masterValidityInSeconds: 14400 };
  const parameters = [{ name: 'CLIENT_SESSION_KEEP_ALIVE', value: false }];
  return { success: true, code: null, message: null, data: { ...session, parameters, sessionInfo: { roleName: 'ACCOUNTADMIN' } } };
}

function isSigned(token: string, publicKeyPem: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const key = createPublicKey(publicKeyPem);
  const fingerprint = `SHA256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64')}`;
  const issuer = (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string }).iss;
  return issuer.endsWith(fingerprint) && verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
}

function refusal(code: string, message: string): Json {
  return { success: false, code, message, data: { nextAction: 'RETRY_LOGIN' } };
}

function answer(response: ServerResponse, reply: Reply | Json): void {
  if (reply === 'hang') return;
  if (reply === 'drop') {
    response.socket?.destroy();
    return;
  }
  if (typeof reply === 'string') return;
  if ('status' in reply && typeof reply.status === 'number') {
    response.writeHead(reply.status, { ...(reply.headers as Record<string, string> | undefined) });
    response.end(typeof reply['body'] === 'string' ? reply['body'] : '');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify('rows' in reply ? table(reply as Extract<Reply, { rows: unknown }>) : 'success' in reply ? reply : sqlFailure(reply as Json)),
  );
}

function table({ columns, rows }: Extract<Reply, { rows: unknown }>): Json {
  const rowtype = columns.map((name) => ({
    name,
    type: name === 'VARIANT' ? 'variant' : /TIMESTAMP|_TIME$|created_on/.test(name) ? 'timestamp_ltz' : 'text',
    nullable: true,
    scale: 9,
    precision: null,
    length: 16_777_216,
  }));
  const data = {
    rowtype,
    rowset: rows,
    returned: rows.length,
    total: rows.length,
    queryId,
    parameters: [],
    queryResultFormat: 'json',
    sqlState: '00000',
  };
  return { success: true, code: null, message: null, data: { ...data, version: 1, statementTypeId: 0x6000, queryContext: { entries: [] } } };
}

function sqlFailure(reply: Json): Json {
  const { code, sqlState, message } = reply;
  return { success: false, code, message, data: { errorCode: code, sqlState: sqlState ?? '42000', queryId, line: 1, pos: 0, type: 'COMPILATION' } };
}
