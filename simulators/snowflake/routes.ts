// The vendor's addresses. [src] paths and query strings of snowflake-sdk 3.3.0, snowflake-connector-python and gosnowflake.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault, Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import type { Account } from './account.js';
import { compile } from './compile.js';
import { injectedRefusal } from './errors.js';
import { UnreadableBody, readBody, readForm, sendJson } from './http.js';
import type { LoginRequest } from './login.js';
import { login, loginRefusal } from './login.js';
import { answerWithFault, meetFault } from './meet-fault.js';
import type { Query } from './query.js';
import { asRecord, asText, readQueryRequest, tagOf } from './query-request.js';
import type { Disturbance, QueryRunner } from './query-runner.js';
import type { OpenSession, SessionStore } from './session-store.js';
import { isOpen, masterValiditySeconds, tokenValiditySeconds } from './session-store.js';
import { answerTokenRequest } from './token-endpoint.js';
import type { TokenStore } from './tokens.js';
import type { Answer } from './wire.js';
import { failure, inProgressAnswer, success } from './wire.js';

/** One life of the simulated account, from one reset to the next. */
export interface Life {
  readonly account: Account;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly runner: QueryRunner;
  readonly faults: Faults;
  readonly ledger: Ledger;
}

/** After so long a synchronous request is told to ask again. The vendor waits about 45 s [known]; nobody wants to in a test. */
const answerWithinMs = 1000;

export async function route(life: Life, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(`http://simulator${request.url ?? '/'}`);
  // [seen] Python 5.x asks /monitoring/queries//<id>
  const path = url.pathname.replace(/\/{2,}/g, '/');
  const entry = life.ledger.record({ simulator: 'snowflake', kind: 'request', method: request.method ?? '', path });
  if (path === tokenPath) {
    await routeTokenRequest(life, request, response);
    return;
  }
  let body: Readonly<Record<string, unknown>>;
  try {
    body = await readBody(request);
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    sendJson(response, failure('390000', `Bad request: ${error.message}.`), 400);
    return;
  }

  if (path === '/session/v1/login-request') {
    const asked = readLogin(url, body);
    Object.assign(entry, { authenticator: (asked.authenticator ?? 'SNOWFLAKE').toUpperCase() });
    const fault = meetFault(life.faults, life.ledger, ['snowflake:login']);
    await answerWithFault(
      response,
      fault,
      () => login(life.account, life.sessions, life.tokens, asked),
      (code = '390100') => loginRefusal(code, 'Injected refusal.'),
    );
  } else if (path === '/session/token-request') {
    sendJson(response, renew(life.sessions.renew(request.headers.authorization)));
  } else if (path === '/telemetry/send') {
    sendJson(response, success({ message: 'Log Received' }));
  } else {
    const found = life.sessions.authenticate(request.headers.authorization);
    if (isOpen(found)) await routeInSession(life, found, { url, path, body, method: request.method ?? '' }, response);
    else sendJson(response, found);
  }
}

/** [doc] where an account's own OAuth server answers. A real identity provider has its own host. */
const tokenPath = '/oauth/token-request';

async function routeTokenRequest(life: Life, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = await readForm(request);
  const fault = meetFault(life.faults, life.ledger, ['snowflake:token']);
  if (fault !== undefined) {
    await answerWithFault(response, fault, () => failure('000603', 'No token.'));
    return;
  }
  const { status, body } = answerTokenRequest(life.tokens, form, request.headers.authorization, life.account.clock.now());
  sendJson(response, body, status);
}

interface Incoming {
  readonly url: URL;
  readonly path: string;
  readonly method: string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function routeInSession(life: Life, opened: OpenSession, incoming: Incoming, response: ServerResponse): Promise<void> {
  const { url, path, method, body } = incoming;
  const [, first, second, third] = path.split('/');
  if (path === '/queries/v1/query-request') {
    await executeText(life, opened, incoming, response);
  } else if (first === 'queries' && third === 'abort-request') {
    const fault = meetFault(life.faults, life.ledger, ['snowflake:abort']);
    await answerWithFault(response, fault, () => abort(life, opened, second ?? '', body));
  } else if (first === 'queries' && third === 'result') {
    sendJson(response, await resultOf(life, opened, second ?? ''));
  } else if (first === 'monitoring' && second === 'queries') {
    sendJson(response, monitor(life, opened, third ?? ''));
  } else if (path === '/session/heartbeat') {
    sendJson(response, success(null));
  } else if (path === '/session' && (url.searchParams.get('delete') === 'true' || method === 'DELETE')) {
    life.runner.endSession(opened.session);
    life.sessions.close(opened);
    sendJson(response, success(null));
  } else {
    sendJson(response, failure('390000', 'This address is not simulated.'), 404);
  }
}

async function executeText(life: Life, opened: OpenSession, { url, body }: Incoming, response: ServerResponse): Promise<void> {
  const { session } = opened;
  const request = readQueryRequest(body, url.searchParams.get('requestId') ?? url.searchParams.get('request_id') ?? undefined);
  const compiled = compile(request, session);
  const places = compiled.history ? ['snowflake:history'] : compiled.read ? ['snowflake:query'] : ['snowflake:write', 'snowflake:query'];
  const fault = meetFault(life.faults, life.ledger, places, `${tagOf(request, session)}\n${request.text}`);
  const disturbance = disturbanceOf(fault);
  const work = async (): Promise<Answer> => {
    const query = life.runner.findByRequest(session.id, request.requestId) ?? life.runner.start(compiled, session, disturbance);
    if (request.asynchronous) return inProgressAnswer(query.id, query.asynchronous);
    // Whoever drops or spoils the answer waits for the effect; nobody hears the rest
    return fault?.kind === 'drop-after' || fault?.kind === 'silence-after' || fault?.kind === 'garbage' ? query.settled : answerInTime(query);
  };
  await answerWithFault(response, disturbance === undefined ? fault : undefined, work);
}

/** Faults of the statement rather than of its answer. */
function disturbanceOf(fault: Fault | undefined): Disturbance | undefined {
  if (fault?.kind === 'refuse') return { refusal: injectedRefusal(fault.code) };
  if (fault?.kind === 'delay') return { delayMs: fault.delayMs ?? 0 };
  if (fault?.kind === 'pretend') return { pretend: true };
  return fault?.kind === 'hang' ? { hang: true } : undefined;
}

async function answerInTime(query: Query): Promise<Answer> {
  if (query.answer !== undefined) return query.answer;
  if (query.hangs) return query.settled;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve(inProgressAnswer(query.id, query.asynchronous)), answerWithinMs);
  });
  try {
    return await Promise.race([query.settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function resultOf(life: Life, opened: OpenSession, queryId: string): Promise<Answer> {
  const query = ownQuery(life, opened, queryId);
  // [known] 000709 (02000)
  if (query === undefined) return failure('000709', `Statement ${queryId} not found`, { errorCode: '000709', sqlState: '02000', queryId });
  return answerInTime(query);
}

function monitor(life: Life, opened: OpenSession, queryId: string): Answer {
  const query = ownQuery(life, opened, queryId);
  if (query === undefined) return success({ queries: [] });
  const { entry } = query;
  return success({
    queries: [
      {
        id: query.id,
        status: entry.status,
        state: entry.status,
        sessionId: entry.sessionId,
        startTime: entry.startTime,
        endTime: entry.endTime ?? 0,
        errorCode: entry.errorCode ?? null,
        errorMessage: entry.errorMessage ?? null,
      },
    ],
  });
}

/** By query id in the address, or by the request id of the statement in the body. [src] */
function abort(life: Life, opened: OpenSession, address: string, body: Readonly<Record<string, unknown>>): Answer {
  const byRequest = typeof body['requestId'] === 'string' ? body['requestId'] : undefined;
  const query = address === 'v1' ? life.runner.findByRequest(opened.session.id, byRequest) : ownQuery(life, opened, address);
  query?.interrupt();
  return success(null);
}

/** Another session of the same user may ask after a query too. */
function ownQuery(life: Life, opened: OpenSession, queryId: string): Query | undefined {
  const query = life.runner.find(queryId);
  return query?.session.user === opened.session.user ? query : undefined;
}

function renew(found: OpenSession | Answer): Answer {
  if (!isOpen(found)) return found;
  return success({
    sessionToken: found.token,
    validityInSecondsST: tokenValiditySeconds,
    masterToken: found.masterToken,
    validityInSecondsMT: masterValiditySeconds,
    sessionId: found.session.id,
  });
}

function readLogin(url: URL, body: Readonly<Record<string, unknown>>): LoginRequest {
  const data = asRecord(body['data']);
  const text = (key: string, value: unknown): Record<string, string> => (typeof value === 'string' && value !== '' ? { [key]: value } : {});
  const parameters = Object.entries(asRecord(data['SESSION_PARAMETERS'])).map(([key, value]): [string, string] => [
    key.toUpperCase(),
    asText(value) ?? '',
  ]);
  return {
    ...text('loginName', data['LOGIN_NAME']),
    ...text('password', data['PASSWORD']),
    ...text('authenticator', data['AUTHENTICATOR']),
    ...text('token', data['TOKEN']),
    ...text('role', url.searchParams.get('roleName')),
    ...text('warehouse', url.searchParams.get('warehouse')),
    ...text('database', url.searchParams.get('databaseName')),
    ...text('schema', url.searchParams.get('schemaName')),
    parameters: new Map(parameters),
  };
}
