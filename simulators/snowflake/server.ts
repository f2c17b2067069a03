// A Snowflake account on loopback: it speaks the vendor's HTTP protocol well enough that the vendor's own drivers cannot tell, keeps state,
// refuses what the vendor would refuse, and writes down everything that reached it. It listens nowhere but on 127.0.0.1.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import { keepAliveMs } from '../loopback-server.js';
import type { ListedObject } from './catalog.js';
import { listed } from './catalog.js';
import { sendJson } from './http.js';
import { QueryRunner } from './query-runner.js';
import type { Life } from './routes.js';
import { route } from './routes.js';
import type { SimulatedUser } from './seed.js';
import { newAccount } from './seed.js';
import { SessionStore } from './session-store.js';
import { TokenStore } from './tokens.js';
import { failure } from './wire.js';

export interface SnowflakeSimulatorOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Names in upper case. A role no system knows is created, without privileges. */
  readonly users: readonly SimulatedUser[];
  readonly warehouses: readonly string[];
  /** Default: any free port. */
  readonly port?: number;
  /** How long every statement takes; default 0. */
  readonly latencyMs?: number;
  /** How far the account's clock is ahead of this machine's; default 0. JWTs are judged by the account's clock. */
  readonly clockOffsetMs?: number;
}

export interface SnowflakeSimulator {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  hasDatabase(name: string): boolean;
  hasUser(name: string): boolean;
  hasRole(name: string): boolean;
  /** Everything that exists, without secrets. */
  objects(): ListedObject[];
  setClockOffset(milliseconds: number): void;
  /** Lets every open session token expire (390112), with `master` the master tokens too (390114). */
  expireSessions(which?: 'session' | 'master'): void;
  /** A new account: no sessions, no history, only what a new account has. Ledger and faults are the caller's. */
  reset(): void;
  close(): Promise<void>;
}

/** @throws when the port is taken. */
export async function startSnowflakeSimulator(options: SnowflakeSimulatorOptions): Promise<SnowflakeSimulator> {
  let clockOffsetMs = options.clockOffsetMs ?? 0;
  const clock = { now: () => Date.now() + clockOffsetMs };
  const begin = (): Life => {
    const account = newAccount(clock, options.users, options.warehouses);
    const { faults, ledger } = options;
    const tokens = new TokenStore(options.users);
    return { account, sessions: new SessionStore(), tokens, runner: new QueryRunner(account, ledger, options.latencyMs ?? 0), faults, ledger };
  };
  let life = begin();

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    route(life, request, response).catch(() => sendJson(response, failure('000603', 'The simulator failed.'), 500));
  };
  const server = createServer({ keepAliveTimeout: keepAliveMs }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { address: host, port } = server.address() as AddressInfo;

  const has = (kind: string, name: string): boolean => life.account.catalog.find(kind, [name]) !== undefined;
  return {
    host,
    port,
    url: `http://${host}:${port}`,
    hasDatabase: (name) => has('DATABASE', name),
    hasUser: (name) => has('USER', name),
    hasRole: (name) => has('ROLE', name),
    objects: () => life.account.catalog.list().map(listed),
    setClockOffset(milliseconds) {
      clockOffsetMs = milliseconds;
    },
    expireSessions: (which = 'session') => life.sessions.expire(which),
    reset() {
      life.runner.stop();
      life = begin();
    },
    async close() {
      life.runner.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
