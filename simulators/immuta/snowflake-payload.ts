// The keys of Immuta's Snowflake payloads. Sources: the vendor's "connection registration payloads" reference guide and the integrations API's
// configuration payload. What one authentication type needs, another may not bring.
import { createHash, createPrivateKey } from 'node:crypto';
import type { SimulatedPlatform } from '../simulated-platform.js';
import { complain, flag, integer, listOf, matching, object, oneOf, optional, record, text } from './payload-rules.js';
import type { Rule } from './payload-rules.js';
import { snowflakeBootstrapScript, snowflakeCleanupScript, systemRole } from './snowflake-script.js';
import type { Agreement, RequestedConnection, RequestedIntegration, Technology, ValidationTest } from './technology.js';
import type { Switches } from './switches.js';

export const snowflake: Technology = { name: 'Snowflake', integration: readIntegration, connection: readConnection };

const host = matching(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'must be a host name without scheme, port or path');
const port = integer(0, 65_535);
const pem = matching(/^-----BEGIN (ENCRYPTED |RSA )?PRIVATE KEY-----\r?\n[\s\S]+\n-----END \1PRIVATE KEY-----\s*$/, 'must be a private key in PEM');
const privateKey = object({ keyName: oneOf('PRIV_KEY_FILE'), userFilename: text, content: pem });

const oAuth = {
  provider: optional(text),
  clientId: text,
  authorityUrl: matching(/^https?:\/\/\S+$/, 'must be a valid uri'),
  scope: optional(text),
  resource: optional(text),
};
const oAuthSecret = object({ ...oAuth, useCertificate: oneOf(false), clientSecret: text });
const oAuthCertificate = object({
  ...oAuth,
  useCertificate: oneOf(true),
  publicCertificateThumbprint: text,
  oauthPrivateKey: object({ keyName: oneOf('oauth client certificate'), userFilename: text, content: pem }),
});
const oAuthClientConfig: Rule<Readonly<Record<string, unknown>>> = (value, path) => {
  const useCertificate = flag(record(value, path)['useCertificate'], `${path}.useCertificate`);
  return useCertificate ? oAuthCertificate(value, path) : oAuthSecret(value, path);
};

const userPassword = { authenticationType: oneOf('userPassword'), username: text, password: text };
const keyPair = { authenticationType: oneOf('keyPair'), username: text, privateKey, privateKeyPassword: optional(text) };
const oAuthClientCredentials = { authenticationType: oneOf('oAuthClientCredentials'), oAuthClientConfig };

const connectionKeys = { technology: oneOf('Snowflake'), hostname: host, port: optional(port), warehouse: text, role: text };
const feature = object({ enabled: flag });
const integrationKeys = {
  host,
  port: optional(port),
  warehouse: text,
  database: matching(/^(?!.*\$\$).{1,255}$/, 'must be a name of at most 255 characters without "$$"'),
  role: optional(text),
  audit: optional(feature),
  impersonation: optional(object({ enabled: flag, role: optional(text) })),
  userRolePattern: optional(object({ exclude: listOf(text) })),
};
const legacyKeys = {
  workspaces: optional(object({ enabled: flag, warehouses: optional(listOf(text)) })),
  lineage: optional(object({ enabled: flag, lineageConfig: optional(record) })),
};

function authenticationOf(value: unknown, path: string): 'userPassword' | 'keyPair' | 'oAuthClientCredentials' {
  const given = record(value, path)['authenticationType'];
  return oneOf('userPassword', 'keyPair', 'oAuthClientCredentials')(given, `${path}.authenticationType`);
}

function readIntegration(switches: Switches): Rule<RequestedIntegration> {
  const keys = switches.legacyFeatureKeys ? { ...integrationKeys, ...legacyKeys } : integrationKeys;
  const withPassword = object({ ...keys, ...userPassword });
  const withKey = object({ ...keys, ...keyPair });
  const withOAuth = object({ ...keys, ...oAuthClientCredentials });
  return (value, path) => {
    const authentication = authenticationOf(value, path);
    const config =
      authentication === 'userPassword' ? withPassword(value, path) : authentication === 'keyPair' ? withKey(value, path) : withOAuth(value, path);
    refuseClosedKey(config, path);
    const at = config.port ?? 443;
    const footprint = {
      database: config.database,
      warehouse: config.warehouse,
      role: config.role,
      username: 'username' in config ? config.username : undefined,
      password: 'password' in config ? config.password : undefined,
      impersonationRole: config.impersonation?.enabled === true ? (config.impersonation.role ?? `${config.database}_IMPERSONATION`) : undefined,
      audit: config.audit?.enabled === true,
    };
    return {
      type: 'Snowflake',
      account: at === 443 ? config.host.toLowerCase() : `${config.host.toLowerCase()}:${at}`,
      database: config.database,
      shown: { ...withoutSecrets(config), port: at },
      agreement: agreementOf(config, config.host, at),
      cleanupScript: snowflakeCleanupScript(footprint),
      bootstrapScript: (current) => snowflakeBootstrapScript(footprint, current),
      validate: (platform) => [
        exists('Validate Manual: Database Exists', platform.hasDatabase(config.database), `Database "${config.database}"`),
        exists('Validate Manual: System Role Exists', platform.hasRole(systemRole(config.database)), `Role "${systemRole(config.database)}"`),
      ],
    };
  };
}

function readConnection(value: unknown, path: string): RequestedConnection {
  const authentication = authenticationOf(value, path);
  const connection =
    authentication === 'userPassword'
      ? object({ ...connectionKeys, ...userPassword })(value, path)
      : authentication === 'keyPair'
        ? object({ ...connectionKeys, ...keyPair })(value, path)
        : object({ ...connectionKeys, ...oAuthClientCredentials })(value, path);
  refuseClosedKey(connection, path);
  const at = connection.port ?? 443;
  return {
    technology: 'Snowflake',
    shown: { ...withoutSecrets(connection), port: at },
    agreement: agreementOf(connection, connection.hostname, at),
    validate: (platform) => [login(connection, platform), role(connection.role, platform)],
  };
}

type Credentials = Readonly<Record<string, unknown>> & {
  readonly username?: string;
  readonly privateKey?: { readonly content: string };
  readonly privateKeyPassword?: string | undefined;
  readonly oAuthClientConfig?: Readonly<Record<string, unknown>>;
  readonly role?: string | undefined;
};

function refuseClosedKey(credentials: Credentials, path: string): void {
  const encrypted = credentials.privateKey !== undefined && /-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(credentials.privateKey.content);
  if (encrypted && credentials.privateKeyPassword === undefined) complain(`${path}.privateKeyPassword`, 'is required');
}

function withoutSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const secret = new Set(['password', 'privateKey', 'privateKeyPassword', 'oAuthClientConfig']);
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !secret.has(key)));
}

function agreementOf(credentials: Credentials, hostname: string, at: number): Agreement {
  const { provider: _provider, ...oAuthClient } = credentials.oAuthClientConfig ?? {}; // only the script step asks for it
  const fields: Record<string, unknown> = {
    host: hostname.toLowerCase(),
    port: at,
    authenticationType: credentials['authenticationType'],
    username: credentials.username,
    role: credentials.role,
    password: credentials['password'],
    privateKey: credentials.privateKey?.content,
    privateKeyPassword: credentials.privateKeyPassword,
    oAuthClientConfig: credentials.oAuthClientConfig === undefined ? undefined : Object.entries(oAuthClient).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
  const hashed = Object.entries(fields)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => [name, createHash('sha256').update(JSON.stringify(field)).digest('hex')] as const);
  return Object.fromEntries(hashed);
}

function exists(name: string, found: boolean, what: string): ValidationTest {
  return found
    ? { name, status: 'passed', result: [] }
    : { name, status: 'failed', message: `${what} does not exist or is not authorized.`, result: [] };
}

// Snowflake resolves login names and session roles without regard to case; the names inside a script are quoted and exact.
function known(has: (name: string) => boolean, name: string): boolean {
  return has(name) || has(name.toUpperCase());
}

function role(name: string, platform: SimulatedPlatform): ValidationTest {
  return exists(
    'Initial Validation: Validate access to Privileged Role',
    known((each) => platform.hasRole(each), name),
    `Role "${name}"`,
  );
}

function login(credentials: Credentials, platform: SimulatedPlatform): ValidationTest {
  const name = 'Initial Validation: Basic Connection Test';
  const { username } = credentials;
  if (username === undefined) return { name, status: 'skipped', result: [] }; // the identity provider knows, the platform does not
  if (!opens(credentials)) return { name, status: 'failed', message: 'The private key cannot be read with the given password.', result: [] };
  return exists(
    name,
    known((each) => platform.hasUser(each), username),
    `User "${username}"`,
  );
}

function opens({ privateKey: key, privateKeyPassword: passphrase }: Credentials): boolean {
  if (key === undefined) return true;
  try {
    createPrivateKey(passphrase === undefined ? { key: key.content } : { key: key.content, passphrase });
    return true;
  } catch {
    return false;
  }
}
