// A workspace for one test, and the vendor's own driver on it.
import { request } from 'node:https';
import type { DBSQLClient } from '@databricks/sql';
import { startDatabricksSimulator } from '../../simulators/databricks/server.js';
import type { DatabricksSimulator, DatabricksSimulatorOptions } from '../../simulators/databricks/server.js';
import { Faults } from '../../simulators/faults.js';
import type { Fault } from '../../simulators/faults.js';
import { Ledger } from '../../simulators/ledger.js';

export const admin = { name: 'admin@example.com', token: 'dapi-admin', clientId: 'admin-client', clientSecret: 'admin secret+%', admin: true };
export const creator = { name: 'creator-client', token: 'dapi-creator', clientId: 'creator-client', clientSecret: 'c', admin: false };
export const nobody = { name: 'nobody@example.com', token: 'dapi-nobody', admin: false };

type Session = Awaited<ReturnType<DBSQLClient['openSession']>>;
type OpenRequest = Parameters<DBSQLClient['openSession']>[0];

export interface TestWorkspace {
  readonly simulator: DatabricksSimulator;
  readonly ledger: Ledger;
  fault(fault: Omit<Fault, 'nth'> & { readonly nth?: number }): void;
  /** A session of the driver; it is closed with the workspace. */
  open(token?: string, options?: OpenRequest, httpPath?: string): Promise<TestSession>;
  call(method: string, path: string, options?: { body?: string | Buffer; headers?: Record<string, string> }): Promise<Reply>;
  close(): Promise<void>;
}

export interface TestSession {
  readonly session: Session;
  /** Rows of a statement that ends well; rejects as the driver does. */
  readonly run: (sql: string, queryTags?: Record<string, string>) => Promise<unknown[]>;
  /** What the vendor says to a statement that it refuses. */
  readonly refusal: (sql: string) => Promise<{ readonly sqlState: string | undefined; readonly message: string }>;
  readonly close: () => Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export async function startWorkspace(options: Partial<DatabricksSimulatorOptions> = {}): Promise<TestWorkspace> {
  const ledger = new Ledger();
  const faults = new Faults();
  const principals = [
    { ...admin, privileges: [] },
    { ...creator, privileges: ['CREATE CATALOG'] },
    { ...nobody, privileges: [] },
  ];
  const simulator = await startDatabricksSimulator({ ledger, faults, principals, ...options });
  const sessions: TestSession[] = [];
  return {
    simulator,
    ledger,
    fault: (fault) => faults.add([{ nth: 1, ...fault }]),
    async open(token = admin.token, request = {}, httpPath = simulator.httpPath) {
      const opened = await openSession(simulator, token, request, httpPath);
      sessions.push(opened);
      return opened;
    },
    call: (method, path, { body, headers } = {}) => call(simulator, method, path, body, headers),
    async close() {
      await Promise.all(sessions.map((each) => each.close().catch(() => undefined)));
      await simulator.close();
    },
  };
}

/** A session of the vendor's driver on a simulator that runs anywhere. */
export async function openSession(
  simulator: Pick<DatabricksSimulator, 'host' | 'port' | 'caCert'>,
  token: string,
  openRequest: OpenRequest,
  path: string,
): Promise<TestSession> {
  const { DBSQLClient: Client } = await import('@databricks/sql');
  const client = new Client({ logger: { log: () => undefined } });
  const { host, port, caCert } = simulator;
  await client.connect({ host, port, path, token, customCaCert: caCert, telemetryEnabled: false });
  const session = await client.openSession(openRequest);
  const run: TestSession['run'] = async (sql, queryTags) => {
    const operation = await session.executeStatement(sql, queryTags === undefined ? {} : { queryTags });
    await operation.finished();
    const rows = await operation.fetchAll();
    await operation.close();
    return rows;
  };
  return {
    session,
    run,
    async refusal(sql) {
      const error: unknown = await run(sql).then(
        () => new Error('It was not refused.'),
        (thrown: unknown) => thrown,
      );
      const { message, response } = error as { message: string; response?: { sqlState?: string } };
      return { sqlState: response?.sqlState, message };
    },
    async close() {
      await session.close();
      await client.close();
    },
  };
}

function call(
  { host, port, caCert }: DatabricksSimulator,
  method: string,
  path: string,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path, ca: caCert, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
