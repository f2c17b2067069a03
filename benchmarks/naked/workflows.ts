// The honest opponent: the smallest workflow that makes the same remote calls in the same number of activities on the same kind of queues. It plans
// nothing, asks nobody, journals nothing, undoes nothing and encrypts nothing.
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ImmutaActivities, PlatformActivities, Work } from './activities.js';
import type { DatabricksLogin } from './databricks.js';

export async function nakedRegistration(work: Work): Promise<number> {
  const immuta = proxyActivities<ImmutaActivities>({ startToCloseTimeout: '2m' });
  const platform = proxyActivities<PlatformActivities>({ startToCloseTimeout: '2m', taskQueue: `${workflowInfo().taskQueue}-platform` });
  const [statements] = await Promise.all([immuta.fetchStatements(work), platform.look(work)]);
  await platform.runStatements(work, statements);
  return immuta.connect(work);
}

/** `absence`: what is asked at the end, when everything is gone. */
export async function nakedDeregistration(work: Work, absence: readonly string[]): Promise<void> {
  const immuta = proxyActivities<ImmutaActivities>({ startToCloseTimeout: '2m' });
  const platform = proxyActivities<PlatformActivities>({ startToCloseTimeout: '2m', taskQueue: `${workflowInfo().taskQueue}-platform` });
  const [{ integrationId, statements }] = await Promise.all([immuta.findRemoval(work), platform.look(work)]);
  await immuta.disconnect(work, integrationId);
  await platform.runStatements(work, statements);
  await platform.runStatements(work, absence);
}

/** The script alone. */
export async function nakedScript(work: Work, statements: readonly string[]): Promise<void> {
  const { runStatements } = proxyActivities<PlatformActivities>({ startToCloseTimeout: '5m', taskQueue: `${workflowInfo().taskQueue}-platform` });
  await runStatements(work, statements);
}

/** The script alone, on Databricks. */
export async function nakedDatabricksScript(login: DatabricksLogin, statements: readonly string[]): Promise<void> {
  const { runOnDatabricks } = proxyActivities<PlatformActivities>({ startToCloseTimeout: '5m', taskQueue: `${workflowInfo().taskQueue}-platform` });
  await runOnDatabricks(login, statements);
}
