// One registration as both sides are asked for it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxTiming, type Sandbox } from '../dev/sandbox.js';
import { DeregistrationRequest } from '../domain/deregistration-request.js';
import { RegistrationRequest } from '../domain/registration-request.js';
import type { Platform } from '../domain/script.js';
import { durationMs } from '../rules/duration.js';
import { connectionPayload, scriptPayload } from '../immuta/payloads.js';
import type { Work } from './naked/activities.js';
import type { DatabricksLogin } from './naked/databricks.js';

/** What `mooring register` would start for a key pair on both sides. */
export function registrationRequest({ simulators, secretFolder }: Sandbox, connectionKey: string): RegistrationRequest {
  const { host, port, warehouse } = simulators.snowflake;
  const keyPair = (username: string, role: string, file: string) => ({
    authenticationType: 'keyPair',
    username,
    role,
    privateKey: `file:${join(secretFolder, file)}`,
  });
  return RegistrationRequest.parse({
    connectionKey,
    immuta: { url: simulators.immuta.url, secret: `file:${join(secretFolder, 'immuta.api-key')}` },
    target: {
      technology: 'Snowflake',
      host,
      port,
      warehouse,
      database: 'IMMUTA',
      systemAccount: keyPair('IMMUTA_SYSTEM_ACCOUNT', 'IMMUTA_SYSTEM', 'immuta.p8'),
      privilegedUser: keyPair('MOORING_ADMIN', 'ACCOUNTADMIN', 'admin.p8'),
    },
    script: { policy: 'automatic', expiresAfter: '1h' },
    requester: 'benchmark@example.com',
    timing: sandboxTiming,
  });
}

/** The same on either platform; on Databricks with a token, and a service principal for Immuta. */
export function requestOn(platform: Platform, sandbox: Sandbox, connectionKey: string): RegistrationRequest {
  const snowflake = registrationRequest(sandbox, connectionKey);
  if (platform === 'Snowflake') return snowflake;
  const { host, port, httpPath, tokenUrl, systemAccount } = sandbox.simulators.databricks;
  const secret = (file: string): string => `file:${join(sandbox.secretFolder, file)}`;
  const { clientId } = systemAccount;
  const oAuthClientConfig = { clientId, clientSecret: secret('databricks-immuta.client-secret'), authorityUrl: tokenUrl };
  return RegistrationRequest.parse({
    ...snowflake,
    target: {
      technology: 'Databricks',
      host,
      port,
      httpPath,
      catalog: 'immuta',
      systemAccount: { authenticationType: 'oAuthM2M', oAuthClientConfig },
      privilegedUser: { authenticationType: 'token', token: secret('databricks.token') },
    },
  });
}

/** What `mooring deregister` would start for it. */
export function deregistrationRequest(sandbox: Sandbox, connectionKey: string): DeregistrationRequest {
  return DeregistrationRequest.parse({ ...registrationRequest(sandbox, connectionKey), operation: 'deregister' });
}

/** The same for the naked side, with the bodies of its requests ready. */
export async function nakedWork(sandbox: Sandbox, connectionKey: string, recorded: Pick<Work, 'greeting' | 'lookStatements'>): Promise<Work> {
  const { immuta, target, timing } = registrationRequest(sandbox, connectionKey);
  const reveal = async (reference: string): Promise<string> => (await readFile(reference.replace(/^file:/, ''), 'utf8')).trim();
  return {
    immutaUrl: immuta.url,
    apiKeyFile: join(sandbox.secretFolder, 'immuta.api-key'),
    connectionKey,
    scriptBody: await scriptPayload(target, reveal),
    connectionBody: await connectionPayload(connectionKey, target, reveal),
    pollIntervalMs: durationMs(timing.pollInterval),
    snowflake: snowflakeLogin(sandbox),
    ...recorded,
  };
}

export function snowflakeLogin({ simulators, secretFolder }: Sandbox): Work['snowflake'] {
  const { host, port, warehouse } = simulators.snowflake;
  return {
    accessUrl: `http://${host}:${port}`,
    username: 'MOORING_ADMIN',
    role: 'ACCOUNTADMIN',
    warehouse,
    privateKeyFile: join(secretFolder, 'admin.p8'),
  };
}

export function databricksLogin({ simulators, secretFolder, authorityFile }: Sandbox): DatabricksLogin {
  const { host, port, httpPath } = simulators.databricks;
  return { host, port, path: httpPath, tokenFile: join(secretFolder, 'databricks.token'), authorityFile };
}
