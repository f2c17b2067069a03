import type { RegistrationRequest } from '../domain/registration-request.js';
import { CommandError } from './command-error.js';
import type { Connections, RunName } from './connections.js';
import { requestSha256 } from './request-hash.js';
import { isOpen } from './run-state.js';

const attempts = 3; // the run that was in the way may end while we look at it

/**
 * Starts a registration, or joins the run that already does exactly this. Throws a `CommandError` of kind `connection-held` when another one holds
 * the connection.
 */
export async function startOrJoin(connections: Connections, request: RegistrationRequest): Promise<{ run: RunName; joined: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const answer = await connections.startRegistration(request);
    if (answer.kind === 'started') return { run: answer.run, joined: false };
    const holder = await connections.describe({ workflowId: answer.workflowId });
    if (!isOpen(holder) && attempt < attempts) continue;
    if (holder.operation === 'register' && holder.requestSha256 === requestSha256('register', request)) {
      return { run: { workflowId: holder.workflowId, runId: holder.runId }, joined: true };
    }
    const what = holder.operation === 'register' ? 'another manifest entry registers' : 'a run deregisters';
    throw new CommandError(
      'connection-held',
      `${what} ${holder.connectionKey}: asked for by ${holder.requester ?? 'somebody unknown'} at ${holder.startedAt}, phase ${holder.phase ?? 'unknown'}, run ${holder.runId}.`,
      `Follow it with "mooring watch ${holder.workflowId}", or cancel it with "mooring cancel ${holder.workflowId}" and start again.`,
    );
  }
}
