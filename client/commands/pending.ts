import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { table } from '../output.js';
import type { RunState } from '../run-state.js';
import { isElsewhere } from '../show-run.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf, withConnections } from '../shell.js';

const most = 1_000; // an inbox longer than this is not read line by line

export const build: BuildCommand = (shell, finish) =>
  createCommand('pending', 'List what waits for people: decisions, and runs that need attention', ['pending', 'pending --json']).action(
    async (options: JsonOption) => finish(await pending(shell, options)),
  );

async function pending(shell: Shell, options: JsonOption): Promise<ExitCode> {
  const output = outputOf(shell, options);
  return withConnections(shell, output, async (connections) => {
    const waiting = await connections.list('ExecutionStatus = "Running" AND MooringPhase IN ("awaiting-decision", "needs-attention")', most);
    const asked = waiting.map(entryOf);
    const rows = asked.map((entry) => [
      entry.connectionKey,
      entry.operation,
      entry.attention === undefined || !isElsewhere(entry.attention) ? entry.kind : 'run elsewhere',
      entry.digest?.slice(0, 12) ?? '-',
      entry.requestedBy,
      entry.attention?.reason ?? entry.expiresAt ?? '-',
    ]);
    const header = ['CONNECTION', 'OPERATION', 'WAITS FOR', 'DIGEST', 'REQUESTED BY', 'REASON OR EXPIRY'];
    output.result({ v: 1, pending: asked }, asked.length === 0 ? [] : table([header, ...rows]));
    output.say(asked.length === 0 ? words`Nothing waits for people.` : words`next     mooring show <connection>`);
    return exitCodes.done;
  });
}

/** A run whose memo cannot be read waits all the same: it is listed with what Temporal shows in clear. */
function entryOf({ gate, phase, connectionKey, operation, workflowId, runId, requester, startedAt }: RunState) {
  const kind = gate?.kind ?? (phase === 'needs-attention' ? ('attention' as const) : ('decision' as const));
  return {
    kind,
    connectionKey,
    operation,
    workflowId,
    runId,
    digest: gate?.digest,
    requestedBy: gate?.requestedBy ?? requester ?? 'unknown',
    requestedAt: gate?.requestedAt ?? startedAt,
    expiresAt: gate?.expiresAt,
    classes: gate?.classes ?? {},
    ...(gate?.attention === undefined ? {} : { attention: gate.attention }),
  };
}
