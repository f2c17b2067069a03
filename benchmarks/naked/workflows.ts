// The honest opponent: the smallest workflow that makes the same remote calls in the same number of activities on the same kind of queues. It plans
// nothing, asks nobody, journals nothing, undoes nothing and encrypts nothing.
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ImmutaActivities, PlatformActivities, Work } from './activities.js';

export async function nakedRegistration(work: Work): Promise<number> {
  const immuta = proxyActivities<ImmutaActivities>({ startToCloseTimeout: '2m' });
  const platform = proxyActivities<PlatformActivities>({ startToCloseTimeout: '2m', taskQueue: `${workflowInfo().taskQueue}-platform` });
  const [statements] = await Promise.all([immuta.fetchStatements(work), platform.look(work)]);
  await platform.runStatements(work, statements);
  return immuta.connect(work);
}

/** The script alone. */
export async function nakedScript(work: Work, statements: readonly string[]): Promise<void> {
  const { runStatements } = proxyActivities<PlatformActivities>({ startToCloseTimeout: '5m', taskQueue: `${workflowInfo().taskQueue}-platform` });
  await runStatements(work, statements);
}
