import { Argument } from 'commander';
import type { AttentionChoice } from '../../domain/decision.js';
import { attentionChoices } from '../../domain/decision.js';
import { readActor } from '../actor.js';
import type { ExitCode } from '../exit-code.js';
import { exitCodes } from '../exit-code.js';
import { parseDigest } from '../parse-digest.js';
import { readComment } from '../read-comment.js';
import { parseRun } from '../parse-run.js';
import { words } from '../safe-text.js';
import type { BuildCommand, JsonOption, Shell } from '../shell.js';
import { asOption, createCommand, outputOf, withConnections } from '../shell.js';

interface Options extends JsonOption {
  readonly comment: string;
  readonly digest?: string;
  readonly queryId: readonly string[];
  readonly as?: string;
}

export const build: BuildCommand = (shell, finish) =>
  createCommand('resolve', 'Settle what a run that needs attention cannot know', [
    'resolve snow_prod ran --comment "saw it in the query history" --query-id 01b2c3d4-0000-1111-0000-000000000001',
    'resolve snow_prod abandon --comment "cleaned up by hand"',
  ])
    .argument('<run>', 'a connectionKey, a workflow ID or a run ID', parseRun)
    .addArgument(new Argument('<choice>', 'one of the choices that "mooring show" offers').choices(attentionChoices))
    .requiredOption('--comment <text>', 'what you looked at, and why this choice', readComment)
    .option('--digest <digits>', 'the digest of the plan that undo runs: the first 12 digits or all', parseDigest)
    .option('--query-id <id>', "the platform's id of a statement that ran; repeatable", (id: string, ids: string[]) => [...ids, id], [])
    .addOption(asOption())
    .action(async (named: string, choice: AttentionChoice, options: Options) => finish(await resolve(shell, named, choice, options)));

async function resolve(shell: Shell, named: string, choice: AttentionChoice, options: Options): Promise<ExitCode> {
  const output = outputOf(shell, options);
  const by = readActor(options.as, shell.environment);
  const refuse = (reason: string): ExitCode => {
    output.result({ v: 1, accepted: false, reason }, [words`refused  ${reason}`]);
    return exitCodes.refused;
  };
  return withConnections(shell, output, async (connections) => {
    const { findRun } = await import('../find-run.js');
    const { isOpen } = await import('../run-state.js');
    const state = await findRun(connections, named);
    const attention = state.gate?.attention;
    if (!isOpen(state) || attention === undefined) {
      return refuse(`The run does not need attention; ${isOpen(state) ? `its phase is ${state.phase ?? 'unknown'}` : 'it has ended'}.`);
    }
    if (options.digest !== undefined && attention.digest?.startsWith(options.digest) !== true) {
      return refuse(`The plan it asks about has ${attention.digest === undefined ? 'no digest' : `the digest ${attention.digest.slice(0, 12)}`}.`);
    }
    const digest = options.digest === undefined ? {} : { digest: attention.digest };
    const queryIds = options.queryId.length === 0 ? {} : { queryIds: options.queryId };
    const answer = await connections.resolve(
      { workflowId: state.workflowId, runId: state.runId },
      { attention: attention.id, choice, by, comment: options.comment, ...digest, ...queryIds },
    );
    if (answer.accepted === 'unanswered') return refuse('No worker answered in time, so nothing was settled. Start one with "mooring worker".');
    if (!answer.accepted) return refuse(answer.reason ?? 'The run gave no reason.');
    output.result({ v: 1, accepted: true }, [words`resolved ${state.connectionKey} with ${choice} as ${by}`]);
    output.say(words`next     mooring watch ${named}`);
    return exitCodes.done;
  });
}
