import { Argument } from 'commander';
import type { CommandEntry } from '../command-entry.js';
import { completionScript } from '../completion-script.js';
import { exitCodes } from '../exit-code.js';
import { safeJson } from '../safe-text.js';
import type { BuildCommand, JsonOption } from '../shell.js';
import { createCommand } from '../shell.js';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Completes the commands of a table. The table hands itself over, since it holds this command too. */
export const buildFor =
  (commandTable: readonly CommandEntry[]): BuildCommand =>
  (shell, finish) =>
    createCommand('completion', 'Print a completion script', ['completion fish > ~/.config/fish/completions/mooring.fish'])
      .addArgument(new Argument('<shell>', 'which shell').choices(shells))
      .addHelpText('after', '  $ source <(mooring completion bash)')
      .action(async (kind: (typeof shells)[number], options: JsonOption) => {
        const commands = await Promise.all(
          commandTable.map(async ({ name, summary, load }) => {
            // Completion itself is known without building it again.
            const known = name === 'completion' ? ['--json'] : (await load()).build(shell, () => undefined).options.map(({ long }) => long ?? '');
            const values = name === 'completion' ? shells : name === 'resolve' ? ['ran', 'not-run', 'retry', 'undo', 'abandon'] : [];
            return { name, summary, options: ['--help', ...known.filter((option) => option !== '')], values };
          }),
        );
        const script = completionScript(kind, commands);
        shell.stdout.write(options.json === true ? `${safeJson({ v: 1, shell: kind, script })}\n` : script);
        finish(exitCodes.done);
      });
