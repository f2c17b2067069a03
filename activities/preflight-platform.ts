import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Check } from '../rules/check.js';
import { checksFor } from '../rules/standing-checks.js';
import { applicationFailure, refuseFailed } from './application-failure.js';
import { lookAtPlatform } from './platform-checks.js';
import type { ObjectState, OpenPlatform } from './ports.js';
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
      const { identity, checks: found, existing } = await lookAtPlatform(openPlatform, request, cancellationSignal());
      const checks = checksFor(request, found);
      refuseFailed(checks);
      const historyReadable = checks.some(({ name, status }) => name === 'query history' && status === 'passed');
      return { identity, checks, historyReadable, existing };
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}
