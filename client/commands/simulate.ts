import { Option } from 'commander';
import { harmlessEnvironment, runProcess } from '../run-process.js';
import type { BuildProgram } from '../shell.js';
import { createCommand } from '../shell.js';

const ports = ['immuta', 'snowflake', 'databricks', 'control'] as const;

export const build: BuildProgram = (shell, finish) => {
  const command = createCommand(
    'simulate',
    'Run the simulators of Immuta and of the platforms, on loopback; --json prints addresses and credentials',
    ['simulate', 'simulate --json --credentials ./secrets --immuta-port 8090'],
  ).option('--credentials <folder>', 'keep keys and passwords in this folder; what is missing there is made');
  for (const name of ports) command.addOption(new Option(`--${name}-port <port>`, 'its port; default any free one'));
  return command.action(async () => {
    const args = Object.entries(command.opts<Record<string, string | true>>()).flatMap(([name, value]) => {
      const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      return value === true ? [option] : [option, value];
    });
    finish(await runProcess(shell, '../simulators/main.js', args, harmlessEnvironment(shell.environment)));
  });
};
