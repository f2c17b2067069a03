// What a scenario has to know of each platform: its manifest, where the test does not say otherwise; where faults meet it; what of a run can be left there.
import type { Sandbox } from '../../dev/sandbox.js';
import type { SimulatedObjects } from '../../dev/simulator-control.js';

export const platformNames = ['Snowflake', 'Databricks'] as const;
export type ScenarioPlatform = (typeof platformNames)[number];

export interface PlatformTraits {
  /** The lines of an entry that say where it goes and who logs in there. */
  manifestLines(sandbox: Sandbox, target: ManifestTarget): readonly string[];
  /** What the bootstrap script creates first, as messages name it. */
  readonly database: string;
  /** Stands in the last statement of the cleanup script. */
  readonly drops: string;
  /** A cleanup script without IF EXISTS that drops one thing twice. */
  readonly bareDrops: string;
  /** What a person runs to be rid of all that a registration makes. */
  readonly drop: string;
  /** What a registration leaves there for good, as the simulators name it. */
  readonly standing: readonly string[];
  /** Faults meet every statement here. */
  readonly statement: string;
  /** And here those that change something. */
  readonly write: string;
  /** A statement that drops what was there before any run, and its object as messages name it. */
  readonly foreign: { readonly drop: string; readonly object: string };
  /** What refuses a statement for want of a privilege. */
  readonly lacksPrivilege: string;
}

export interface ManifestTarget {
  /** The database, on Databricks the catalog. */
  readonly database?: string;
  readonly systemAccount?: string;
  readonly privilegedUser?: string;
  readonly warehouse?: string;
  readonly httpPath?: string;
  readonly host?: string;
}

/** Objects of ours that stand on the simulated platforms, in words. */
export function ownObjects({ snowflake, databricks }: SimulatedObjects): readonly string[] {
  return [
    ...snowflake.filter(({ name }) => name === 'IMMUTA' || name === 'IMMUTA_SYSTEM'),
    ...databricks.filter(({ kind, name }) => kind.toLowerCase() === 'catalog' && name === 'immuta'),
  ].map(({ kind, name }) => `${kind} ${name}`);
}

export const platforms: Readonly<Record<ScenarioPlatform, PlatformTraits>> = {
  Snowflake: {
    database: 'database IMMUTA',
    drops: 'DROP ROLE',
    bareDrops: 'USE ROLE ACCOUNTADMIN;\nDROP DATABASE "IMMUTA";\nDROP ROLE "IMMUTA_SYSTEM";\nDROP ROLE "IMMUTA_SYSTEM";\n',
    drop: 'USE ROLE ACCOUNTADMIN;\nDROP DATABASE IF EXISTS "IMMUTA";\nDROP ROLE IF EXISTS "IMMUTA_SYSTEM";\n',
    standing: ['DATABASE IMMUTA', 'ROLE IMMUTA_SYSTEM'],
    statement: 'snowflake:query',
    write: 'snowflake:write',
    lacksPrivilege: '003001',
    foreign: { drop: 'USE ROLE ACCOUNTADMIN;\nDROP WAREHOUSE IF EXISTS "IMMUTA_WH";\n', object: 'warehouse IMMUTA_WH' },
    manifestLines(
      { simulators: { snowflake }, secretFolder },
      { host = snowflake.host, database = 'IMMUTA', warehouse = snowflake.warehouse, ...accounts },
    ) {
      const user = (name: string, role: string, file: string): string =>
        `{ authenticationType: keyPair, username: ${name}, role: ${role}, privateKey: 'file:${secretFolder}/${file}' }`;
      return [
        `host: ${host}`,
        `port: ${snowflake.port}`,
        `warehouse: ${warehouse}`,
        `database: ${database}`,
        `systemAccount: ${accounts.systemAccount ?? user('IMMUTA_SYSTEM_ACCOUNT', 'IMMUTA_SYSTEM', 'immuta.p8')}`,
        `privilegedUser: ${accounts.privilegedUser ?? user('MOORING_ADMIN', 'ACCOUNTADMIN', 'admin.p8')}`,
      ];
    },
  },
  Databricks: {
    database: 'catalog immuta',
    drops: 'DROP CATALOG',
    bareDrops: 'DROP CATALOG `immuta` CASCADE;\nDROP CATALOG `immuta` CASCADE;\n',
    drop: 'DROP CATALOG IF EXISTS `immuta` CASCADE;\n',
    standing: ['CATALOG immuta'],
    statement: 'databricks:ExecuteStatement',
    write: 'databricks:write',
    lacksPrivilege: 'INSUFFICIENT_PERMISSIONS',
    foreign: { drop: 'DROP CATALOG IF EXISTS `main` CASCADE;\n', object: 'catalog main' },
    manifestLines(
      { simulators: { databricks }, secretFolder },
      { host = databricks.host, database = 'immuta', httpPath = databricks.httpPath, ...accounts },
    ) {
      const client = `clientId: ${databricks.systemAccount.clientId}, clientSecret: 'file:${secretFolder}/databricks-immuta.client-secret'`;
      return [
        `host: ${host}`,
        `port: ${databricks.port}`,
        `httpPath: ${httpPath}`,
        `catalog: ${database}`,
        `systemAccount: ${accounts.systemAccount ?? `{ authenticationType: oAuthM2M, oAuthClientConfig: { ${client}, authorityUrl: '${databricks.tokenUrl}' } }`}`,
        `privilegedUser: ${accounts.privilegedUser ?? `{ authenticationType: token, token: 'file:${secretFolder}/databricks.token' }`}`,
      ];
    },
  },
};
