#!/usr/bin/env node
// The process: streams, and the exit code. What a command line means stands in command-line.ts, which is loaded unless help or version is all that is
// asked; those are written without the streams of the process, whose making alone costs a tenth of the time.
import { writeSync } from 'node:fs';
import { overview, version } from './about.js';

const args = process.argv.slice(2);
const asked = args.length === 1 ? args[0] : undefined;
if (asked === '--help' || asked === '-h' || asked === 'help') say(overview());
else if (asked === '--version' || asked === '-V') say(`${version()}\n`);
else await run();

function say(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // A reader that has seen enough (`| head`) is no failure of ours.
  }
}

async function run(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { runCommandLine } = await import('./command-line.js');
  const { env: environment, stdin, stdout, stderr } = process;
  const code = await runCommandLine(args, { environment, folder: process.cwd(), stdin, stdout, stderr });
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((flushed) => stream.write('', () => flushed()))));
  process.exit(code);
}
