import { runCommandLine } from '../../client/command-line.js';
import type { CommandResult } from '../../dev/command-line.js';
import { childEnvironment } from '../../dev/guardian.js';

/**
 * What `runMooring` does, without the process: the same command line with streams that are kept. Starting a process takes a third of a second of a core,
 * and most scenarios are about what the run does. That a process gives the same words and its exit code is shown where commands are the subject.
 */
export async function runCommand(
  args: readonly string[],
  { folder, environment }: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  const keep = (stream: keyof typeof output) => ({ write: (text: string): void => void (output[stream] += text) });
  const exitCode = await runCommandLine(args, {
    environment: childEnvironment({ NO_COLOR: '1', ...environment }),
    folder,
    stdin: {},
    stdout: keep('stdout'),
    stderr: keep('stderr'),
  });
  return { exitCode, ...output };
}
