// The keys of Immuta's Snowflake payloads. Sources: the vendor's "connection registration payloads" reference guide and the integrations API's
// configuration payload. What one authentication type needs, another may not bring.
import { createPrivateKey } from 'node:crypto';
import type { SimulatedPlatform } from '../simulated-platform.js';
import { comparableClient, exists, hashed, host, oAuthClientConfig, pem, port, withoutSecrets } from './credential-rules.js';
import { complain, flag, listOf, matching, object, oneOf, optional, record, text } from './payload-rules.js';
import type { Rule } from './payload-rules.js';
import { snowflakeBootstrapScript, snowflakeCleanupScript, systemRole } from './snowflake-script.js';
import type { Agreement, RequestedConnection, RequestedIntegration, Technology, ValidationTest } from './technology.js';
import type { Switches } from './switches.js';

export const snowflake: Technology = {
  name: 'Snowflake',
  envelope: () => ({}),
  integration: (_step, switches) => readIntegration(switches), // both steps send the same
  connection: readConnection,
};

const privateKey = object({ keyName: oneOf('PRIV_KEY_FILE'), userFilename: text, content: pem });
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
      validate: ({ snowflake: platform }) => [
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
    validate: ({ snowflake: platform }) => [login(connection, platform), role(connection.role, platform)],
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

function agreementOf(credentials: Credentials, hostname: string, at: number): Agreement {
  const fields: Record<string, unknown> = {
    host: hostname.toLowerCase(),
    port: at,
    authenticationType: credentials['authenticationType'],
    username: credentials.username,
    role: credentials.role,
    password: credentials['password'],
    privateKey: credentials.privateKey?.content,
    privateKeyPassword: credentials.privateKeyPassword,
    oAuthClientConfig: comparableClient(credentials.oAuthClientConfig),
  };
  return hashed(fields);
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
