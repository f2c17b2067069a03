import type { Phase } from '../../rules/phase.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { parseRun } from '../parse-run.js';
import type { RunState } from '../run-state.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf, withConnections } from '../shell.js';

export const build: BuildCommand = (shell, finish) =>
  createCommand('cancel', 'Stop a run, and undo what it did', ['cancel snow_prod'])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .action(async (named: string, options: JsonOption) => finish(await cancel(shell, named, options)));

async function cancel(shell: Shell, named: string, options: JsonOption): Promise<ExitCode> {
  const output = outputOf(shell, options);
  return withConnections(shell, output, async (connections) => {
    const { findRun } = await import('../find-run.js');
    const { isOpen } = await import('../run-state.js');
    const state = await findRun(connections, named);
    const phase = isOpen(state) ? (state.phase ?? 'preparing') : 'ended';
    const unsent = state.steps.some(({ activity, sent }) => activity === 'deleteConnection' && !sent);
    const { accepted, effect } = phase === 'deleting' && unsent ? beforeDelete : (effectElsewhere(state) ?? effectOfCancel(phase));
    if (accepted) await connections.cancel({ workflowId: state.workflowId, runId: state.runId });
    output.result({ v: 1, accepted, phase, effect }, [words`${accepted ? 'accepted' : 'no effect'}  ${phase}: ${effect}`]);
    if (accepted) output.say(words`next      mooring watch ${named}`);
    return exitCodes.done;
  });
}

/** Immuta is busy, or not to be reached: the DELETE has not left. */
const beforeDelete = { accepted: true, effect: 'the DELETE has not been sent; unless it leaves this very moment, the run ends as cancelled' };

/** A person was given a script: what became of it has to be seen. */
function effectElsewhere({ gate, operation }: RunState): { readonly accepted: boolean; readonly effect: string } | undefined {
  const asked = gate?.attention?.id;
  if (asked === 'external-cleanup') return effectOfCancel(operation === 'register' ? 'undoing' : 'cleaning');
  if (asked !== 'external-bootstrap') return undefined;
  return {
    accepted: true,
    effect: 'the platform is looked at: if nothing of the script stands there the run ends as cancelled, else its cleanup is asked for',
  };
}

/** What a cancel does in a phase; the run itself decides by the same table. */
export function effectOfCancel(phase: Phase): { readonly accepted: boolean; readonly effect: string } {
  switch (phase) {
    case 'preparing':
    case 'awaiting-decision':
      return { accepted: true, effect: 'nothing has run; the run ends as cancelled' };
    case 'running':
      return {
        accepted: true,
        effect:
          'the statement in flight is settled and what was made is undone; the run ends as cancelled, or needs attention if that cannot be done',
      };
    case 'registering':
      return {
        accepted: true,
        effect:
          'the registration is settled first: if the connection stands it is too late and the run goes on to registered, else it is undone and the run ends as cancelled',
      };
    case 'undoing':
      return { accepted: false, effect: 'the run is undoing already' };
    case 'deleting':
    case 'cleaning':
      return { accepted: false, effect: 'the connection is deleted in Immuta already; from here the run only goes forward' };
    case 'needs-attention':
      return { accepted: false, effect: 'a person must settle it: use "mooring resolve" (abandon closes the run)' };
    case 'ended':
      return { accepted: false, effect: 'the run has ended' };
  }
}
