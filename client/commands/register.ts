import type { FollowChoices } from '../run-to-end.js';
import type { BuildCommand, JsonOption } from '../shell.js';
import { asOption, createCommand, followOptions, manifestOption, outputOf } from '../shell.js';

interface Options extends JsonOption, FollowChoices {
  readonly manifest?: string;
  readonly as?: string;
}

export const build: BuildCommand = (shell, finish) => {
  const command = createCommand('register', 'Register a connection of the manifest in Immuta', [
    'register snow_prod',
    'register snow_prod --no-wait --json',
  ])
    .argument('<key>', 'the connectionKey, as it stands in the manifest')
    .addOption(manifestOption())
    .addOption(asOption());
  for (const option of followOptions()) command.addOption(option);
  return command.action(async (key: string, options: Options) => {
    const { readRequest } = await import('../read-request.js');
    const { runToEnd } = await import('../run-to-end.js');
    finish(await runToEnd(shell, outputOf(shell, options), readRequest(shell, key, options), options));
  });
};
