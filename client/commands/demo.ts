import { Command } from 'commander';
import { harmlessEnvironment, runProcess } from '../run-process.js';
import type { BuildProgram } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  new Command('demo')
    .description('A tour on the simulators: register, approve, fail, undo; nothing is left')
    .allowUnknownOption()
    .argument('[options...]', 'passed on')
    .action(async (args: string[]) => {
      // MOORING_TEMPORAL names the server's binary on a machine without a network.
      const own = Object.entries(shell.environment).filter(([name]) => /^(MOORING_TEMPORAL|XDG_|NODE_EXTRA_CA_CERTS)/.test(name));
      finish(await runProcess(shell, '../dev/demo.js', args, { ...harmlessEnvironment(shell.environment), ...Object.fromEntries(own) }));
    });
