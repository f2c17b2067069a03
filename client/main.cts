#!/usr/bin/env node
// The process: streams, and the exit code. What a command line means stands in command-line.ts, which is loaded unless help or version is all that is
// asked. Those are what a person, and every completion and wrapper, asks most often, and they cost little more than Node itself: as CommonJS this file
// does without the loader of ES modules, the words come from the build, and the streams of the process are not made.
const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');

const args = process.argv.slice(2);
const asked = args.length === 1 ? args[0] : undefined;
if (asked === '--help' || asked === '-h' || asked === 'help') say(about().overview);
else if (asked === '--version' || asked === '-V') say(`${about().version}\n`);
else void run();

/** The words of about.ts, as the build wrote them down. */
function about(): { readonly overview: string; readonly version: string } {
  return JSON.parse(readFileSync(`${__dirname}/../about.json`, 'utf8'));
}

function say(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // A reader that has seen enough (`| head`) is no failure of ours.
  }
}

async function run(): Promise<void> {
  process.once('beforeExit', () => process.exit(1)); // nothing is left to wait for, and the command has not ended
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { runCommandLine } = await import('./command-line.js');
  const { env: environment, stdin, stdout, stderr } = process;
  const code = await runCommandLine(args, { environment, folder: process.cwd(), stdin, stdout, stderr });
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((flushed) => stream.write('', () => flushed()))));
  process.exit(code);
}
