import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { CommandError } from './command-error.js';
import type { Connections, RunName } from './connections.js';
import { operationOf, requestSha256 } from './request-hash.js';
import { isOpen } from './run-state.js';

const attempts = 3; // the run that was in the way may end while we look at it

/**
 * Starts a run, or joins the one that already does exactly this. Throws a `CommandError` of kind `connection-held` when another one holds the
 * connection, for whichever operation.
 */
export async function startOrJoin(connections: Connections, request: ConnectionRequest): Promise<{ run: RunName; joined: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const answer = await connections.start(request);
    if (answer.kind === 'started') return { run: answer.run, joined: false };
    const holder = await connections.describe({ workflowId: answer.workflowId });
    if (!isOpen(holder) && attempt < attempts) continue;
    const same = holder.operation === operationOf(request);
    if (same && holder.requestSha256 === requestSha256(request)) {
      return { run: { workflowId: holder.workflowId, runId: holder.runId }, joined: true };
    }
    const what = `${same ? 'another manifest entry' : 'a run'} ${holder.operation}s`;
    throw new CommandError(
      'connection-held',
      `${what} ${holder.connectionKey}: asked for by ${holder.requester ?? 'somebody unknown'} at ${holder.startedAt}, phase ${holder.phase ?? 'unknown'}, run ${holder.runId}.`,
      `Follow it with "mooring watch ${holder.workflowId}", or cancel it with "mooring cancel ${holder.workflowId}" and start again.`,
    );
  }
}
