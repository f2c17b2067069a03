import { join } from 'node:path';
import { registrationRequest } from '../../../benchmarks/request.js';
import type { Sandbox } from '../../../dev/sandbox.js';
import { RegistrationRequest } from '../../../domain/registration-request.js';
import type { ScenarioPlatform } from '../../scenarios/platforms.js';

/** Short enough for many kills in a minute, long enough for a busy machine: a lease that lapses for want of a processor is no defect. */
export const timing = { quietPeriod: '1s', heartbeatTimeout: '2s', verifyDeadline: '60s', pollInterval: '200ms' } as const;
export const quietPeriodMs = 1_000;
export const heartbeatTimeoutMs = 2_000;

/** What `mooring register` would start. */
export function requestOn(sandbox: Sandbox, platform: ScenarioPlatform, connectionKey: string): RegistrationRequest {
  const snowflake = { ...registrationRequest(sandbox, connectionKey), timing };
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
