import type { Failure } from '../../domain/outcome.js';
import type { EffectivePolicy } from '../../domain/plan.js';
import { isFailureKind } from '../../rules/failure-kind.js';
import { CommandError } from '../command-error.js';
import type { PlanResult } from '../connections.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import type { SafeText } from '../safe-text.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, integrationOption, manifestOption, outputOf, untilInterrupted, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly manifest?: string;
  readonly as?: string;
  readonly workerCheck: boolean;
  readonly detailedExitcode?: true;
  readonly deregister?: true;
  readonly integrationId?: number;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('plan', 'Show what registering or deregistering a connection would run; writes nothing', [
    'plan snow_prod',
    'plan snow_prod --detailed-exitcode',
    'plan snow_prod --deregister',
  ])
    .argument('<key>', 'the connectionKey, as it stands in the manifest')
    .addOption(manifestOption())
    .addOption(asOption())
    .option('--deregister', 'what taking the connection out would run')
    .addOption(integrationOption())
    .option('--detailed-exitcode', 'exit code 2 when there is something to do, 0 when not')
    .option('--no-worker-check', 'ask although no worker asks for work')
    .action(async (key: string, options: Options) => finish(await plan(shell, key, options)));

async function plan(shell: Shell, key: string, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const { readDeregistration, readRequest } = await import('../read-request.js');
  const verb = options.deregister === true ? 'deregister' : 'register';
  if (options.integrationId !== undefined && verb === 'register')
    throw new CommandError('usage', '--integration-id names what is to be taken out.', 'Write it together with --deregister.');
  const request = verb === 'deregister' ? readDeregistration(shell, key, options) : readRequest(shell, key, options);
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
      if (answer.kind === 'unchanged') {
        const { integrationId } = answer;
        output.result({ v: 1, plan: null, unchanged: { integrationId } }, [
          integrationId === undefined
            ? words`${key} is not in Immuta, and its database does not exist: nothing to do.`
            : words`${key} is registered as the manifest says (integration ${integrationId}): nothing to do.`,
        ]);
        return exitCodes.done;
      }
      const { plan: found, policy, checks } = answer;
      output.result({ v: 1, plan: planJson(found), policy, checks }, [
        ...planLines(found, output.resultWidth, output.style),
        ...policyLines(policy),
        ...checkLines(checks),
      ]);
      output.say(words`next     mooring ${verb} ${key}${verb === 'deregister' ? ` --confirm ${key}` : ''}`);
      return options.detailedExitcode === true ? exitCodes.differencesFound : exitCodes.done;
    });
  });
}

function policyLines({ asked, effective, because }: EffectivePolicy): SafeText[] {
  return [words`policy   ${effective}${asked === effective ? '' : ` (asked for ${asked}: ${because})`}`];
}

type Checks = Extract<PlanResult, { readonly kind: 'plan' }>['checks'];

/** Only what a person has to know: passed checks are no news. */
function checkLines(checks: Checks): SafeText[] {
  return checks
    .filter(({ status }) => status === 'failed' || status === 'warning')
    .map(({ status, message, cure }) => words`${status.padEnd(8)} ${message} ${cure}`);
}

/** What the activity says of itself, or the innermost message where something else went wrong. */
function planError(error: unknown, key: string): unknown {
  if (error instanceof CommandError || !(error instanceof Error) || error.name !== 'WorkflowFailedError') return error;
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const { type, details } = cause as { readonly type?: unknown; readonly details?: readonly unknown[] | null };
  const { failure } = (details?.[0] ?? {}) as { readonly failure?: Partial<Failure> };
  const message = cause instanceof Error ? cause.message : 'no reason given';
  const next = typeof failure?.next === 'string' && failure.next !== '' ? failure.next : 'Correct what it names, and plan again.';
  return new CommandError(isFailureKind(type) ? type : 'failed', `${key} cannot be planned: ${message}`, next);
}
