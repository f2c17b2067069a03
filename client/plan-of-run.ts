// The plan of a run stands in its history, as the result of `preparePlan`, and nowhere else: a memo is sent with every list, and a large plan would
// not fit into one.
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Plan, PreparedPlan } from '../domain/plan.js';

/** The plan people decide on, with redacted text; `undefined` before it is made, or where it cannot be decrypted. */
export async function readPlanOfRun(client: Client, { workflowId, runId }: { readonly workflowId: string; readonly runId: string }): Promise<Plan | undefined> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const scheduled = events?.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'preparePlan')?.eventId;
  if (scheduled === undefined || scheduled === null) return undefined;
  const completed = events?.find((event) => event.activityTaskCompletedEventAttributes?.scheduledEventId?.toString() === scheduled.toString());
  const payloads = completed?.activityTaskCompletedEventAttributes?.result?.payloads;
  const [prepared] = (await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads)) as [PreparedPlan?];
  return prepared?.kind === 'plan' ? prepared.plan : undefined;
}
