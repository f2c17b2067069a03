import { CommandError } from './command-error.js';
import type { Connections } from './connections.js';
import type { RunState } from './run-state.js';
import { isOpen } from './run-state.js';

const visibilityLagMs = [0, 150, 350, 700]; // a run that has just started is listed a moment later

/**
 * The run a person means by a connectionKey (its open run, else its last one), a workflow ID or a run ID. Throws a `CommandError`: none found, or
 * several tenants know the key. `named` has passed `parseRun`.
 */
export async function findRun(connections: Pick<Connections, 'describe' | 'list'>, named: string): Promise<RunState> {
  if (named.startsWith('connection/')) return connections.describe({ workflowId: named });
  for (const pause of visibilityLagMs) {
    if (pause > 0) await new Promise((wake) => setTimeout(wake, pause));
    const found = await connections.list(`(MooringConnectionKey = "${named}" OR RunId = "${named}")`, 50);
    if (found.length > 0) return chosen(connections, named, found);
  }
  throw new CommandError('not-found', `There is no run of "${named}".`, 'See "mooring list", or start one with "mooring register".');
}

async function chosen(connections: Pick<Connections, 'describe'>, named: string, found: readonly RunState[]): Promise<RunState> {
  const exact = found.find(({ runId }) => runId === named);
  if (exact !== undefined) return connections.describe({ workflowId: exact.workflowId, runId: exact.runId });
  const workflowIds = [...new Set(found.map(({ workflowId }) => workflowId))];
  const [only, ...others] = workflowIds;
  if (only === undefined || others.length > 0) {
    throw new CommandError('usage', `"${named}" is known to several tenants: ${workflowIds.join(', ')}.`, 'Name one of these workflow IDs.');
  }
  // A workflow ID alone is its open run, else its last one; but keys that differ in case share it.
  const newest = await connections.describe({ workflowId: only });
  if (newest.connectionKey === named) return newest;
  const own = found.find(isOpen) ?? found[0];
  return own === undefined ? newest : connections.describe({ workflowId: own.workflowId, runId: own.runId });
}
