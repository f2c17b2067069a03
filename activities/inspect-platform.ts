import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ObjectReference } from '../domain/plan.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { applicationFailure } from './application-failure.js';
import type { ObjectState, OpenPlatform } from './ports.js';
import { readConnectionRequest } from './request.js';

/** Looks at objects as they stand now: before an undo, to choose; after it, to prove absence. Reads only. */
export function createInspectPlatform({ openPlatform }: { readonly openPlatform: OpenPlatform }) {
  return async function inspectPlatform(input: {
    readonly request: ConnectionRequest;
    readonly objects: readonly ObjectReference[];
  }): Promise<readonly ObjectState[]> {
    try {
      const request = readConnectionRequest(input.request);
      const session = await openPlatform(request.target, cancellationSignal());
      try {
        return await session.inspect(input.objects);
      } finally {
        await session.close();
      }
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}
