#!/usr/bin/env node
// argv -> command -> exit code.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CommandError } from './command-error.js';
import { commandTable } from './command-table.js';
import { errorExitCode, exitCodes } from './exit-code.js';
import { joined, paragraph, safeJson } from './safe-text.js';
import type { Shell } from './shell.js';

const shell: Shell = { environment: process.env, folder: process.cwd(), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
// A reader that has seen enough (`| head`) is no failure of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const code = await main(process.argv.slice(2));
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((flushed) => stream.write('', () => flushed()))));
process.exit(code);

async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCodes.done;
  const json = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined).includes('--json');
  try {
    const program = await buildProgram(args, (finished) => {
      code = finished;
    });
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, json);
  }
}

/** The program with every command named, and only the one that is asked for loaded. */
async function buildProgram(args: readonly string[], finish: (code: number) => void): Promise<Command> {
  const program = new Command('mooring')
    .description('Registers a data platform in Immuta, and takes it out again, as one durable, approved, reversible run.')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'what a command does')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 differences, 3 rejected, 4 refused, 5 expired, 6 a person must look, 7 still waiting,\n8 held by another run, 9 no Temporal or no worker, 10 cancelled, 64 usage, 130 interrupted (the run goes on).',
    );
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

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    return tell('usage', error.message.replace(/^error: /, ''), 'See "mooring --help", or --help behind a command.', json);
  }
  if (error instanceof CommandError) return tell(error.kind, error.message, error.next, json);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : 'Something that is not an error was thrown.';
  const next = 'This is a defect of Mooring. Set MOORING_LOG_LEVEL=debug to see where, and report it.';
  if (process.env['MOORING_LOG_LEVEL'] === 'debug' && error instanceof Error) {
    process.stderr.write(`${joined(paragraph(error.stack ?? ''), '\n').toString()}\n`);
  }
  return tell('internal', message, next, json);
}

function tell(kind: CommandError['kind'], message: string, next: string, json: boolean): number {
  if (json) process.stdout.write(`${safeJson({ v: 1, error: { kind, message, next } })}\n`);
  else process.stderr.write(`${joined([...paragraph(`error    ${message}`), ...paragraph(`next     ${next}`)], '\n').toString()}\n`);
  return errorExitCode(kind);
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
