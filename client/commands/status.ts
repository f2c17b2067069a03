import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { parseRun } from '../parse-run.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf, withConnections } from '../shell.js';

export const build: BuildCommand = (shell, finish) =>
  createCommand('status', 'Show where the open run of a connection is, or what its last one ended as', [
    'status snow_prod',
    'status snow_prod --json',
  ])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .action(async (named: string, options: JsonOption) => finish(await status(shell, named, options)));

async function status(shell: Shell, named: string, options: JsonOption): Promise<ExitCode> {
  const output = outputOf(shell, options);
  return withConnections(shell, output, async (connections) => {
    const { findRun } = await import('../find-run.js');
    const { isOpen, viewOf } = await import('../run-state.js');
    const { progressOf } = await import('../progress.js');
    const { runLines } = await import('../show-run.js');
    const found = await findRun(connections, named);
    const state = isOpen(found) ? { ...found, plan: await connections.planOf(found) } : found;
    const view = viewOf(state);
    const { message } = progressOf(state, Date.now());
    output.result(view, [...runLines(view, output.resultWidth, output.style), ...(isOpen(state) ? [words`  now        ${message}`] : [])]);
    return exitCodes.done;
  });
}
