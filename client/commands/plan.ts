import type { Plan } from '../../domain/plan.js';
import { CommandError } from '../command-error.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, manifestOption, outputOf, untilInterrupted, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly manifest?: string;
  readonly as?: string;
  readonly workerCheck: boolean;
  readonly detailedExitcode?: true;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('plan', 'Show what registering a connection would run; writes nothing', ['plan snow_prod', 'plan snow_prod --detailed-exitcode'])
    .argument('<key>', 'the connectionKey, as it stands in the manifest')
    .addOption(manifestOption())
    .addOption(asOption())
    .option('--detailed-exitcode', 'exit code 2 when there is something to do, 0 when not')
    .option('--no-worker-check', 'ask although no worker asks for work')
    .action(async (key: string, options: Options) => finish(await plan(shell, key, options)));

async function plan(shell: Shell, key: string, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const { readRequest } = await import('../read-request.js');
  const request = readRequest(shell, key, options);
  return withConnections(shell, output, async (connections, { taskQueue }) => {
    const { checkWorkers } = await import('../check-workers.js');
    const { planJson, planLines } = await import('../show-plan.js');

    if (options.workerCheck) await checkWorkers(connections, taskQueue);
    output.say(output.talkStyle('dim', words`asking Immuta for the scripts of ${key}`));
    return untilInterrupted(async (signal) => {
      const answer = await connections.plan(request, signal).catch((error: unknown) => {
        if (signal.aborted) return 'interrupted' as const;
        throw planError(error, key);
      });
      if (answer === 'interrupted') return exitCodes.interrupted;
      const found = readAnswer(answer);
      if (found === 'unchanged') {
        output.result({ v: 1, plan: null, unchanged: true }, [words`${key} is registered as the manifest says: nothing to do.`]);
        return exitCodes.done;
      }
      output.result({ v: 1, plan: planJson(found) }, planLines(found, output.style));
      output.say(words`next     mooring register ${key}`);
      return options.detailedExitcode === true ? exitCodes.differencesFound : exitCodes.done;
    });
  });
}

/** `planConnection` gives the plan, alone or as `preparePlan` has it, or the news that there is nothing to do. */
function readAnswer(answer: unknown): Plan | 'unchanged' {
  if (typeof answer === 'object' && answer !== null) {
    if ('kind' in answer && answer.kind === 'unchanged') return 'unchanged';
    const plan = 'plan' in answer ? answer.plan : answer;
    if (typeof plan === 'object' && plan !== null && 'scripts' in plan) return plan as Plan;
  }
  throw new CommandError('failed', 'The plan that came back cannot be read.', 'Check that MOORING_CODEC_KEYS names the key file the workers use.');
}

function planError(error: unknown, key: string): unknown {
  if (error instanceof CommandError || !(error instanceof Error) || error.name !== 'WorkflowFailedError') return error;
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const message = cause instanceof Error ? cause.message : 'no reason given';
  return new CommandError('failed', `${key} cannot be planned: ${message}`, 'Correct what it names, and plan again.');
}
