// What a test that fails tells of a run.
import { readFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';

/** Where a run stands, as its server and its workers tell it. */
export async function accountOf(handle: WorkflowHandle, workerLog: string): Promise<string> {
  const { status, raw } = await handle.describe();
  const log = await readFile(workerLog, 'utf8').catch(() => '');
  const activities = (raw.pendingActivities ?? []).map(({ activityType, state, attempt, lastHeartbeatTime, lastFailure }) => ({
    activity: activityType?.name,
    state,
    attempt,
    lastHeartbeatTime,
    lastFailure: lastFailure?.message,
  }));
  const { state, attempt, scheduledTime, startedTime } = raw.pendingWorkflowTask ?? {};
  return JSON.stringify(
    { status: status.name, activities, task: { state, attempt, scheduledTime, startedTime }, log: log.slice(-4_000) },
    undefined,
    1,
  );
}
