// The plan of a run stands in its history, as the result of the step that made it, and beside it the sealed scripts. They are read from there and not
// from the memo: a memo comes with every list of runs, and a plan may be large.
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { Plan } from '../domain/plan.js';
import type { Purpose, SealedScript } from '../domain/script.js';

const firstEvents = 100; // it is the first activity; only a flood of signals could come before its result
const manyEvents = 1_000; // a plan that came up later stands before the question that shows it

/** A plan, and its scripts under the key that only workers have. */
export interface PlannedScripts {
  readonly plan: Plan;
  readonly sealed: Readonly<Partial<Record<Purpose, SealedScript>>>;
}

/**
 * The plan that a run made; `undefined` before it is made, and when there was nothing to plan. With the digest of an open question the newest plan
 * that has it, where the run made another one later.
 */
export async function planOfRun(
  client: Client,
  run: { readonly workflowId: string; readonly runId: string },
  digest?: string,
): Promise<PlannedScripts | undefined> {
  const first = await plansIn(client, run, firstEvents);
  const [decided] = first;
  if (digest === undefined || decided?.plan.digest === digest) return decided;
  return (await plansIn(client, run, manyEvents)).findLast(({ plan }) => plan.digest === digest) ?? decided;
}

async function plansIn(
  client: Client,
  run: { readonly workflowId: string; readonly runId: string },
  maximumPageSize: number,
): Promise<PlannedScripts[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: run,
    maximumPageSize,
  });
  const events = history?.events ?? [];
  const planning = events.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) =>
    ['preparePlan', 'prepareRemoval'].includes(scheduled?.activityType?.name ?? '') ? [String(eventId)] : [],
  );
  const plans: PlannedScripts[] = [];
  for (const { activityTaskCompletedEventAttributes: completed } of events) {
    if (!planning.includes(String(completed?.scheduledEventId))) continue;
    const [prepared] = await decodeArrayFromPayloads(client.options.loadedDataConverter, completed?.result?.payloads);
    const { plan, bootstrap, cleanup } = fields(prepared);
    if ('scripts' in fields(plan))
      plans.push({ plan: plan as Plan, sealed: { ...sealedAs('bootstrap', bootstrap), ...sealedAs('cleanup', cleanup) } });
  }
  return plans;
}

function sealedAs(purpose: Purpose, script: unknown): PlannedScripts['sealed'] {
  return fields(script)['purpose'] === purpose && 'sealed' in fields(script) ? { [purpose]: script as SealedScript } : {};
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
