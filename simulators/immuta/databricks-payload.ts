// The keys of Immuta's Databricks Unity Catalog payloads. Sources: the vendor's "connection registration payloads" reference guide (OAuth) and the older
// integrations API (personal access token). The two steps call the workspace by different names: `workspaceUrl` with an `httpPath` for the scripts, `host`
// without one, beside `unityCatalog: true`, for the registration.
import type { Platforms } from '../simulated-platform.js';
import { comparableClient, exists, hashed, host, oAuthClientConfig, port, withoutSecrets } from './credential-rules.js';
import { databricksBootstrapScript, databricksCleanupScript } from './databricks-script.js';
import { flag, listOf, matching, object, oneOf, optional, record, text } from './payload-rules.js';
import type { Rule } from './payload-rules.js';
import { Refusal } from './refusal.js';
import type { Agreement, RequestedConnection, RequestedIntegration, Step, Technology, ValidationTest } from './technology.js';

export const databricks: Technology = {
  name: 'Databricks',
  envelope: (step) => (step === 'connection' ? { unityCatalog: oneOf(true) } : {}),
  integration: readIntegration,
  connection: readConnection,
};

const httpPath = matching(/^\/?sql\/\S+$/, 'must be the HTTP path of a SQL warehouse or a cluster');
const withToken = { authenticationType: oneOf('token'), token: text };
const withOAuth = { authenticationType: oneOf('oAuthM2M'), oAuthClientConfig };

const common = {
  port: optional(port),
  catalog: matching(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'must be letters, digits and underscores, and not begin with a digit'),
  audit: optional(object({ enabled: flag })),
  groupPattern: optional(object({ deny: text })),
  // only in the older integrations API, for Immuta's own way to the workspace
  proxyOptions: optional(object({ host: text, port: optional(port), username: optional(text), password: optional(text) })),
};
const scriptKeys = { ...common, workspaceUrl: host, httpPath };
const connectionStepKeys = { ...common, host, workspaceIds: optional(listOf(text)) };
const connectionKeys = { technology: oneOf('Databricks'), hostname: host, port: optional(port), httpPath };

type Credentials = Readonly<Record<string, unknown>> & {
  readonly token?: string;
  readonly oAuthClientConfig?: Readonly<Record<string, unknown>>;
};

function readIntegration(step: Step): Rule<RequestedIntegration> {
  return (value, path) => {
    const authentication = authenticationOf(value, path);
    const config = step === 'script' ? readScriptConfig(authentication)(value, path) : readConnectionConfig(authentication)(value, path);
    const hostname = 'workspaceUrl' in config ? config.workspaceUrl : config.host;
    const at = config.port ?? 443;
    const audit = config.audit?.enabled === true;
    return {
      type: 'Databricks',
      account: at === 443 ? hostname.toLowerCase() : `${hostname.toLowerCase()}:${at}`,
      database: config.catalog,
      shown: { ...withoutSecrets(config), port: at },
      agreement: agreementOf(config, hostname, at),
      cleanupScript: databricksCleanupScript(config.catalog),
      bootstrapScript: (switches, platforms) =>
        databricksBootstrapScript({ catalog: config.catalog, audit, principal: granteeOf(config, platforms) }, switches),
      validate: ({ databricks: workspace }) => [
        exists('Validate Manual: Catalog Exists', workspace.hasCatalog(config.catalog), `Catalog "${config.catalog}"`),
      ],
    };
  };
}

function readScriptConfig(authentication: 'token' | 'oAuthM2M') {
  return authentication === 'token' ? object({ ...scriptKeys, ...withToken }) : object({ ...scriptKeys, ...withOAuth });
}

function readConnectionConfig(authentication: 'token' | 'oAuthM2M') {
  return authentication === 'token' ? object({ ...connectionStepKeys, ...withToken }) : object({ ...connectionStepKeys, ...withOAuth });
}

function readConnection(value: unknown, path: string): RequestedConnection {
  const connection =
    authenticationOf(value, path) === 'token'
      ? object({ ...connectionKeys, ...withToken })(value, path)
      : object({ ...connectionKeys, ...withOAuth })(value, path);
  const at = connection.port ?? 443;
  return {
    technology: 'Databricks',
    shown: { ...withoutSecrets(connection), port: at },
    agreement: agreementOf(connection, connection.hostname, at),
    validate: (platforms) => [login(connection, platforms)],
  };
}

function authenticationOf(value: unknown, path: string): 'token' | 'oAuthM2M' {
  return oneOf('token', 'oAuthM2M')(record(value, path)['authenticationType'], `${path}.authenticationType`);
}

function agreementOf(credentials: Credentials, hostname: string, at: number): Agreement {
  return hashed({
    host: hostname.toLowerCase(),
    port: at,
    authenticationType: credentials['authenticationType'],
    token: credentials.token,
    oAuthClientConfig: comparableClient(credentials.oAuthClientConfig),
  });
}

/** Whom the script grants to: the client, or whoever the workspace says the token belongs to. How the vendor finds that out is not documented. */
function granteeOf({ token, oAuthClientConfig: client }: Credentials, { databricks: workspace }: Platforms): string {
  const principal = token === undefined ? String(client?.['clientId']) : workspace.identify({ token });
  if (principal === undefined) throw new Refusal(422, 'Unable to connect to Databricks with the given token');
  return principal;
}

/** With a foreign identity provider only that knows the secret; the workspace knows the client. */
function login({ token, oAuthClientConfig: client }: Credentials, { databricks: workspace }: Platforms): ValidationTest {
  const clientId = String(client?.['clientId']);
  const isOwn = String(client?.['authorityUrl']).startsWith(`${workspace.url}/`);
  const identified =
    token !== undefined
      ? workspace.identify({ token }) !== undefined
      : isOwn
        ? workspace.identify({ clientId, clientSecret: String(client?.['clientSecret']) }) !== undefined
        : workspace.hasPrincipal(clientId);
  return exists(
    'Initial Validation: Basic Connection Test',
    identified,
    token === undefined ? `Service principal "${clientId}"` : 'The owner of the token',
  );
}
