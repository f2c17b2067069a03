import { Option } from 'commander';
import { runProcess } from '../run-process.js';
import type { BuildProgram, JsonOption } from '../shell.js';
import { createCommand } from '../shell.js';

interface Options extends JsonOption {
  readonly role: string;
}

export const build: BuildProgram = (shell, finish) =>
  createCommand('worker', 'Carry out runs: the process that holds the credentials', ['worker', 'worker --role platform'])
    .addOption(new Option('--role <role>', 'which task queues to serve').choices(['all', 'workflows', 'platform']).default('all'))
    .action(async ({ role, json }: Options) => {
      const args = ['--role', role, ...(json === true ? ['--json'] : [])];
      finish(await runProcess(shell, '../worker/main.js', args, shell.environment));
    });
