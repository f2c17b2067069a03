import { Command } from 'commander';
import { runProcess } from '../run-process.js';
import type { BuildProgram } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  new Command('demo')
    .description('A tour on the simulators: register, approve, fail, undo; nothing is left')
    .allowUnknownOption()
    .argument('[options...]', 'passed on')
    .action(async (args: string[]) => finish(await runProcess(shell, '../dev/demo.js', args, shell.environment)));
