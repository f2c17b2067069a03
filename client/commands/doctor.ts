// Never refuses to start: what cannot be looked at is a check that was skipped, with the reason. Local checks first, then Temporal, then what only
// workers can see.
import type { ConnectionRequest } from '../../domain/deregistration-request.js';
import type { Check } from '../../rules/check.js';
import { failed, passed, skipped } from '../../rules/check.js';
import { CommandError } from '../command-error.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import type { LocalCheckup } from '../local-checks.js';
import type { Output } from '../output.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, manifestOption, outputOf, untilInterrupted } from '../shell.js';
import type { CheckGroup } from '../show-checks.js';
import type { TemporalCheckup } from '../temporal-checks.js';

interface Options extends JsonOption {
  readonly manifest?: string;
  readonly as?: string;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('doctor', 'Check everything a run needs; writes nothing, and shows for each failure its cure', [
    'doctor',
    'doctor snow_prod',
    'doctor snow_prod --json',
  ])
    .argument('[key]', 'the connectionKey to check; default the only one of the manifest')
    .addOption(manifestOption())
    .addOption(asOption())
    .action(async (key: string | undefined, options: Options) => finish(await doctor(shell, key, options)));

async function doctor(shell: Shell, key: string | undefined, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const { checkLocally } = await import('../local-checks.js');
  const { checkLines, checksJson, tally } = await import('../show-checks.js');
  return untilInterrupted(async (signal) => {
    const local = await checkLocally(shell, key, options);
    const temporal = await checkTemporalOf(local);
    if (signal.aborted) return exitCodes.interrupted;
    const remote = await checkRemotely(local, temporal, output, signal);
    if (remote === 'interrupted') return exitCodes.interrupted;

    const groups = [{ title: 'This machine', checks: local.checks }, { title: 'Temporal', checks: temporal.checks }, ...remote];
    const checks = groups.flatMap((group) => group.checks);
    output.result({ v: 1, checks: checksJson(groups) }, [...checkLines(groups, output.width, output.style), words`${tally(checks)}`]);
    return checks.some(({ status }) => status === 'failed') ? exitCodes.failed : exitCodes.done;
  });
}

async function checkTemporalOf({ config }: LocalCheckup): Promise<TemporalCheckup> {
  const { checkTemporal } = await import('../temporal-checks.js');
  if (config !== undefined) return checkTemporal(config);
  const checks = ['Temporal', 'namespace', 'search attributes', 'workers'].map((name) => skipped(name, 'The settings cannot be used.'));
  return { checks, served: false, labelled: false };
}

/** What only workers can see, or why they were not asked. */
async function checkRemotely(
  { config, hasKeys, request }: LocalCheckup,
  { served, labelled }: TemporalCheckup,
  output: Output,
  signal: AbortSignal,
): Promise<readonly CheckGroup[] | 'interrupted'> {
  if (request === undefined) return unasked('No connection is named that could be looked at.');
  if (config === undefined || !hasKeys) return unasked('Without the codec key no worker would understand the question.');
  if (!served) return unasked('No worker is there to look: only workers hold secrets.');
  output.say(output.talkStyle('dim', words`asking the workers to look at ${request.connectionKey}, Immuta and ${request.target.technology}`));
  const { openConnections } = await import('../connections.js');
  const connections = await openConnections(config);
  try {
    return groupsOf(await connections.check(request, labelled, signal), request);
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    if (!(error instanceof CommandError)) throw error;
    return unasked(undefined, failed('workers for this connection', 'bad-answer', error.message, error.next));
  } finally {
    await connections.close();
  }
}

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof import('../connections.js').openConnections>>['check']>>;

function groupsOf(answer: Answer, { immuta, target }: ConnectionRequest): readonly CheckGroup[] {
  switch (answer.kind) {
    case 'found':
      return [
        { title: 'Workers', checks: [passed('codec key of the workers', 'Workers and this command read each other.')] },
        { title: `Immuta  ${new URL(immuta.url).host}`, checks: answer.checkup.immuta },
        { title: `${target.technology}  ${target.host}`, checks: answer.checkup.platform },
      ];
    case 'other-key':
      return unasked(
        'Workers and this command have different codec keys.',
        failed(
          'codec key of the workers',
          'secret-unavailable',
          'Workers serve the queues, but they cannot read what this command encrypts, or this command cannot read their answer.',
          'Give this command the key file of the workers. While a key is being changed every file needs both keys, the old one and the new:\nexport MOORING_CODEC_KEYS=/path/to/codec.keys',
        ),
      );
    case 'not-taken':
      return unasked(
        'No worker answered.',
        failed(
          'workers for this connection',
          'timeout',
          'Workers have asked for work lately, but none took the question within 12 s: they are gone, busy, or older than this command.',
          'Look at the log of the workers, and start one of this version:\nmooring worker',
        ),
      );
  }
}

function unasked(reason: string | undefined, problem?: Check): readonly CheckGroup[] {
  const why = reason ?? 'The workers gave no answer.';
  return [
    ...(problem === undefined ? [] : [{ title: 'Workers', checks: [problem] }]),
    { title: 'Immuta', checks: [skipped('Immuta', why)] },
    { title: 'Platform', checks: [skipped('platform', why)] },
  ];
}
