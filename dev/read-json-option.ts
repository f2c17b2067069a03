import { parseArgs } from 'node:util';

/** Whether `--json` stands among the arguments, which take nothing else. `undefined` after saying what is wrong with them; the exit code is set. */
export function readJsonOption(args: readonly string[]): boolean | undefined {
  try {
    return parseArgs({ args: [...args], options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nThe only option is --json.\n`);
    process.exitCode = 64;
    return undefined;
  }
}
