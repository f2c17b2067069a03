import { Command } from 'commander';
import { runProcess } from '../run-process.js';
import type { BuildProgram } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  new Command('dev')
    .description('Run Temporal, a worker and the simulators on this machine, state in .mooring/')
    .allowUnknownOption()
    .argument('[options...]', 'passed on')
    .action(async (args: string[]) => finish(await runProcess(shell, '../dev/dev.js', args, shell.environment)));
