// The vendor's addresses: the Thrift service of one warehouse, the authorization server, and the few REST calls that go with them.
//
// A fault takes the place of the answer before anything is done, with exceptions: `drop-after`, `silence-after` and `garbage` do everything and spoil the answer,
// and `delay` makes a statement slow, or any other call late.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import { injectedRefusal } from './errors.js';
import { json, readBody, restError, send, thriftError } from './http.js';
import type { Answer } from './http.js';
import { discovery, issueToken, refuseToken } from './oauth.js';
import { parse } from './parse.js';
import { principalId } from './principals.js';
import type { Principal } from './principals.js';
import { listQueries } from './query-history.js';
import { answerMessage, callOf, statementOf } from './thrift-message.js';
import { thriftService } from './thrift-service.js';
import type { Workspace } from './thrift-service.js';
import { tokenize } from './tokenizer.js';

export interface Site {
  readonly workspace: Workspace;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Where it listens, with scheme and port. */
  readonly base: string;
  readonly warehouseId: string;
  readonly closing: AbortSignal;
}

/** Rejects when the caller or the simulator goes away in the middle. */
export async function route(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(`https://simulator${request.url ?? '/'}`);
  const body = await readBody(request);
  const isThrift = url.pathname.startsWith('/sql/') && request.method === 'POST';
  const call = isThrift ? callOf(body) : undefined;
  site.ledger.record({
    simulator: 'databricks',
    kind: 'request',
    method: request.method ?? '',
    path: url.pathname,
    ...(call === undefined ? {} : { call }),
  });
  if (isThrift) {
    await answer(site, response, await placesOf(call, body), call === 'ExecuteStatement', body.toString('latin1'), (fault) =>
      thriftAnswer(site, url, request, body, call, fault),
    );
    return;
  }
  const endpoint = `${request.method} ${url.pathname}`;
  const text = body.toString();
  if (endpoint === 'POST /oidc/v1/token') {
    await answer(site, response, ['databricks:token'], false, text, (fault) =>
      fault?.kind === 'refuse'
        ? refuseToken(401, fault.code ?? 'invalid_client', 'Injected refusal.')
        : issueToken(request, text, site.base, site.workspace.principals),
    );
  } else if (endpoint === 'GET /api/2.0/sql/history/queries') {
    await answer(site, response, ['databricks:history'], false, text, (fault) =>
      fault?.kind === 'refuse' ? restError(403, fault.code ?? 'PERMISSION_DENIED', 'Injected refusal.') : restAnswer(site, request, url, text),
    );
  } else {
    send(response, restAnswer(site, request, url, text));
  }
}

/** Where a Thrift call can meet a fault: a statement that changes something also at `write`. */
async function placesOf(call: string | undefined, body: Buffer): Promise<readonly string[]> {
  if (call === undefined) return [];
  const text = call === 'ExecuteStatement' ? await statementOf(body) : undefined;
  return text === undefined || isRead(text) ? [`databricks:${call}`] : ['databricks:write', `databricks:${call}`];
}

function isRead(text: string): boolean {
  try {
    return parse(text, tokenize(text)).read;
  } catch {
    return false; // what is refused as no statement was meant to be one
  }
}

/** Counts a call at its places and answers it the way the fault says. `statement`: a delay befalls the statement, not the answer. */
async function answer(
  { faults, ledger, closing }: Site,
  response: ServerResponse,
  places: readonly string[],
  statement: boolean,
  content: string,
  work: (fault?: Fault) => Answer | Promise<Answer>,
): Promise<void> {
  const met = places.map((place) => faults.meet(place, content)).filter((each) => each !== undefined);
  const fault = met.find(({ matching }) => matching !== undefined) ?? met[0];
  if (fault === undefined) {
    send(response, await work());
    return;
  }
  ledger.record({
    simulator: 'databricks',
    kind: 'fault',
    where: fault.where,
    fault: fault.kind,
    ...(fault.matching === undefined ? {} : { matching: fault.matching }),
  });
  switch (fault.kind) {
    case 'refuse':
      send(response, await work(fault), fault.bodyBytes);
      return;
    case 'drop-before':
      response.destroy();
      return;
    case 'drop-after':
      await work();
      response.destroy();
      return;
    case 'silence-after':
      await work();
      return;
    case 'late':
      await sleep(fault.delayMs ?? 0, undefined, { signal: closing });
      send(response, await work(), fault.bodyBytes);
      return;
    case 'delay':
      if (!statement) await sleep(fault.delayMs ?? 0, undefined, { signal: closing });
      send(response, await work(statement ? fault : undefined), fault.bodyBytes);
      return;
    case 'status':
      send(
        response,
        { ...restError(fault.status ?? 503, 'TEMPORARILY_UNAVAILABLE', 'injected'), ...spoilt(fault), status: fault.status ?? 503 },
        fault.bodyBytes,
      );
      return;
    case 'garbage':
      await work();
      send(
        response,
        { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from(fault.body ?? '<html><body>Bad gateway</body></html>') },
        fault.bodyBytes,
      );
      return;
    case 'pretend': // befalls the statement, not its answer
      send(response, await work(fault));
      return;
    case 'silence-before':
    case 'hang':
      return;
  }
}

function spoilt({ body, headers }: Fault): Partial<Answer> {
  return { headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body: Buffer.from(body) }) };
}

async function thriftAnswer(
  { workspace, warehouseId }: Site,
  url: URL,
  request: IncomingMessage,
  body: Buffer,
  call: string | undefined,
  fault: Fault | undefined,
): Promise<Answer> {
  const caller = callerOf(workspace, request);
  if ('refusal' in caller) return thriftError(caller.status, caller.refusal);
  // [known] what an HTTP path of no warehouse gets
  if (url.pathname !== `/sql/1.0/warehouses/${warehouseId}`)
    return thriftError(404, `RESOURCE_DOES_NOT_EXIST: No SQL warehouse listens at ${url.pathname}.`);
  if (call === undefined) return thriftError(400, 'The request is not a Thrift message.');
  const refusal = fault?.kind === 'refuse' ? injectedRefusal(fault.code) : undefined;
  const disturbance = {
    delayMs: fault?.kind === 'delay' ? (fault.delayMs ?? 0) : 0,
    pretend: fault?.kind === 'pretend',
    ...(refusal === undefined ? {} : { refusal }),
  };
  const isStatement = call === 'ExecuteStatement';
  const service = thriftService(workspace, caller.principal, isStatement ? { disturbance } : refusal === undefined ? {} : { refusal });
  try {
    return { status: 200, headers: { 'content-type': 'application/x-thrift' }, body: await answerMessage(body, service) };
  } catch {
    return thriftError(400, 'The request is not a Thrift message.');
  }
}

function restAnswer({ workspace, warehouseId, base }: Site, request: IncomingMessage, url: URL, body: string): Answer {
  const found = request.method === 'GET' ? discovery(url.pathname, base) : undefined;
  if (found !== undefined) return found;
  const caller = callerOf(workspace, request);
  if ('refusal' in caller) return restError(caller.status, caller.status === 401 ? 'UNAUTHENTICATED' : '403', caller.refusal);
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /api/2.0/sql/history/queries':
      return listQueries(url, body, caller.principal, workspace.runner.operations(), warehouseId);
    case 'GET /api/2.0/preview/scim/v2/Me':
      return json({ id: String(principalId(caller.principal)), userName: caller.principal.name, displayName: caller.principal.name, active: true });
    case `GET /api/2.0/sql/warehouses/${warehouseId}`:
      return json({ id: warehouseId, name: 'simulated', state: 'RUNNING' });
    default:
      return restError(404, 'ENDPOINT_NOT_FOUND', `No API found for '${request.method} ${url.pathname}'`);
  }
}

type Caller = { readonly principal: Principal } | { readonly status: 401 | 403; readonly refusal: string };

/** [known] no credential and an expired OAuth token get 401, a token that is not known gets 403. */
function callerOf({ principals }: Workspace, { headers }: IncomingMessage): Caller {
  const [, token] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) return { status: 401, refusal: 'Credential was not sent or was of an unsupported type for this API.' };
  const bearer = principals.ofToken(token);
  switch (bearer.kind) {
    case 'known':
      return { principal: bearer.principal };
    case 'expired':
      return { status: 401, refusal: 'Token is expired.' };
    case 'unknown':
      return { status: 403, refusal: 'Invalid access token.' };
  }
}
