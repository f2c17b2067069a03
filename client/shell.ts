// What every command is given, and what all commands have in common: options, connecting, letting go.
import { Command, InvalidArgumentError, Option } from 'commander';
import { durationMs, isDuration } from '../rules/duration.js';
import type { CommandConfig } from './config.js';
import type { Connections } from './connections.js';
import type { ExitCode } from './exit-code.js';
import type { Output, OutputStream } from './output.js';
import { createOutput } from './output.js';
import { words } from './safe-text.js';

export interface Shell {
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly stdin: { readonly isTTY?: boolean | undefined };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** What a command's file exports: its options and what it does. `finish` is told the exit code. */
export type BuildCommand = (shell: Shell, finish: (code: ExitCode) => void) => Command;

/** The same for a command that only starts a program: any exit code is the program's own. */
export type BuildProgram = (shell: Shell, finish: (code: number) => void) => Command;

export interface JsonOption {
  readonly json?: true;
}

/** A command with what all have: `--json` and help that shows examples. */
export function createCommand(name: string, summary: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(summary)
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', examples.length === 0 ? '' : `\nExamples:\n${examples.map((example) => `  $ mooring ${example}`).join('\n')}`);
}

export const asOption = (): Option => new Option('--as <who>', 'who asks or decides; default MOORING_ACTOR, git user.email, or user@host');
export const manifestOption = (): Option => new Option('--manifest <file>', 'the manifest; default MOORING_MANIFEST, or the nearest mooring.yaml');

export const integrationOption = (): Option =>
  new Option('--integration-id <id>', 'the integration to take out, where Immuta does not say which one it is').argParser((text) => {
    if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new InvalidArgumentError('Write the number that Immuta shows for the integration.');
    return Number(text);
  });

/** In this order: with `--no-wait` declared first, commander would make `true` the default of `--wait`. */
export function followOptions(): readonly Option[] {
  return [
    new Option('--wait [duration]', 'stay when the run needs a person, at most so long (exit code 7)').argParser(parseDuration),
    new Option('--no-wait', 'start the run and return (exit code 7)'),
    new Option('--no-worker-check', 'start although no worker asks for work'),
  ];
}

/** Milliseconds of an option such as `30s` or `72h`. */
export function parseDuration(text: string): number {
  if (!isDuration(text)) throw new InvalidArgumentError('Write a whole number and ms, s, m, h or d: 30s, 15m, 72h.');
  return durationMs(text);
}

export function parseCount(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 9999.');
  return Number(text);
}

export function outputOf(shell: Shell, { json }: JsonOption): Output {
  return createOutput({ json: json === true, environment: shell.environment, stdout: shell.stdout, stderr: shell.stderr });
}

/** Reads the configuration, connects, does the work, disconnects. The Temporal client is loaded here and not before. */
export async function withConnections<T>(
  shell: Shell,
  output: Output,
  work: (connections: Connections, config: CommandConfig) => Promise<T>,
): Promise<T> {
  const { readConfig } = await import('./config.js');
  const config = readConfig(shell.environment, shell.folder);
  if (config.dev !== undefined) output.say(output.talkStyle('dim', words`using the running "mooring dev" of ${config.dev.file}`));
  const { openConnections } = await import('./connections.js');
  const connections = await openConnections(config);
  try {
    return await work(connections, config);
  } finally {
    await connections.close();
  }
}

/** Calls `work` with a signal that Ctrl-C or SIGTERM aborts; a second Ctrl-C ends the process as usual. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const letGo = (): void => controller.abort();
  process.once('SIGINT', letGo);
  process.once('SIGTERM', letGo);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', letGo);
    process.off('SIGTERM', letGo);
  }
}
