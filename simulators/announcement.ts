import type { ServicePrincipal } from './credentials.js';
import type { Simulators } from './start.js';

/** What `--json` prints: where the simulators listen, and credentials that work on them. They open nothing else in the world. */
export function describeSimulators({ immuta, snowflake, databricks, control, credentials }: Simulators): Record<string, unknown> {
  const { immutaApiKey, warehouse, privilegedUser, systemAccount } = credentials;
  return {
    v: 1,
    immuta: { url: immuta.url, apiKey: immutaApiKey },
    snowflake: { host: snowflake.host, port: snowflake.port, warehouse, privilegedUser, systemAccount },
    databricks: {
      host: databricks.host,
      port: databricks.port,
      httpPath: databricks.httpPath,
      caCert: databricks.caCert,
      tokenUrl: `${databricks.url}/oidc/v1/token`,
      ...credentials.databricks,
    },
    control: { url: control.url },
  };
}

/** The same for people. Keys are left out: they fill the screen. */
export function listSimulators({ immuta, snowflake, databricks, control, credentials }: Simulators): string {
  const { immutaApiKey, warehouse, privilegedUser, systemAccount } = credentials;
  const lines = [
    ['Immuta', immuta.url],
    ['  API key', immutaApiKey],
    ['Snowflake', `${snowflake.host}:${snowflake.port}`],
    ['  warehouse', warehouse],
    ['  privileged user', `${privilegedUser.username}, role ${privilegedUser.role}, password ${privilegedUser.password}`],
    ['  system account', `${systemAccount.username}, password ${systemAccount.password}`],
    ['Databricks', `${databricks.host}:${databricks.port}, HTTP path ${databricks.httpPath}`],
    ['  certificate', 'of an authority of its own: trust the `caCert` that --json shows'],
    ['  privileged user', servicePrincipal(credentials.databricks.privilegedUser)],
    ['  system account', servicePrincipal(credentials.databricks.systemAccount)],
    ['Control', `${control.url} (GET /ledger, GET /objects, POST /faults, POST /switches, POST /reset)`],
  ];
  return `${lines.map(([name = '', value = '']) => `${name.padEnd(18)}${value}`).join('\n')}\n`;
}

function servicePrincipal({ clientId, clientSecret, token }: ServicePrincipal): string {
  return `${clientId}, secret ${clientSecret}, token ${token}`;
}
