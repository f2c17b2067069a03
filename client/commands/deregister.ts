// What is deregistered is gone with everything under it, so the key is said twice: by --confirm, or typed on a terminal. A program has to say it too.
import { CommandError } from '../command-error.js';
import { exitCodes } from '../exit-code.js';
import type { FollowChoices } from '../run-to-end.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, followOptions, integrationOption, manifestOption, outputOf } from '../shell.js';

interface Options extends JsonOption, FollowChoices {
  readonly manifest?: string;
  readonly as?: string;
  readonly confirm?: string;
  readonly integrationId?: number;
}

export const build: BuildCommand = (shell, finish) => {
  const command = createCommand('deregister', 'Take a connection out of Immuta, and what its bootstrap script made off the platform', [
    'deregister snow_prod --confirm snow_prod',
    'deregister snow_prod --confirm snow_prod --no-wait --json',
  ])
    .argument('<key>', 'the connectionKey, as it stands in the manifest and in Immuta')
    .option('--confirm <key>', 'the same key once more; required off a terminal')
    .addOption(integrationOption())
    .addOption(manifestOption())
    .addOption(asOption());
  for (const option of followOptions()) command.addOption(option);
  return command.action(async (key: string, options: Options) => {
    const { readDeregistration } = await import('../read-request.js');
    const { runToEnd } = await import('../run-to-end.js');
    const request = readDeregistration(shell, key, options);
    const output = outputOf(shell, options);
    const confirmed = options.confirm ?? (await askAgain(shell, key, options));
    if (confirmed === undefined) {
      output.say(words`Nothing was started.`);
      finish(exitCodes.interrupted);
      return;
    }
    refuseUnconfirmed(key, confirmed);
    finish(await runToEnd(shell, output, request, options));
  });
};

function refuseUnconfirmed(key: string, confirmed: string): void {
  if (confirmed === key) return;
  throw new CommandError(
    'usage',
    `${JSON.stringify(key)} is to be deregistered, but ${JSON.stringify(confirmed)} was confirmed. Nothing was started.`,
    'Write the same connectionKey twice.',
  );
}

/** What was typed; `undefined` when the question was interrupted. */
async function askAgain(shell: Shell, key: string, { json }: JsonOption): Promise<string | undefined> {
  const terminal = shell.stdin.isTTY === true && shell.stderr.isTTY === true && json !== true;
  if (!terminal)
    throw new CommandError('usage', `Deregistering ${key} has to be confirmed.`, `Write --confirm ${key}; on a terminal you would be asked for it.`);
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message: `Type ${key} to take it out of Immuta with everything under it`, output: process.stderr });
  return isCancel(answer) ? undefined : answer;
}
