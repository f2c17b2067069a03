import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { DeregistrationRequest } from '../domain/deregistration-request.js';
import type { PreparedRemoval } from '../domain/plan.js';
import { isSame } from '../rules/left-over.js';
import { databaseOf } from '../rules/platform-facts.js';
import type { Activities } from './activity-options.js';
import { stepFailure } from './end.js';

export type LookedAtRemoval =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'planned'; readonly prepared: PreparedRemoval & { readonly kind: 'plan' }; readonly platform: PlatformPreflight };

/** Both sides are looked at side by side. Without a connection there is nothing to do, unless what it used still stands on the platform. */
export async function prepareRemoval(activities: Activities, request: DeregistrationRequest, firstRunId?: string): Promise<LookedAtRemoval> {
  const [immuta, platform] = await Promise.allSettled([
    activities.prepareRemoval({ request, firstRunId }),
    activities.preflightPlatform({ request }),
  ]);
  if (immuta.status === 'rejected') throw immuta.reason;
  if (platform.status === 'rejected') throw platform.reason;
  if (immuta.value.kind === 'plan') return { kind: 'planned', prepared: immuta.value, platform: platform.value };
  const left = platform.value.existing
    .filter(({ exists, object }) => exists && isSame(object, databaseOf(request.target)))
    .map(({ object: { kind, name } }) => `${kind} ${name}`);
  if (left.length === 0) return { kind: 'unchanged' };
  throw stepFailure({
    kind: 'not-found',
    message: `Immuta has no connection "${request.connectionKey}", but ${left.join(', ')} stands on ${request.target.host}. Nothing was deleted.`,
    next: 'Correct the connectionKey; or, if the connection was deleted without its cleanup script, have the owner drop what is listed.',
    step: 'prepareRemoval',
  });
}
