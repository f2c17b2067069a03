import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { applicationFailure, refusal } from './application-failure.js';
import type { Check, ObjectState, OpenPlatform } from './ports.js';
import { readConnectionRequest, refuseShortTiming } from './request.js';

/** What the platform looked like before the run wrote anything. */
export interface PlatformPreflight {
  /** As the platform reports them: the script's session must be the same. */
  readonly identity: { readonly user: string; readonly role: string };
  readonly checks: readonly Check[];
  /** Whether the platform's own history can tell after a crash what became of a statement. */
  readonly historyReadable: boolean;
  /** The objects the manifest names, as they stood. */
  readonly existing: readonly ObjectState[];
}

/** Logs in as the privileged user and runs the read-only checks; throws on the first failed one. */
export function createPreflightPlatform({
  openPlatform,
  allowShortTiming,
}: {
  readonly openPlatform: OpenPlatform;
  readonly allowShortTiming: boolean;
}) {
  return async function preflightPlatform(input: { readonly request: ConnectionRequest }): Promise<PlatformPreflight> {
    try {
      const request = readConnectionRequest(input.request);
      refuseShortTiming(request, allowShortTiming);
      const session = await openPlatform(request.target, cancellationSignal());
      try {
        const { checks: found, existing } = await session.preflight(request.target);
        const checks = 'operation' in request ? found.map(forRemoval) : request.script.policy === 'external' ? found.map(forReading) : found;
        const failed = checks.find(({ status }) => status === 'failed');
        if (failed !== undefined) throw refusal(failed.kind ?? 'invalid-request', failed.message, failed.cure);
        const historyReadable = checks.some(({ name, status }) => name === 'query history' && status === 'passed');
        return { identity: session.identity, checks, historyReadable, existing };
      } finally {
        await session.close();
      }
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}

/** Who runs the script elsewhere needs the privileges: this user only reads. */
function forReading(check: Check): Check {
  return check.status === 'failed' && check.kind === 'permission-missing' ? { ...check, status: 'warning' } : check;
}

/** What a removal takes away is there, and what only a registration needs may be missing. */
function forRemoval(check: Check): Check {
  if (check.status !== 'failed') return check;
  if (check.kind === 'already-exists')
    return { name: check.name, status: 'passed', message: `What the ${check.name} check looks for is there.`, cure: '' };
  return check.kind === 'permission-missing' || check.kind === 'not-found' ? { ...check, status: 'warning' } : check;
}
