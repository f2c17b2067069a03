// How the set-up talks and starts other programs. Everything it says goes to stderr: stdout belongs to the command that asked for the set-up.
import { spawn } from 'node:child_process';

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a program to its end, its output on our stderr.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} [options] `onLine` takes the output instead of our stderr
 * @returns {Promise<boolean>} whether it ended with exit code 0
 */
export function run(program, args, { cwd, env, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', onLine ? 'pipe' : 2, onLine ? 'pipe' : 2] });
    for (const stream of [child.stdout, child.stderr]) if (stream && onLine) eachLine(stream, onLine);
    child.once('error', (error) => {
      say(`${program} could not be started: ${error.message}`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}

/**
 * @param {import('node:stream').Readable} stream
 * @param {(line: string) => void} onLine
 */
function eachLine(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.once('end', () => {
    if (rest !== '') onLine(rest);
  });
}
