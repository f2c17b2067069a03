// What a test that fails tells of a run.
import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { stateOfDescription } from '../../client/run-state.js';

/** Where a run stands, as its server and its workers tell it. */
export async function accountOf(client: Client, workflowId: string, workerLog: string): Promise<string> {
  const description = await client.workflow.getHandle(workflowId).describe();
  const { status, phase, steps, gate } = await stateOfDescription(client, description);
  const { state, attempt, scheduledTime, startedTime } = description.raw.pendingWorkflowTask ?? {};
  const log = await readFile(workerLog, 'utf8').catch(() => '');
  return JSON.stringify(
    { status, phase, steps, attention: gate?.attention?.reason, task: { state, attempt, scheduledTime, startedTime }, log: log.slice(-4_000) },
    undefined,
    1,
  );
}
