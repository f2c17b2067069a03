import { workflowInfo } from '@temporalio/workflow';
import type { EffectivePolicy, Plan } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import type { Check } from '../activities/ports.js';
import { activitiesFor } from './activity-options.js';
import { prepare } from './prepare.js';
import { readInput } from './read-input.js';

/** What a registration would do, as far as anyone can tell before it starts. */
export type PlanResult =
  | { readonly kind: 'unchanged'; readonly integrationId: number; readonly workflowId: string }
  | { readonly kind: 'plan'; readonly plan: Plan; readonly policy: EffectivePolicy; readonly checks: readonly Check[] };

/** Plans a registration and writes nothing. Its plan has no digest: nobody can decide on it. */
export async function planConnection(input: RegistrationRequest): Promise<PlanResult> {
  const request = readInput(input);
  const looked = await prepare(activitiesFor(request.timing), request);
  if (looked.kind === 'unchanged') return { kind: 'unchanged', integrationId: looked.integrationId, workflowId: workflowInfo().workflowId };
  return { kind: 'plan', plan: looked.prepared.plan, policy: looked.prepared.policy, checks: looked.platform.checks };
}
