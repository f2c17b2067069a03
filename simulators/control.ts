// The side door: what happened, what exists, what shall go wrong next. Nothing here is part of any vendor's API.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultKinds } from './faults.js';
import type { Fault, Faults } from './faults.js';
import type { ImmutaSimulator } from './immuta/server.js';
import type { Ledger } from './ledger.js';
import { listenOnLoopback, readBody } from './loopback-server.js';
import type { SimulatedPlatform, SimulatedWorkspace } from './simulated-platform.js';

export interface Controlled {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly immuta: ImmutaSimulator;
  readonly snowflake: SimulatedPlatform;
  readonly databricks: SimulatedWorkspace;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `GET /ledger` (with `?after=<n>` what came after entry n, with `&wait=<ms>` once there is something, or after so long), `GET /objects`,
 * `POST /faults` and `DELETE /faults`, `POST /switches`, `POST /clock`, `POST /expiry` and `POST /reset`. Rejects if the port is taken.
 */
export function startControl(controlled: Controlled, port: number): Promise<ControlServer> {
  return listenOnLoopback('control', port, (request, response) => {
    answer(request, response, controlled).catch((error: unknown) => {
      send(response, 400, { error: error instanceof Error ? error.message : 'The request could not be read.' });
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, controlled: Controlled): Promise<void> {
  const { ledger, faults, immuta, snowflake, databricks } = controlled;
  const body = (await readBody(request, longestBody)) ?? '';
  // A page in somebody's browser must not steer the simulators: browsers send an Origin, our callers do not.
  if (request.headers.origin !== undefined) return send(response, 403, { error: 'The control server answers programs, not pages.' });
  const url = new URL(request.url ?? '/', 'http://control');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /ledger': {
      const after = readCount(url.searchParams.get('after') ?? '0');
      await ledger.beyond(after, Math.min(readCount(url.searchParams.get('wait') ?? '0'), longestWaitMs));
      return send(response, 200, ledger.entries.slice(after));
    }
    case 'GET /objects':
      return send(response, 200, { immuta: immuta.objects(), snowflake: snowflake.objects(), databricks: databricks.objects() });
    case 'POST /faults': {
      const read = readFaults(JSON.parse(body));
      faults.add(read);
      return send(response, 200, { added: read.length });
    }
    case 'DELETE /faults':
      faults.clear();
      return send(response, 200, {});
    case 'POST /switches':
      return send(response, 200, immuta.setSwitches(JSON.parse(body)));
    case 'POST /clock': {
      const { offsetMs } = JSON.parse(body) as { offsetMs?: unknown };
      if (!Number.isInteger(offsetMs)) throw new TypeError('The clock is set as { "offsetMs": <whole number> }, ahead of this machine\'s.');
      for (const platform of [snowflake, databricks]) platform.setClockOffset(Number(offsetMs));
      return send(response, 200, {});
    }
    case 'POST /expiry':
      snowflake.expireSessions('master');
      databricks.expireSessions();
      return send(response, 200, {});
    case 'POST /reset':
      reset(controlled);
      return send(response, 200, {});
    default:
      return send(response, 404, {
        error: 'There are GET /ledger, GET /objects, POST /faults, DELETE /faults, POST /switches, POST /clock, POST /expiry and POST /reset.',
      });
  }
}

/** Everything back to how it was at start: objects, switches, faults, ledger. */
export function reset({ ledger, faults, immuta, snowflake, databricks }: Controlled): void {
  faults.clear();
  immuta.reset();
  snowflake.reset();
  snowflake.setClockOffset(0);
  databricks.reset();
  databricks.setClockOffset(0);
  ledger.clear();
}

const longestWaitMs = 60_000;

const longestBody = 8 * 1024 * 1024; // a script of any size may be set as the body of an answer

const statementPlaces: ReadonlySet<string> = new Set(['snowflake:query', 'snowflake:write', 'databricks:ExecuteStatement', 'databricks:write']);

const faultFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  where: (value) => typeof value === 'string' && /^(immuta|snowflake|databricks):\S/.test(value),
  nth: isCount,
  matching: (value) => typeof value === 'string' && value !== '',
  kind: (value) => (faultKinds as readonly unknown[]).includes(value),
  delayMs: isCount,
  status: (value) => isCount(value) && Number(value) >= 200 && Number(value) <= 599,
  body: (value) => typeof value === 'string',
  bodyBytes: isCount,
  headers: (value) => typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'),
  code: (value) => typeof value === 'string',
};

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

function readCount(text: string): number {
  if (!isCount(Number(text))) throw new TypeError(`"${text}" is no whole number from 0 on.`);
  return Number(text);
}

function readFaults(list: unknown): readonly Fault[] {
  if (!Array.isArray(list)) throw new TypeError('Faults are set as a list: [{ "where", "nth", "kind" }].');
  for (const fault of list as readonly unknown[]) {
    if (typeof fault !== 'object' || fault === null) throw new TypeError('A fault is an object: { "where", "nth", "kind" }.');
    for (const name of ['where', 'nth', 'kind']) if (!Object.hasOwn(fault, name)) throw new TypeError(`A fault needs "${name}".`);
    const { kind, where } = fault as Partial<Fault>;
    if (kind === 'pretend' && !statementPlaces.has(where ?? '')) throw new TypeError('Only a statement of a platform meets "pretend".');
    for (const [name, value] of Object.entries(fault)) {
      if (faultFields[name]?.(value) !== true) throw new TypeError(`A fault cannot have ${JSON.stringify(value)} as "${name}".`);
    }
  }
  return list as readonly Fault[];
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
