// What `register` and `deregister` have in common: start or join, follow, conclude.
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { ExitCode } from './exit-code.js';
import type { Output } from './output.js';
import { operationOf } from './request-hash.js';
import { words } from './safe-text.js';
import type { Shell } from './shell.js';
import { untilInterrupted, withConnections } from './shell.js';

export interface FollowChoices {
  readonly workerCheck: boolean;
  /** `false`: return at once. `true`: stay, whatever happens. A number: stay at most so many ms. Absent: return when a person is needed. */
  readonly wait?: boolean | number;
}

export async function runToEnd(shell: Shell, output: Output, request: ConnectionRequest, { workerCheck, wait }: FollowChoices): Promise<ExitCode> {
  return withConnections(shell, output, async (connections, { taskQueue }) => {
    const { checkWorkers } = await import('./check-workers.js');
    const { startOrJoin } = await import('./start-run.js');
    const { presentRun } = await import('./present-run.js');
    const { concludeRun } = await import('./conclude-run.js');

    if (workerCheck) await checkWorkers(connections, taskQueue);
    const { run, joined } = await startOrJoin(connections, request);
    output.say(words`${joined ? 'joined the run that does this already' : 'started'}: ${run.workflowId} ${run.runId ?? ''}`);
    const followed = await untilInterrupted((signal) =>
      presentRun(connections, run, {
        output,
        signal,
        stay: wait === true || typeof wait === 'number',
        limitMs: wait === false ? 0 : typeof wait === 'number' ? wait : undefined,
        operation: operationOf(request),
      }),
    );
    return concludeRun(output, followed, request.connectionKey);
  });
}
