import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { parseRun } from '../parse-run.js';
import { words } from '../safe-text.js';
import type { Progress } from '../progress.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { createCommand, outputOf, parseDuration, untilInterrupted, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly wait?: true | number;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('watch', 'Follow a run until it ends or needs a person; JSON lines when piped', [
    'watch snow_prod',
    'watch snow_prod --json | jq .phase',
  ])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .option('--wait [duration]', 'stay when the run needs a person, at most so long (exit code 7)', parseDuration)
    .action(async (named: string, options: Options) => finish(await watch(shell, named, options)));

async function watch(shell: Shell, named: string, options: Options): Promise<ExitCode> {
  const lines = options.json === true || shell.stdout.isTTY !== true;
  const output = outputOf(shell, lines ? { json: true } : {});
  return withConnections(shell, output, async (connections) => {
    const { findRun } = await import('../find-run.js');
    const { presentRun } = await import('../present-run.js');
    const { concludeRun, runExitCode } = await import('../conclude-run.js');
    const { workflowId, runId, operation } = await findRun(connections, named);
    const followed = await untilInterrupted((signal) =>
      presentRun(
        connections,
        { workflowId, runId },
        {
          output,
          signal,
          stay: options.wait !== undefined,
          limitMs: typeof options.wait === 'number' ? options.wait : undefined,
          operation,
          report: lines ? (progress) => output.result({ v: 1, at: new Date().toISOString(), ...shown(progress) }, []) : undefined,
        },
      ),
    );
    if (!lines) return concludeRun(output, followed, named);
    if (followed.because === 'detached' || followed.state === undefined) {
      output.say(words`The run goes on. Come back with "mooring watch ${named}".`);
      return exitCodes.interrupted;
    }
    return runExitCode(followed.state);
  });
}

/** The shape that programs hold on to; the step of the task list is for people. */
function shown({ phase, statement, of, message }: Progress): Progress {
  return { phase, statement, of, message };
}
