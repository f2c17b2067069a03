// The plan of a run stands in its history, as the result of `preparePlan`. It is read from there and not from the memo: a memo comes with every
// list of runs, and a plan may be large.
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Plan } from '../domain/plan.js';

const firstEvents = 100; // it is the first activity; only a flood of signals could come before its result

/** The plan that a run made; `undefined` before it is made, and when there was nothing to plan. */
export async function planOfRun(client: Client, run: { readonly workflowId: string; readonly runId: string }): Promise<Plan | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: run,
    maximumPageSize: firstEvents,
  });
  const events = history?.events ?? [];
  const scheduled = events.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'preparePlan');
  if (scheduled?.eventId === undefined || scheduled.eventId === null) return undefined;
  const id = String(scheduled.eventId);
  const result = events.find(
    (event) => String(event.activityTaskCompletedEventAttributes?.scheduledEventId) === id,
  )?.activityTaskCompletedEventAttributes;
  const [prepared] = await decodeArrayFromPayloads(client.options.loadedDataConverter, result?.result?.payloads);
  const plan = typeof prepared === 'object' && prepared !== null && 'plan' in prepared ? prepared.plan : undefined;
  return typeof plan === 'object' && plan !== null && 'scripts' in plan ? (plan as Plan) : undefined;
}
