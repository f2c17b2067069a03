import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { CommandError } from '../command-error.js';
import { parseRun } from '../parse-run.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly script?: true;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('show', 'Show the plan of a run: what will run, where, and what is dangerous about it', ['show snow_prod', 'show snow_prod --script'])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .option('--script', 'the redacted text of both scripts instead of the summary')
    .action(async (named: string, options: Options) => finish(await show(shell, named, options)));

async function show(shell: Shell, named: string, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  return withConnections(shell, output, async (connections) => {
    const { findRun } = await import('../find-run.js');
    const { viewOf } = await import('../run-state.js');
    const { planJson, planLines, scriptLines } = await import('../show-plan.js');
    const { runLines } = await import('../show-run.js');
    const state = await findRun(connections, named);
    const { gate, phase } = state;
    const plan = await connections.planOf(state, gate?.digest);
    if (plan === undefined) {
      const why = state.unreadable ? 'It is encrypted with a key that MOORING_CODEC_KEYS does not hold.' : `Its phase is ${phase ?? 'unknown'}.`;
      throw new CommandError('not-found', `The run ${state.runId} of ${state.connectionKey} has no plan. ${why}`, 'See "mooring status".');
    }
    const view = viewOf({ ...state, plan });
    const lines =
      options.script === true ? scriptLines(plan, output.style) : [...runLines(view, output.style), words``, ...planLines(plan, output.style)];
    output.result({ v: 1, plan: planJson(plan), run: view }, lines);
    if (gate?.kind === 'decision' && gate.digest !== undefined) {
      const digest = gate.digest.slice(0, 12);
      output.say(words`approve  mooring approve ${named} --digest ${digest}`);
      output.say(words`reject   mooring reject ${named} --digest ${digest} --comment "<why>"`);
    }
    return exitCodes.done;
  });
}
