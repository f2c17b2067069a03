// One request on its way through the stations: body, ledger, fault, credentials, permission, payload rules, state.
//
// A fault takes the place of the answer before anything is done, with these exceptions: `drop-after` does everything and then cuts the connection,
// `silence-after` does everything and never answers, and `delay` and `late` wait before anything is done, even when the caller has gone away
// meanwhile: what was sent arrives late, as it can on a real network.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults.js';
import type { Ledger, LedgerEntry } from '../ledger.js';
import { readBody } from '../loopback-server.js';
import { json, send } from './answer.js';
import type { Answer } from './answer.js';
import { authenticationRoutes } from './authentication.js';
import { permit, servicePerson } from './authenticator.js';
import { connectionRoutes } from './connections.js';
import { insteadOf } from './fault-answers.js';
import { integrationRoutes } from './integrations.js';
import { jobRoutes } from './jobs.js';
import { objectRoutes } from './objects.js';
import { readPayload } from './payload.js';
import { Refusal } from './refusal.js';
import { findRoute } from './route.js';
import type { Route, Tenant } from './route.js';
import { scriptRoutes } from './scripts.js';

const routes: readonly Route[] = [...authenticationRoutes, ...scriptRoutes, ...integrationRoutes, ...connectionRoutes, ...objectRoutes, ...jobRoutes];

/** Answers one request. Rejects when the caller or the simulator goes away in the middle. */
export async function serve(request: IncomingMessage, response: ServerResponse, tenant: Tenant, ledger: Ledger, faults: Faults): Promise<void> {
  const body = await readBody(request);
  const exchange = new Exchange(request, body, tenant);
  const entry = ledger.record({ simulator: 'immuta', kind: 'request', ...exchange.description });
  const fault = exchange.place === undefined ? undefined : faults.meet(exchange.place, `${request.url}\n${body ?? ''}`);
  if (fault !== undefined)
    ledger.record({
      simulator: 'immuta',
      kind: 'fault',
      where: fault.where,
      fault: fault.kind,
      request: entry.at,
      ...(fault.matching === undefined ? {} : { matching: fault.matching }),
    });

  if (fault?.kind === 'drop-before') return cut(request, entry, 'before');
  if (fault?.kind === 'hang' || fault?.kind === 'silence-before') return note(entry, { hung: true });
  if (fault?.delayMs !== undefined) await sleep(fault.delayMs, undefined, { signal: tenant.closing });
  const answer = insteadOf(fault) ?? (await exchange.answer());
  if (fault?.kind === 'silence-after') return note(entry, { hung: true, status: answer.status });
  if (fault?.kind === 'drop-after') return cut(request, entry, 'after', answer.status);
  note(entry, { status: answer.status });
  await send(response, answer, fault?.bodyBytes);
}

function cut(request: IncomingMessage, entry: LedgerEntry, dropped: 'before' | 'after', status?: number): void {
  note(entry, { dropped, ...(status === undefined ? {} : { status }) });
  request.socket.destroy();
}

/** A request stands in the ledger where it arrived, before what it changed; how it ended is added when it is known. */
function note(entry: LedgerEntry, details: Readonly<Record<string, unknown>>): void {
  Object.assign(entry, details);
}

/** One request, from its text to its answer. */
class Exchange {
  readonly #request: IncomingMessage;
  readonly #body: string | undefined;
  readonly #tenant: Tenant;
  readonly #url: URL | undefined;
  readonly #found: ReturnType<typeof findRoute>;
  readonly description: Readonly<Record<string, unknown>>;

  constructor(request: IncomingMessage, body: string | undefined, tenant: Tenant) {
    this.#request = request;
    this.#body = body;
    this.#tenant = tenant;
    const method = request.method ?? '';
    this.#url = readUrl(request.url ?? '');
    this.#found = this.#url === undefined ? undefined : findRoute(routes, method, this.#url.pathname);
    this.description = {
      method,
      route: this.#found?.route.path,
      path: this.#url?.pathname,
      key: this.#key(),
      read: this.#found?.route.read ?? false,
    };
  }

  /** The name faults are set by; `undefined` for what no route meets. */
  get place(): string | undefined {
    return this.#found === undefined ? undefined : `immuta:${this.#found.route.method} ${this.#found.route.path}`;
  }

  async answer(): Promise<Answer> {
    try {
      return await this.#answer();
    } catch (error) {
      if (this.#tenant.closing.aborted) throw error;
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'An internal server error occurred');
      return json(refusal.body, refusal.status);
    }
  }

  async #answer(): Promise<Answer> {
    if (this.#url === undefined) throw new Refusal(400, 'Bad Request');
    if (this.#found === undefined) throw new Refusal(404, 'Not Found');
    const { route, segments } = this.#found;
    const { authorization } = this.#request.headers;
    let caller = servicePerson;
    if (route.permissions !== 'anyone') {
      caller = this.#tenant.authenticator.identify(authorization, this.#tenant.switches);
      permit(route.permissions, this.#tenant.switches);
    }
    const payload = readPayload(this.#request, this.#body);
    return route.answer({ segments, query: this.#url.searchParams, payload, authorization, caller }, this.#tenant);
  }

  #key(): string | undefined {
    const { route, segments = [] } = this.#found ?? {};
    if (route?.path.includes('{key}') === true || route?.path.includes('{objectPath}') === true) return segments[0];
    const [, key] = /"connectionKey"\s*:\s*"([A-Za-z0-9_-]{1,255})"/.exec(this.#body ?? '') ?? [];
    return key;
  }
}

/** `undefined` for what is no path, or cannot be decoded. */
function readUrl(path: string): URL | undefined {
  try {
    const url = new URL(`http://immuta${path}`);
    decodeURIComponent(url.pathname);
    return url;
  } catch {
    return undefined;
  }
}
