// Immuta's scripts on the simulated workspace, as an operator in a SQL editor would run them, through the vendor's driver: nothing of the product takes part.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DBSQLClient } from '@databricks/sql';
import { prepareCredentials } from '../../simulators/credentials.js';
import { startDatabricksSimulator } from '../../simulators/databricks/server.js';
import { startSnowflakeSimulator } from '../../simulators/snowflake/server.js';
import { startSimulators } from '../../simulators/start.js';
import type { Simulators } from '../../simulators/start.js';
import { databricksConnection, databricksScriptRequest } from './immuta/databricks-payloads.js';

describe('Immuta and Databricks, simulated together', () => {
  let simulators: Simulators;
  let client: DBSQLClient;
  beforeAll(async () => {
    const credentials = await prepareCredentials();
    simulators = await startSimulators({
      snowflake: startSnowflakeSimulator,
      databricks: startDatabricksSimulator,
      credentials,
      switches: { creatingMs: 10, deletingMs: 10 },
    });
    const { DBSQLClient: Client } = await import('@databricks/sql');
    client = new Client({ logger: { log: () => undefined } });
    const { host, port, httpPath: path, caCert } = simulators.databricks;
    const { token } = credentials.databricks.privilegedUser;
    await client.connect({ host, port, path, token, customCaCert: caCert, telemetryEnabled: false });
  });
  beforeEach(() => simulators.reset());
  afterAll(async () => {
    await client.close();
    await simulators.close();
  });

  const immuta = async (path: string, body: unknown) => {
    const response = await fetch(`${simulators.immuta.url}${path}`, {
      method: 'POST',
      headers: { authorization: simulators.credentials.immutaApiKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  /** As far as it goes well: how many statements, and the refusal that ended it. */
  const runScript = async (script: string): Promise<{ ran: number; message: string | undefined }> => {
    const session = await client.openSession();
    let ran = 0;
    try {
      for (const statement of statementsOf(script)) {
        const operation = await session.executeStatement(statement);
        await operation.finished();
        await operation.close();
        ran++;
      }
    } catch (error) {
      return { ran, message: (error as Error).message };
    } finally {
      await session.close();
    }
    return { ran, message: undefined };
  };
  const where = () => ({ workspaceUrl: simulators.databricks.host, port: simulators.databricks.port, httpPath: simulators.databricks.httpPath });
  const systemToken = () => ({ authenticationType: 'token', token: simulators.credentials.databricks.systemAccount.token });
  const systemClient = () => {
    const { clientId, clientSecret } = simulators.credentials.databricks.systemAccount;
    const authorityUrl = `${simulators.databricks.url}/oidc/v1/token`;
    return {
      authenticationType: 'oAuthM2M',
      token: undefined,
      oAuthClientConfig: { useCertificate: false, clientId, clientSecret, scope: 'all-apis', authorityUrl },
    };
  };
  const registration = (credentials: Record<string, unknown>) => {
    const { host, port, httpPath } = simulators.databricks;
    return databricksConnection({ credentials, connection: { hostname: host, port, httpPath }, config: { host, port } });
  };

  it.each([
    ['a token', systemToken],
    ['OAuth', systemClient],
  ])('bootstraps, registers and cleans up with %s', async (_what, credentials) => {
    simulators.immuta.setSwitches({ opaqueStatements: true });
    const request = databricksScriptRequest({ ...where(), ...credentials() });
    const bootstrap = await immuta('/integrations/scripts/create', request);
    const cleanup = await immuta('/integrations/scripts/cleanup', request);

    const ran = await runScript(bootstrap.text);
    const registered = await immuta('/data/connection', registration(credentials()));
    const cleaned = await runScript(cleanup.text);

    expect(ran.message).toBeUndefined();
    expect(ran.ran).toBeGreaterThanOrEqual(20);
    expect(registered.status).toBe(201);
    expect(cleaned).toEqual({ ran: 1, message: undefined });
    expect(JSON.stringify(simulators.databricks.objects())).not.toContain('immuta');
  });

  it('cannot bootstrap twice, and leaves the first catalog alone', async () => {
    const { text } = await immuta('/integrations/scripts/create', databricksScriptRequest({ ...where(), ...systemToken() }));
    await runScript(text);

    const again = await runScript(text);

    expect(again).toMatchObject({ ran: 0, message: expect.stringContaining('CATALOG_ALREADY_EXISTS') });
    expect(simulators.databricks.hasCatalog('immuta')).toBe(true);
  });

  it('shows and resets the workspace from outside', async () => {
    const { text } = await immuta('/integrations/scripts/create', databricksScriptRequest({ ...where(), ...systemToken() }));
    await runScript(text);

    const objects = await fetch(`${simulators.control.url}/objects`);
    await fetch(`${simulators.control.url}/reset`, { method: 'POST' });

    expect(await objects.json()).toMatchObject({
      databricks: expect.arrayContaining([expect.objectContaining({ kind: 'CATALOG', name: 'immuta' })]),
    });
    expect(simulators.databricks.hasCatalog('immuta')).toBe(false);
  });
});

/** The statements of a script; written for these tests alone, so that no product code judges the simulator. */
function statementsOf(script: string): string[] {
  const flat = script.replaceAll(/\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|\/\*(?:[^*]|\*(?!\/))*\*\/)*\*\//g, '');
  const tokens = flat.match(/--[^\n]*|\$\$[\s\S]*?\$\$|'(?:[^'\\]|\\.)*'|`[^`]*`|;|[^;'`$-]+|[\s\S]/g) ?? [];
  const statements = [''];
  for (const token of tokens) {
    if (token === ';') statements.push('');
    else if (!token.startsWith('--')) statements.push((statements.pop() ?? '') + token);
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}
