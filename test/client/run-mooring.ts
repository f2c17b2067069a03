import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Place {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const main = fileURLToPath(new URL('../../client/main.cjs', import.meta.url));

/** Runs `mooring` to its end, in a folder, with no environment but the one given. */
export function runMooring(args: readonly string[], place: Place): Promise<Finished> {
  return startMooring(args, place).ended;
}

export interface Started {
  readonly process: ChildProcess;
  /** Resolves when stderr holds the text. */
  heard(text: string): Promise<void>;
  readonly ended: Promise<Finished>;
}

export function startMooring(args: readonly string[], { folder, environment = {} }: Place): Started {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return {
    process: child,
    heard: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stderr.includes(text)) resolve();
        };
        child.stderr.on('data', look);
        child.once('close', () => reject(new Error(`It ended without saying "${text}": ${stderr}`)));
        look();
      }),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    }),
  };
}
