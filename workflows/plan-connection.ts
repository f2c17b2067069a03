import { workflowInfo } from '@temporalio/workflow';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { EffectivePolicy, Plan } from '../domain/plan.js';
import type { Check } from '../rules/check.js';
import { activitiesFor } from './activity-options.js';
import { prepare } from './prepare.js';
import { prepareRemoval } from './prepare-removal.js';
import { readInput } from './read-input.js';

/** What an operation would do, as far as anyone can tell before it starts. */
export type PlanResult =
  | { readonly kind: 'unchanged'; readonly integrationId?: number; readonly workflowId: string }
  | { readonly kind: 'plan'; readonly plan: Plan; readonly policy: EffectivePolicy; readonly checks: readonly Check[] };

/** Plans a registration or a deregistration and writes nothing. Its plan has no digest: nobody can decide on it. */
export async function planConnection(input: ConnectionRequest): Promise<PlanResult> {
  const request = readInput(input);
  const activities = activitiesFor(request.timing);
  const { workflowId } = workflowInfo();
  const looked = 'operation' in request ? await prepareRemoval(activities, request) : await prepare(activities, request);
  if (looked.kind === 'unchanged') return { workflowId, ...looked };
  return { kind: 'plan', plan: looked.prepared.plan, policy: looked.prepared.policy, checks: looked.platform.checks };
}
