// Every HTTP request of a runner's driver passes here, whatever library makes it (our own request for an OAuth token does not: oauth-token.ts). A driver re-sends for minutes, and follows redirects with the body of a
// login in hand; neither can be switched off by its options. What a rule refuses never gets a socket: the driver sees its request fail at once
// with an error that it does not retry. Node's own `request` functions are replaced because they are what all HTTP libraries end in; this is done
// in a process that serves one session at a time and nothing else. (A subscriber of the diagnostics channel `http.client.request.start` runs after the
// body was handed over, which is too late to be sure.)
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

export interface OutgoingRequest {
  readonly secure: boolean;
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly contentType: string | undefined;
}

/** Returns why a request must not leave, or nothing to let it go. */
export type OutgoingRule = (request: OutgoingRequest) => string | undefined;

const shut: OutgoingRule = () => 'refused: nobody is logged in';
let current = shut;
const underWay = new Set<http.ClientRequest>();
const connections = new Set<Socket>();

/** Puts the gate before every HTTP request of this process; it is shut. To be called before a driver is imported. */
export function installOutgoingGate(): void {
  for (const [module, secure] of [
    [http, false],
    [https, true],
  ] as const) {
    const original: CallableFunction = module.request;
    const guarded = (...call: unknown[]): http.ClientRequest => {
      const refusal = current(describe(call, secure));
      if (refusal !== undefined) throw new Error(refusal);
      const request = Reflect.apply(original, module, call) as http.ClientRequest;
      remember(request);
      return request;
    };
    Object.assign(module, { request: guarded });
  }
}

/** From now on requests leave by `rule`. */
export function openGate(rule: OutgoingRule): void {
  current = rule;
}

/** From now on nothing leaves, and no connection is left. True if nothing was under way any more. */
export async function shutGate(): Promise<boolean> {
  current = shut;
  await turn(); // a request that has just been answered is over within this turn
  const quiet = underWay.size === 0;
  for (const connection of connections) connection.destroy();
  return quiet;
}

function remember(request: http.ClientRequest): void {
  underWay.add(request);
  request.once('close', () => underWay.delete(request));
  request.once('socket', (socket) => {
    if (connections.has(socket)) return;
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
}

function describe(call: readonly unknown[], secure: boolean): OutgoingRequest {
  const [first, second] = call;
  const url = typeof first === 'string' || first instanceof URL ? new URL(first) : undefined;
  const candidate: unknown = url === undefined ? first : second;
  const options: http.RequestOptions = typeof candidate === 'object' && candidate !== null ? candidate : {};
  const defaultPort = secure ? 443 : 80;
  return {
    secure,
    method: (options.method ?? 'GET').toUpperCase(),
    host: (options.hostname ?? options.host ?? url?.hostname ?? 'localhost').toLowerCase(),
    port: Number(options.port ?? (url?.port === '' ? undefined : url?.port) ?? defaultPort) || defaultPort,
    path: options.path ?? (url === undefined ? '/' : `${url.pathname}${url.search}`),
    contentType: contentType(options.headers),
  };
}

function contentType(headers: http.RequestOptions['headers']): string | undefined {
  if (headers === undefined || Array.isArray(headers)) return undefined;
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return found === undefined ? undefined : String(found[1]).toLowerCase();
}
