import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { table } from '../output.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf, parseCount, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly open?: true;
  readonly limit: number;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('list', 'List runs, newest first', ['list', 'list --open --json'])
    .option('--open', 'only runs that have not ended')
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .action(async (options: Options) => finish(await list(shell, options)));

async function list(shell: Shell, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  return withConnections(shell, output, async (connections) => {
    const { viewOf } = await import('../run-state.js');
    const states = await connections.list(options.open === true ? 'ExecutionStatus = "Running"' : '', options.limit);
    const runs = states.map(viewOf);
    const rows = runs.map((run) => [
      run.connectionKey,
      run.operation,
      run.outcome ?? run.phase ?? 'unknown',
      run.startedAt,
      run.workflowId,
      run.runId,
    ]);
    output.result(
      { v: 1, runs },
      runs.length === 0 ? [] : table([['CONNECTION', 'OPERATION', 'STATE', 'STARTED', 'WORKFLOW ID', 'RUN ID'], ...rows]),
    );
    if (runs.length === 0) output.say(words`There are no runs${options.open === true ? ' going on' : ''}. Start one with "mooring register".`);
    if (runs.length === options.limit) output.say(words`These are the newest ${options.limit}; see more with --limit.`);
    return exitCodes.done;
  });
}
