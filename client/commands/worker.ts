import { Command, Option } from 'commander';
import { runProcess } from '../run-process.js';
import type { BuildProgram } from '../shell.js';

export const build: BuildProgram = (shell, finish) =>
  new Command('worker')
    .description('Carry out runs: the process that holds the credentials')
    .addOption(new Option('--role <role>', 'which task queues to serve').choices(['all', 'workflows', 'platform']).default('all'))
    .action(async ({ role }: { readonly role: string }) => finish(await runProcess(shell, '../worker/main.js', ['--role', role], shell.environment)));
