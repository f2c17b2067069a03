// The end of a command that followed a run: the run object on stdout, and the exit code that belongs to it.
import { CommandError } from './command-error.js';
import type { ExitCode } from './exit-code.js';
import { exitCodes, outcomeExitCode, phaseExitCode } from './exit-code.js';
import type { Followed } from './follow.js';
import type { Output } from './output.js';
import { endedFromOutside } from './progress.js';
import type { RunState } from './run-state.js';
import { isOpen, viewOf } from './run-state.js';
import { words } from './safe-text.js';
import { runLines } from './show-run.js';

/** Throws a `CommandError` of kind `ended-from-outside` for a run that ended without an outcome of its own. */
export function concludeRun(output: Output, { because, state }: Followed, named: string): ExitCode {
  if (because === 'detached' || state === undefined) {
    output.say(words`The run goes on. Come back with "mooring watch ${named}"; stop it with "mooring cancel ${named}".`);
    if (output.json && state !== undefined) output.result(viewOf(state), []);
    return exitCodes.interrupted;
  }
  const code = runExitCode(state);
  const view = viewOf(state);
  output.result(view, runLines(view, output.resultWidth, output.style));
  if (because === 'waited') output.say(words`Still ${view.phase ?? 'going on'}. Come back with "mooring watch ${named}".`);
  return code;
}

/** The exit code of a run as it stands. Throws like `concludeRun`. */
export function runExitCode(state: RunState): ExitCode {
  if (isOpen(state)) return phaseExitCode(state.phase);
  if (state.outcome?.outcome !== undefined) return outcomeExitCode(state.outcome.outcome);
  const why = state.unreadable
    ? 'Its outcome is encrypted with a key that MOORING_CODEC_KEYS does not hold.'
    : 'It wrote no outcome, so nothing was undone.';
  throw new CommandError(
    'ended-from-outside',
    `The run ${state.runId} of ${state.connectionKey} ${endedFromOutside(state)}. ${why}`,
    state.unreadable ? 'Name the right key file in MOORING_CODEC_KEYS.' : 'Look at the platform and at Immuta for what it left, then register again.',
  );
}
