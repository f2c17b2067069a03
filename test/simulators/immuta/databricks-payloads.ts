type Fields = Readonly<Record<string, unknown>>;

const withToken: Fields = { authenticationType: 'token', token: 'dapi-good' };

/** OAuth with client credentials; the secret stands with a foreign identity provider. */
export const withClient: Fields = {
  authenticationType: 'oAuthM2M',
  token: undefined,
  oAuthClientConfig: {
    useCertificate: false,
    clientId: 'immuta-client',
    clientSecret: 'good',
    scope: 'all-apis',
    authorityUrl: 'https://idp.example.com/token',
  },
};

const shared: Fields = { port: 443, catalog: 'immuta', audit: { enabled: true } };

/** The body of a script request; an `undefined` takes a key out. */
export function databricksScriptRequest(changes: Fields = {}): Fields {
  const config = { workspaceUrl: 'adb-1.azuredatabricks.net', httpPath: 'sql/1.0/warehouses/abc', ...shared, ...withToken, ...changes };
  return { type: 'Databricks', autoBootstrap: false, config: without(config) };
}

/** A whole registration; `credentials` change both halves, the others their own. */
export function databricksConnection(
  changes: { connection?: Fields; config?: Fields; nativeIntegration?: Fields; credentials?: Fields } = {},
): Fields {
  const host = 'adb-1.azuredatabricks.net';
  const credentials = { ...withToken, ...changes.credentials };
  const connection = {
    technology: 'Databricks',
    hostname: host,
    port: 443,
    httpPath: 'sql/1.0/warehouses/abc',
    ...credentials,
    ...changes.connection,
  };
  const config = { host, ...shared, ...credentials, ...changes.config };
  return {
    connectionKey: 'lake_prod',
    connection: without(connection),
    settings: { isActive: false },
    nativeIntegration: without({
      type: 'Databricks',
      autoBootstrap: false,
      unityCatalog: true,
      config: without(config),
      ...changes.nativeIntegration,
    }),
  };
}

function without(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
