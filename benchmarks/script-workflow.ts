// A workflow around the product's own script activity and nothing else: the script bench measures how statements run, not what surrounds a script.
import { proxyActivities } from '@temporalio/workflow';
import type { PlatformActivities } from '../activities/index.js';
import type { RunScriptInput } from '../activities/run-script.js';

export async function oneScript(platformQueue: string, input: RunScriptInput): Promise<void> {
  const { heartbeatTimeout } = input.request.timing;
  const { runScript } = proxyActivities<PlatformActivities>({ taskQueue: platformQueue, startToCloseTimeout: '5m', heartbeatTimeout });
  await runScript(input);
}
