// What the tests of this folder share: the simulated workspace, whose authority a runner trusts through its environment, and sessions at it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DatabricksTarget } from '../../../domain/databricks-target.js';
import { Secret } from '../../../domain/secret.js';
import { platformOpener } from '../../../platforms/runner-pool.js';
import type { PlatformOptions, RunnerSession } from '../../../platforms/runner-pool.js';
import { startDatabricksSimulator } from '../../../simulators/databricks/server.js';
import type { DatabricksSimulator, DatabricksSimulatorOptions } from '../../../simulators/databricks/server.js';
import { Faults } from '../../../simulators/faults.js';
import { Ledger } from '../../../simulators/ledger.js';

export const token = 'dapi-canary-token-4711';
export const clientSecret = 'dose-canary-secret-4711';

export interface Stage {
  readonly platform: DatabricksSimulator;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly options: PlatformOptions;
  target(changes?: Readonly<Record<string, unknown>>): DatabricksTarget;
  open(changes?: Readonly<Record<string, unknown>>, options?: Partial<PlatformOptions>): Promise<RunnerSession>;
}

export const servicePrincipal = '0c8a0000-0000-4000-8000-000000000001';
export const asServicePrincipal = {
  privilegedUser: { authenticationType: 'oAuthM2M', clientId: servicePrincipal, clientSecret: 'env:CLIENT_SECRET' },
};
export const asPoorUser = { privilegedUser: { authenticationType: 'token', token: 'env:POOR_TOKEN' } };

export async function workspace(changes: Partial<DatabricksSimulatorOptions> = {}): Promise<Stage> {
  const [ledger, faults] = [new Ledger(), new Faults()];
  const principals = [
    { name: 'admin@example.com', token, admin: true, privileges: [] },
    { name: 'poor@example.com', token: 'dapi-poor', admin: false, privileges: [] },
    { name: servicePrincipal, clientId: servicePrincipal, clientSecret, admin: true, privileges: [] },
  ];
  const platform = await startDatabricksSimulator({ ledger, faults, principals, ...changes });
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-'));
  onTestFinished(async () => {
    await platform.close();
    rmSync(folder, { recursive: true });
  });
  const authority = join(folder, 'ca.pem');
  writeFileSync(authority, platform.caCert);
  const secrets: Readonly<Record<string, string>> = { 'env:TOKEN': token, 'env:CLIENT_SECRET': clientSecret, 'env:POOR_TOKEN': 'dapi-poor' };
  const options: PlatformOptions = {
    allowedHosts: [],
    allowLoopback: true,
    environment: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
    resolveSecret: (reference) => Promise.resolve(new Secret(secrets[reference] ?? 'no such secret')),
  };
  const target: Stage['target'] = (more = {}) =>
    DatabricksTarget.parse({
      technology: 'Databricks',
      host: platform.host,
      port: platform.port,
      httpPath: platform.httpPath,
      catalog: 'immuta',
      systemAccount: { authenticationType: 'token', token: 'env:UNUSED' },
      privilegedUser: { authenticationType: 'token', token: 'env:TOKEN' },
      ...more,
    });
  return {
    platform,
    ledger,
    faults,
    options,
    target,
    async open(more = {}, other = {}) {
      const session = await platformOpener({ ...options, ...other })(target(more), new AbortController().signal);
      onTestFinished(() => session.kill());
      return session;
    },
  };
}
