import type { PlatformPreflight } from '../activities/preflight-platform.js';
import type { PreparedPlan } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import type { Activities } from './activity-options.js';

export type Prepared =
  | { readonly kind: 'unchanged'; readonly integrationId: number }
  | { readonly kind: 'planned'; readonly prepared: PreparedPlan & { readonly kind: 'plan' }; readonly platform: PlatformPreflight };

/** Both sides are looked at side by side. What Immuta says comes first: where there is nothing to do, the platform's objects are there for good reason. */
export async function prepare(activities: Activities, request: RegistrationRequest, firstRunId?: string): Promise<Prepared> {
  const [immuta, platform] = await Promise.allSettled([activities.preparePlan({ request, firstRunId }), activities.preflightPlatform({ request })]);
  if (immuta.status === 'rejected') throw immuta.reason;
  const prepared = immuta.value;
  if (prepared.kind === 'unchanged') return { kind: 'unchanged', integrationId: prepared.integrationId };
  if (platform.status === 'rejected') throw platform.reason;
  return { kind: 'planned', prepared, platform: platform.value };
}
