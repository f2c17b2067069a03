// What a scenario's manifest says of each platform, where the test does not say otherwise; and what of a run can be left there.
import type { Sandbox } from '../../dev/sandbox.js';
import type { SimulatedObjects } from '../../dev/simulator-control.js';

export const platforms = ['Snowflake', 'Databricks'] as const;
export type ScenarioPlatform = (typeof platforms)[number];

export interface ManifestTarget {
  /** The database, on Databricks the catalog. */
  readonly database?: string;
  readonly systemAccount?: string;
  readonly privilegedUser?: string;
  readonly warehouse?: string;
  readonly httpPath?: string;
}

/** The lines of an entry that say where it goes and who logs in there. */
export const targetLines: Readonly<Record<ScenarioPlatform, (sandbox: Sandbox, target: ManifestTarget) => readonly string[]>> = {
  Snowflake: ({ simulators: { snowflake }, secretFolder }, { database = 'IMMUTA', warehouse = snowflake.warehouse, ...accounts }) => {
    const user = (name: string, role: string, file: string): string =>
      `{ authenticationType: keyPair, username: ${name}, role: ${role}, privateKey: 'file:${secretFolder}/${file}' }`;
    return [
      `host: ${snowflake.host}`,
      `port: ${snowflake.port}`,
      `warehouse: ${warehouse}`,
      `database: ${database}`,
      `systemAccount: ${accounts.systemAccount ?? user('IMMUTA_SYSTEM_ACCOUNT', 'IMMUTA_SYSTEM', 'immuta.p8')}`,
      `privilegedUser: ${accounts.privilegedUser ?? user('MOORING_ADMIN', 'ACCOUNTADMIN', 'admin.p8')}`,
    ];
  },
  Databricks: ({ simulators: { databricks }, secretFolder }, { database = 'immuta', httpPath = databricks.httpPath, ...accounts }) => {
    const client = `clientId: ${databricks.systemAccount.clientId}, clientSecret: 'file:${secretFolder}/databricks-immuta.client-secret'`;
    return [
      `host: ${databricks.host}`,
      `port: ${databricks.port}`,
      `httpPath: ${httpPath}`,
      `catalog: ${database}`,
      `systemAccount: ${accounts.systemAccount ?? `{ authenticationType: oAuthM2M, oAuthClientConfig: { ${client}, authorityUrl: '${databricks.tokenUrl}' } }`}`,
      `privilegedUser: ${accounts.privilegedUser ?? `{ authenticationType: token, token: 'file:${secretFolder}/databricks.token' }`}`,
    ];
  },
};

/** Objects of ours that stand on the simulated platforms, in words. */
export function ownObjects({ snowflake, databricks }: SimulatedObjects): readonly string[] {
  return [
    ...snowflake.filter(({ name }) => name === 'IMMUTA' || name === 'IMMUTA_SYSTEM'),
    ...databricks.filter(({ kind, name }) => kind.toLowerCase() === 'catalog' && name === 'immuta'),
  ].map(({ kind, name }) => `${kind} ${name}`);
}
