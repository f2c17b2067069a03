import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, manifestOption, outputOf, parseDuration, untilInterrupted, withConnections } from '../shell.js';
import type { ExitCode } from '../exit-code.js';
import { words } from '../safe-text.js';

interface Options extends JsonOption {
  readonly manifest?: string;
  readonly as?: string;
  readonly workerCheck: boolean;
  /** `false`: return at once. `true`: stay, whatever happens. A number: stay at most so many ms. Absent: return when a person is needed. */
  readonly wait?: boolean | number;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('register', 'Register a connection of the manifest in Immuta', ['register snow_prod', 'register snow_prod --no-wait --json'])
    .argument('<key>', 'the connectionKey, as it stands in the manifest')
    .addOption(manifestOption())
    .addOption(asOption())
    .option('--wait [duration]', 'stay when the run needs a person, at most so long (exit code 7)', parseDuration)
    // Behind --wait: declared first it would make `true` the default.
    .option('--no-wait', 'start the run and return (exit code 7)')
    .option('--no-worker-check', 'start although no worker asks for work')
    .action(async (key: string, options: Options) => finish(await register(shell, key, options)));

async function register(shell: Shell, key: string, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const { readRequest } = await import('../read-request.js');
  const request = readRequest(shell, key, options);
  return withConnections(shell, output, async (connections, { taskQueue }) => {
    const { checkWorkers } = await import('../check-workers.js');
    const { startOrJoin } = await import('../start-run.js');
    const { presentRun } = await import('../present-run.js');
    const { concludeRun } = await import('../conclude-run.js');

    if (options.workerCheck) await checkWorkers(connections, taskQueue);
    const { run, joined } = await startOrJoin(connections, request);
    output.say(words`${joined ? 'joined the run that does this already' : 'started'}: ${run.workflowId} ${run.runId ?? ''}`);
    const { wait } = options;
    const followed = await untilInterrupted((signal) =>
      presentRun(connections, run, {
        output,
        signal,
        stay: wait === true || typeof wait === 'number',
        limitMs: wait === false ? 0 : typeof wait === 'number' ? wait : undefined,
        operation: 'register',
      }),
    );
    return concludeRun(output, followed, key);
  });
}
