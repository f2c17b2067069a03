// What the plans of both operations have in common: the fingerprints, and what a request says of itself.
import { activityInfo } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Plan, PlanTarget } from '../domain/plan.js';
import { databaseOf } from '../rules/platform-facts.js';
import { planDigest, planSha256, type JsonValue, type PlanContent } from '../sql/digest.js';

/** `firstRunId` binds the digest to one run; without it the plan has none, and nobody can decide on it. */
export function fingerprints(
  content: PlanContent,
  { requester, script }: ConnectionRequest,
  firstRunId: string | undefined,
): Pick<Plan, 'digest' | 'planSha256'> {
  const { workflowExecution, workflowNamespace } = activityInfo();
  const bound = {
    ...content,
    namespace: workflowNamespace ?? '',
    workflowId: workflowExecution?.workflowId ?? '',
    requester,
    expiresAfter: script.expiresAfter,
  };
  return { ...(firstRunId === undefined ? {} : { digest: planDigest({ ...bound, firstRunId }) }), planSha256: planSha256(content) };
}

/** What the request is in JSON: a field that is absent and one that is undefined are the same to a digest. */
export function jsonOf(part: object): JsonValue {
  return JSON.parse(JSON.stringify(part)) as JsonValue;
}

/** Where its scripts run. */
export function planTarget({ target }: ConnectionRequest): PlanTarget {
  return { platform: target.technology, host: target.host, database: databaseOf(target).name };
}
