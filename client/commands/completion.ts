import { Argument, Command } from 'commander';
import type { CommandEntry } from '../command-entry.js';
import { completionScript } from '../completion-script.js';
import { exitCodes } from '../exit-code.js';
import type { BuildCommand } from '../shell.js';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Completes the commands of a table. The table hands itself over, since it holds this command too. */
export const buildFor =
  (commandTable: readonly CommandEntry[]): BuildCommand =>
  (shell, finish) =>
    new Command('completion')
      .description('Print a completion script')
      .addArgument(new Argument('<shell>', 'which shell').choices(shells))
      .addHelpText(
        'after',
        '\nExamples:\n  $ source <(mooring completion bash)\n  $ mooring completion fish > ~/.config/fish/completions/mooring.fish',
      )
      .action(async (kind: (typeof shells)[number]) => {
        const commands = await Promise.all(
          commandTable.map(async ({ name, summary, load }) => {
            // Completion itself is known without building it again.
            const options = name === 'completion' ? [] : (await load()).build(shell, () => undefined).options.map(({ long }) => long ?? '');
            const values = name === 'completion' ? shells : name === 'resolve' ? ['ran', 'not-run', 'retry', 'undo', 'abandon'] : [];
            return { name, summary, options: ['--help', ...options.filter((option) => option !== '')], values };
          }),
        );
        shell.stdout.write(completionScript(kind, commands));
        finish(exitCodes.done);
      });
