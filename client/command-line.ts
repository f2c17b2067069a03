// argv -> command -> exit code.
import { Command, CommanderError } from 'commander';
import { overview, version } from './about.js';
import { CommandError } from './command-error.js';
import { commandTable } from './command-table.js';
import { errorExitCode, exitCodes } from './exit-code.js';
import { joined, paragraph, safeJson } from './safe-text.js';
import type { Shell } from './shell.js';

/** Carries out what the arguments ask for and gives the exit code. Never throws: a failure is told in words, or in JSON where that was asked for. */
export async function runCommandLine(args: readonly string[], shell: Shell): Promise<number> {
  let code: number = exitCodes.done;
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  try {
    const program = await buildProgram(args, shell, (finished) => {
      code = finished;
    });
    if (args.length === 0) {
      shell.stderr.write(overview());
      return exitCodes.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, json, shell);
  }
}

/** The program with every command named, and only the one that is asked for loaded. */
async function buildProgram(args: readonly string[], shell: Shell, finish: (code: number) => void): Promise<Command> {
  const program = new Command('mooring')
    .description('Registers a data platform in Immuta, and takes it out again, as one durable, approved, reversible run.')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'what a command does')
    .showSuggestionAfterError();
  program.helpInformation = overview;
  const asked = args[0] === 'help' ? args[1] : args[0];
  for (const { name, usage, summary, group, load } of commandTable) {
    const command = name === asked ? (await load()).build(shell, finish) : new Command(name).usage(usage).description(summary);
    program.addCommand(command.helpGroup(`${group}:`));
  }
  for (const command of [program, ...program.commands]) {
    // What commander has to say goes through `report`, which knows about --json.
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  return program;
}

function report(error: unknown, json: boolean, shell: Shell): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    return tell('usage', error.message.replace(/^error: /, ''), 'See "mooring --help", or --help behind a command.', json, shell);
  }
  if (error instanceof CommandError) return tell(error.kind, error.message, error.next, json, shell);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : 'Something that is not an error was thrown.';
  const next = 'This is a defect of Mooring. Set MOORING_LOG_LEVEL=debug to see where, and report it.';
  if (shell.environment['MOORING_LOG_LEVEL'] === 'debug' && error instanceof Error) {
    shell.stderr.write(`${joined(paragraph(error.stack ?? ''), '\n').toString()}\n`);
  }
  return tell('internal', message, next, json, shell);
}

function tell(kind: CommandError['kind'], message: string, next: string, json: boolean, shell: Shell): number {
  if (json) shell.stdout.write(`${safeJson({ v: 1, error: { kind, message, next } })}\n`);
  else shell.stderr.write(`${joined([...paragraph(`error    ${message}`), ...paragraph(`next     ${next}`)], '\n').toString()}\n`);
  return errorExitCode(kind);
}
