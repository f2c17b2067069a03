import * as requests from '../../../benchmarks/request.js';
import type { Sandbox } from '../../../dev/sandbox.js';
import type { RegistrationRequest } from '../../../domain/registration-request.js';
import type { ScenarioPlatform } from '../../scenarios/platforms.js';

/** Short enough for many kills in a minute, long enough for a busy machine: a lease that lapses for want of a processor is no defect. */
export const timing = { quietPeriod: '1s', heartbeatTimeout: '3s', verifyDeadline: '60s', pollInterval: '200ms' } as const;
export const quietPeriodMs = 1_000;
export const heartbeatTimeoutMs = 3_000;

/** What `mooring register` would start. */
export function requestOn(sandbox: Sandbox, platform: ScenarioPlatform, connectionKey: string): RegistrationRequest {
  return { ...requests.requestOn(platform, sandbox, connectionKey), timing };
}
