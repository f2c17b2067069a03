import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { ObjectReference } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { applicationFailure } from './application-failure.js';
import type { ObjectState, OpenPlatform } from './ports.js';
import { readRequest } from './request.js';

/** Looks at objects as they stand now: before an undo, to choose; after it, to prove absence. Reads only. */
export function createInspectPlatform({ openPlatform }: { readonly openPlatform: OpenPlatform }) {
  return async function inspectPlatform(input: {
    readonly request: RegistrationRequest;
    readonly objects: readonly ObjectReference[];
  }): Promise<readonly ObjectState[]> {
    try {
      const request = readRequest(input.request);
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
