// worker, dev, demo and simulate are programs of their own: the command starts them by path and is transparent to signals and exit code.
// The program gets an IPC channel whose end ('disconnect') tells it that this process is gone, however it died.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Shell } from './shell.js';

/** Files of `dist/`, beside the client. */
export type Program = '../worker/main.js' | '../dev/dev.js' | '../dev/demo.js' | '../simulators/main.js';

/** Runs a program until it ends; gives its exit code, or 128 and the signal's number. */
export async function runProcess(shell: Shell, program: Program, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { env: environment, cwd: shell.folder, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const passOn = (signal: NodeJS.Signals): void => {
    // A terminal sends Ctrl-C to the whole foreground group: the child has it already, and a second one would mean "at once".
    if (signal === 'SIGINT' && shell.stdin.isTTY === true) return;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, passOn);
  try {
    return await new Promise<number>((ended, failed) => {
      child.once('error', failed);
      child.once('exit', (code, signal) => ended(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}

const harmless = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'TERM', 'NO_COLOR', 'FORCE_COLOR', 'CI'];

/** What a program that needs none of our settings is given: the parent's environment is a store of secrets. */
export function harmlessEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => harmless.includes(name)));
}
