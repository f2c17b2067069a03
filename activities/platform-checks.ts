// What must be true on the platform before a script is worth a decision: a login, and the read-only checks that the session makes. `preflightPlatform`
// stops at the first check that failed, `checkPlatform` shows all.
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Check } from '../rules/check.js';
import type { ObjectState, OpenPlatform, PlatformSession } from './ports.js';

export interface PlatformLook {
  readonly identity: PlatformSession['identity'];
  readonly checks: readonly Check[];
  readonly existing: readonly ObjectState[];
}

/** One login as the privileged user. Throws what the port throws, and closes the session whatever happens. */
export async function lookAtPlatform(openPlatform: OpenPlatform, { target }: ConnectionRequest, signal: AbortSignal): Promise<PlatformLook> {
  const session = await openPlatform(target, signal);
  try {
    return { identity: session.identity, ...(await session.preflight(target)) };
  } finally {
    await session.close();
  }
}
