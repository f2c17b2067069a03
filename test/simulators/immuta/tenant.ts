// A tenant for one test, on a platform that remembers names and nothing else.
import { generateKeyPairSync } from 'node:crypto';
import { Faults } from '../../../simulators/faults.js';
import type { Fault } from '../../../simulators/faults.js';
import { startImmutaSimulator } from '../../../simulators/immuta/server.js';
import type { ImmutaSimulator } from '../../../simulators/immuta/server.js';
import type { Switches } from '../../../simulators/immuta/switches.js';
import { Ledger } from '../../../simulators/ledger.js';
import type { SimulatedPlatform, SimulatedWorkspace, WorkspaceCredential } from '../../../simulators/simulated-platform.js';

export const apiKey = 'an-api-key';

const { privateKey: systemKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const pem = systemKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const encryptedPem = systemKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open sesame' }).toString();

export class NamesOnly implements SimulatedPlatform {
  readonly host = '127.0.0.1';
  readonly port = 1;
  readonly names = new Set<string>();

  /** As after the bootstrap script of the database IMMUTA. */
  bootstrapped(): void {
    for (const name of ['database IMMUTA', 'role IMMUTA_SYSTEM', 'user IMMUTA_SYSTEM_ACCOUNT']) this.names.add(name);
  }
  hasDatabase(name: string): boolean {
    return this.names.has(`database ${name}`);
  }
  hasUser(name: string): boolean {
    return this.names.has(`user ${name}`);
  }
  hasRole(name: string): boolean {
    return this.names.has(`role ${name}`);
  }
  setClockOffset(): void {
    // Names have no clock.
  }
  objects(): unknown {
    return [...this.names];
  }
  expireSessions(): void {
    // Nobody logs in to names.
  }
  reset(): void {
    this.names.clear();
  }
  async close(): Promise<void> {
    this.names.clear();
  }
}

export class CatalogsOnly implements SimulatedWorkspace {
  readonly host = '127.0.0.1';
  readonly port = 1;
  readonly httpPath = '/sql/1.0/warehouses/none';
  readonly caCert = '';
  readonly url = 'https://127.0.0.1:1';
  readonly catalogs = new Set<string>();

  hasCatalog(name: string): boolean {
    return this.catalogs.has(name.toLowerCase());
  }
  hasPrincipal(name: string): boolean {
    return name === 'immuta-client';
  }
  identify(credential: WorkspaceCredential): string | undefined {
    const isGood =
      'token' in credential ? credential.token === 'dapi-good' : credential.clientId === 'immuta-client' && credential.clientSecret === 'good';
    return isGood ? 'immuta-client' : undefined;
  }
  setClockOffset(): void {
    // Names have no clock.
  }
  expireSessions(): void {
    // Nobody logs in to names.
  }
  objects(): unknown {
    return [...this.catalogs];
  }
  reset(): void {
    this.catalogs.clear();
  }
  async close(): Promise<void> {
    this.catalogs.clear();
  }
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed text, or `undefined` if it is no JSON. */
  readonly body: unknown;
}

export interface TestTenant {
  readonly immuta: ImmutaSimulator;
  readonly ledger: Ledger;
  readonly platform: NamesOnly;
  readonly workspace: CatalogsOnly;
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  fault(fault: Omit<Fault, 'nth'> & { readonly nth?: number }): void;
}

export async function startTenant(switches: Partial<Switches> = {}): Promise<TestTenant> {
  const ledger = new Ledger();
  const faults = new Faults();
  const platform = new NamesOnly();
  const workspace = new CatalogsOnly();
  const platforms = { snowflake: platform, databricks: workspace };
  const immuta = await startImmutaSimulator({ ledger, faults, platforms, apiKey, switches: { creatingMs: 20, deletingMs: 20, ...switches } });
  return {
    immuta,
    ledger,
    platform,
    workspace,
    async call(method, path, body, headers) {
      const response = await fetch(`${immuta.url}${path}`, {
        method,
        headers: { authorization: apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parsed(text) };
    },
    fault: (fault) => faults.add([{ nth: 1, ...fault }]),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks again until the answer is as wanted; the test's own deadline ends it. */
export async function until(ask: () => Promise<Reply>, wanted: (reply: Reply) => boolean): Promise<Reply> {
  for (;;) {
    const reply = await ask();
    if (wanted(reply)) return reply;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

type Fields = Readonly<Record<string, unknown>>;

const keyPair = {
  authenticationType: 'keyPair',
  username: 'IMMUTA_SYSTEM_ACCOUNT',
  privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'immuta.p8', content: pem },
};

/** The `config` of a Snowflake account with a key pair; an `undefined` takes a key out. */
export function config(changes: Fields = {}): Fields {
  return without({
    host: 'acme.snowflakecomputing.com',
    port: 443,
    warehouse: 'IMMUTA_WH',
    database: 'IMMUTA',
    role: 'IMMUTA_SYSTEM',
    ...keyPair,
    audit: { enabled: true },
    impersonation: { enabled: false },
    ...changes,
  });
}

export function scriptRequest(changes: Fields = {}): Fields {
  return { type: 'Snowflake', autoBootstrap: false, config: config(changes) };
}

export const withPassword: Fields = { authenticationType: 'userPassword', password: "it's a \\ secret", privateKey: undefined };
export const withOAuth: Fields = {
  authenticationType: 'oAuthClientCredentials',
  username: undefined,
  privateKey: undefined,
  oAuthClientConfig: { useCertificate: false, clientId: 'client', clientSecret: 'secret', authorityUrl: 'https://idp.example.com/token' },
};

/** A whole registration; `credentials` change both halves, the others their own. */
export function registration(changes: { top?: Fields; connection?: Fields; config?: Fields; credentials?: Fields } = {}): Fields {
  return without({
    connectionKey: 'snow_prod',
    connection: without({
      technology: 'Snowflake',
      hostname: 'acme.snowflakecomputing.com',
      port: 443,
      warehouse: 'IMMUTA_WH',
      role: 'IMMUTA_SYSTEM',
      ...keyPair,
      ...changes.credentials,
      ...changes.connection,
    }),
    settings: { isActive: false },
    options: { forceRecursiveCrawl: true },
    nativeIntegration: scriptRequest({ ...changes.credentials, ...changes.config }),
    ...changes.top,
  });
}

function without(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
