// A Databricks workspace on loopback, with one SQL warehouse and Unity Catalog: it speaks the vendor's Thrift over HTTPS well enough that the vendor's
// own drivers cannot tell, keeps state, refuses what the vendor would refuse, and writes down everything that reached it. It listens nowhere but
// on 127.0.0.1.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Faults } from '../faults.js';
import type { Ledger } from '../ledger.js';
import { keepAliveMs, simulatorHeader } from '../loopback-server.js';
import { makeServerIdentity } from './certificate.js';
import { listed } from './metastore.js';
import type { ListedSecurable } from './metastore.js';
import { Principals } from './principals.js';
import type { Principal } from './principals.js';
import { route } from './routes.js';
import { newMetastore } from './seed.js';
import { StatementRunner } from './statement-runner.js';
import type { Workspace } from './thrift-service.js';

export interface DatabricksSimulatorOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly principals: readonly Principal[];
  /** Default: any free port. */
  readonly port?: number;
  /** How long every statement takes; default 0. */
  readonly latencyMs?: number;
  /** How long a token of the token endpoint is good; default an hour, as the vendor's [doc]. */
  readonly tokenLifetimeMs?: number;
}

export interface DatabricksSimulator {
  readonly host: string;
  readonly port: number;
  /** Of its only warehouse. */
  readonly httpPath: string;
  /** PEM of the authority that signed its certificate; another at every start. */
  readonly caCert: string;
  readonly url: string;
  hasCatalog(name: string): boolean;
  hasPrincipal(name: string): boolean;
  /** The principal behind a token, or behind a client and its secret; `undefined` when they are good for nothing. */
  identify(credential: { readonly token: string } | { readonly clientId: string; readonly clientSecret: string }): string | undefined;
  /** Every catalog and what lies in it. */
  objects(): ListedSecurable[];
  /** How far the workspace's clock is ahead of this machine's; default 0. Its tokens go by this machine's. */
  setClockOffset(milliseconds: number): void;
  /** Every session that is open now is gone; what runs in one goes on. */
  expireSessions(): void;
  /** Lets every token of the token endpoint expire. */
  expireTokens(): void;
  /** A new metastore: no sessions, no history, no issued tokens. Ledger and faults are the caller's. */
  reset(): void;
  close(): Promise<void>;
}

const warehouseId = 'simulated0000000';
const hour = 3_600_000;

/** @throws when the port is taken. */
export async function startDatabricksSimulator(options: DatabricksSimulatorOptions): Promise<DatabricksSimulator> {
  const { ledger, faults } = options;
  let clockOffsetMs = 0;
  const begin = (): Workspace => {
    const principals = new Principals(options.principals, options.tokenLifetimeMs ?? hour);
    const metastore = newMetastore(options.principals, () => Date.now() + clockOffsetMs);
    return { metastore, principals, sessions: new Map(), runner: new StatementRunner(metastore, principals, ledger, options.latencyMs ?? 0) };
  };
  let workspace = begin();
  let base = '';
  const closing = new AbortController();

  const { caCert, chain, privateKey } = makeServerIdentity();
  const server = createServer({ cert: chain, key: privateKey, minVersion: 'TLSv1.2', keepAliveTimeout: keepAliveMs }, (request, response) => {
    response.setHeader(simulatorHeader, 'databricks');
    const site = { workspace, faults, ledger, base, warehouseId, closing: closing.signal };
    route(site, request, response).catch(() => response.destroy()); // the caller or the simulator went away in the middle
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { address: host, port } = server.address() as AddressInfo;
  base = `https://${host}:${port}`;

  return {
    host,
    port,
    httpPath: `/sql/1.0/warehouses/${warehouseId}`,
    caCert,
    url: base,
    hasCatalog: (name) => workspace.metastore.find('CATALOG', [name.toLowerCase()]) !== undefined,
    hasPrincipal: (name) => workspace.principals.find(name) !== undefined,
    identify(credential) {
      if ('clientId' in credential) return workspace.principals.ofClient(credential.clientId, credential.clientSecret)?.name;
      const bearer = workspace.principals.ofToken(credential.token);
      return bearer.kind === 'known' ? bearer.principal.name : undefined;
    },
    objects: () => workspace.metastore.list().map(listed),
    expireTokens: () => workspace.principals.expireIssued(),
    setClockOffset(milliseconds) {
      clockOffsetMs = milliseconds;
    },
    expireSessions() {
      workspace.sessions.clear();
    },
    reset() {
      workspace.runner.stop();
      workspace = begin();
    },
    async close() {
      closing.abort();
      workspace.runner.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
