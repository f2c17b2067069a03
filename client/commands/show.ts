import { Option } from 'commander';
import type { Purpose } from '../../domain/script.js';
import { readActor } from '../actor.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { CommandError } from '../command-error.js';
import { parseRun } from '../parse-run.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, outputOf, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly script?: true;
  readonly reveal?: true;
  readonly purpose?: Purpose;
  readonly as?: string;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('show', 'Show the plan of a run: what will run, where, and what is dangerous about it', [
    'show snow_prod',
    'show snow_prod --script',
    'show snow_prod --script --reveal > bootstrap.sql',
  ])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .option('--script', 'the redacted text of both scripts instead of the summary')
    .option('--reveal', 'with --script: one script byte for byte, into a file or a pipe; needs MOORING_SCRIPT_KEYS, and the run records it')
    .addOption(new Option('--purpose <which>', 'which script to reveal; default the one the run is about now').choices(['bootstrap', 'cleanup']))
    .addOption(asOption())
    .action(async (named: string, options: Options) => finish(await (options.reveal === true ? reveal : show)(shell, named, options)));

async function reveal(shell: Shell, named: string, options: Options): Promise<ExitCode> {
  if (options.script !== true) throw new CommandError('usage', '--reveal opens a script.', 'Write --script --reveal.');
  if (shell.stdout.isTTY === true)
    throw new CommandError(
      'usage',
      'A script is not shown on a terminal: it may hold a password, and terminals keep what they showed.',
      'Send it into a file that only you may read: umask 077; mooring show <run> --script --reveal > script.sql',
    );
  const output = outputOf(shell, options);
  const by = readActor(options.as, shell.environment);
  return withConnections(shell, output, async (connections, { environment }) => {
    const { findRun } = await import('../find-run.js');
    const { revealScript } = await import('../reveal-script.js');
    const state = await findRun(connections, named);
    const keysFile = environment['MOORING_SCRIPT_KEYS'];
    const { purpose, sha256, text } = await revealScript(connections, state, { by, purpose: options.purpose, keysFile });
    // Not through the escaping of the other outputs: what is run elsewhere has to be what was decided on, byte for byte.
    shell.stdout.write(options.json === true ? `${JSON.stringify({ v: 1, script: { purpose, sha256, text } })}\n` : text);
    output.say(words`revealed the ${purpose} script of ${state.connectionKey} (SHA-256 ${sha256.slice(0, 12)}), recorded for ${by}`);
    return exitCodes.done;
  });
}

async function show(shell: Shell, named: string, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  return withConnections(shell, output, async (connections) => {
    const { findRun } = await import('../find-run.js');
    const { viewOf } = await import('../run-state.js');
    const { planJson, planLines, scriptLines } = await import('../show-plan.js');
    const { invitationLines, runLines } = await import('../show-run.js');
    const state = await findRun(connections, named);
    const { gate, phase } = state;
    const plan = await connections.planOf(state, gate?.digest);
    if (plan === undefined) {
      const why = state.unreadable ? 'It is encrypted with a key that MOORING_CODEC_KEYS does not hold.' : `Its phase is ${phase ?? 'unknown'}.`;
      throw new CommandError('not-found', `The run ${state.runId} of ${state.connectionKey} has no plan. ${why}`, 'See "mooring status".');
    }
    const view = viewOf({ ...state, plan });
    const lines =
      options.script === true
        ? scriptLines(plan, output.style)
        : [...runLines(view, output.resultWidth, output.style), words``, ...planLines(plan, output.resultWidth, output.style)];
    output.result({ v: 1, plan: planJson(plan), run: view }, lines);
    for (const line of invitationLines(gate, named)) output.say(line);
    return exitCodes.done;
  });
}
