import { Command } from 'commander';
import { harmlessEnvironment, runProcess } from '../run-process.js';
import type { BuildProgram } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  new Command('simulate')
    .description('Run the simulators of Immuta and of the platforms; --json prints their addresses')
    .allowUnknownOption()
    .argument('[options...]', 'passed on')
    .action(async (args: string[]) => finish(await runProcess(shell, '../simulators/main.js', args, harmlessEnvironment(shell.environment))));
