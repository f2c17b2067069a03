import * as requests from '../../../benchmarks/request.js';
import { sandboxTiming, type Sandbox } from '../../../dev/sandbox.js';
import type { RegistrationRequest } from '../../../domain/registration-request.js';
import { durationMs } from '../../../rules/duration.js';
import type { ScenarioPlatform } from '../../scenarios/platforms.js';

/** Short enough for many kills in a minute, long enough for a busy machine: a lease that lapses for want of a processor is no defect. */
export const timing = { ...sandboxTiming, verifyDeadline: '60s' } as const;
export const quietPeriodMs = durationMs(timing.quietPeriod);
export const heartbeatTimeoutMs = durationMs(timing.heartbeatTimeout);

/** What `mooring register` would start. */
export function requestOn(sandbox: Sandbox, platform: ScenarioPlatform, connectionKey: string): RegistrationRequest {
  return { ...requests.requestOn(platform, sandbox, connectionKey), timing };
}
