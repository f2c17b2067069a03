import { parseDigest } from '../parse-digest.js';
import { parseRun } from '../parse-run.js';
import type { BuildCommand, JsonOption } from '../shell.js';
import { asOption, createCommand, outputOf, withConnections } from '../shell.js';
import { readComment } from '../read-comment.js';

interface Options extends JsonOption {
  readonly digest?: string;
  readonly comment: string;
  readonly as?: string;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('reject', 'Reject the plan that a run waits with; nothing runs', ['reject snow_prod --comment "grants too much"'])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .requiredOption('--comment <text>', 'why', readComment)
    .option('--digest <digits>', 'reject only this plan: the first 12 digits or all', parseDigest)
    .addOption(asOption())
    .action(async (named: string, options: Options) => {
      const code = await withConnections(shell, outputOf(shell, options), async (connections) => {
        const { decideRun } = await import('../decide-run.js');
        // A no needs no proof of having read: without a digest it is for whatever waits.
        const decision = { digest: options.digest ?? '', comment: options.comment, as: options.as };
        return decideRun(connections, outputOf(shell, options), { verdict: 'reject', named, options: decision, environment: shell.environment });
      });
      finish(code);
    });
