// The manifests of the demo, as a person writes them: one connection to the simulators, references instead of secrets.
import type { Platform } from '../domain/script.js';
import type { Sandbox } from './sandbox.js';

export interface DemoEntry {
  readonly key: string;
  readonly platform: Platform;
  readonly policy: 'automatic' | 'approval';
}

export function manifestText(sandbox: Sandbox, { key, platform, policy }: DemoEntry): string {
  return `immuta:
  url: ${sandbox.simulators.immuta.url}
  secret: file:${sandbox.secretFolder}/immuta.api-key
connections:
  ${key}:
${targets[platform](sandbox)}
    script: { policy: ${policy}, expiresAfter: 1h }
`;
}

const targets: Readonly<Record<Platform, (sandbox: Sandbox) => string>> = {
  Snowflake: ({ simulators: { snowflake }, secretFolder }) => `    technology: Snowflake
    host: ${snowflake.host}
    port: ${snowflake.port}
    warehouse: ${snowflake.warehouse}
    database: IMMUTA
    systemAccount:
      authenticationType: keyPair
      username: IMMUTA_SYSTEM_ACCOUNT
      role: IMMUTA_SYSTEM
      privateKey: file:${secretFolder}/immuta.p8
    privilegedUser:
      authenticationType: keyPair
      username: MOORING_ADMIN
      role: ACCOUNTADMIN
      privateKey: file:${secretFolder}/admin.p8`,
  Databricks: ({ simulators: { databricks }, secretFolder }) => `    technology: Databricks
    host: ${databricks.host}
    port: ${databricks.port}
    httpPath: ${databricks.httpPath}
    catalog: immuta
    systemAccount:
      authenticationType: oAuthM2M
      oAuthClientConfig:
        clientId: ${databricks.systemAccount.clientId}
        clientSecret: file:${secretFolder}/databricks-immuta.client-secret
        authorityUrl: ${databricks.tokenUrl}
    privilegedUser:
      authenticationType: oAuthM2M
      clientId: ${databricks.privilegedUser.clientId}
      clientSecret: file:${secretFolder}/databricks.client-secret`,
};
