import { parseDigest } from '../parse-digest.js';
import { parseRun } from '../parse-run.js';
import type { BuildCommand, JsonOption } from '../shell.js';
import { asOption, createCommand, outputOf, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly digest: string;
  readonly comment?: string;
  readonly as?: string;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('approve', 'Approve the plan that a run waits with', ['approve snow_prod --digest 7c1f09a4be21'])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .requiredOption('--digest <digits>', 'the digest of the plan you read: the first 12 digits or all', parseDigest)
    .option('--comment <text>', 'a word for the record')
    .addOption(asOption())
    .action(async (named: string, options: Options) => {
      const code = await withConnections(shell, outputOf(shell, options), async (connections) => {
        const { decideRun } = await import('../decide-run.js');
        return decideRun(connections, outputOf(shell, options), { verdict: 'approve', named, options, environment: shell.environment });
      });
      finish(code);
    });
