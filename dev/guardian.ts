// Starts a foreign program so that it dies with us. Nothing can be done by a process that is killed with SIGKILL, so a small process stands between:
// it holds one end of a pipe, we hold the other, and when ours closes, however that came about, it ends the program: SIGTERM, after 2 s SIGKILL.
//
// The pair lives in a session of its own. A Ctrl-C in the terminal therefore reaches us alone, and we can end things in order: first who uses the
// server, then the server. Its output goes to a file or nowhere: an inherited pipe would keep a shell pipeline open for as long as it runs.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface GuardedProgram {
  /** Settles when the program has ended and been reaped, for whatever reason. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Ends the program and waits for that. May be called again. */
  stop(): Promise<void>;
}

export interface GuardOptions {
  /** Added to the allow-list of `childEnvironment`. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** A file that takes what the program prints, appended. Default: nowhere. */
  readonly logFile?: string | undefined;
}

/** Throws if `program` is not the absolute path of something that can be run. A guarded program does not keep our process alive. */
export async function startGuarded(program: string, args: readonly string[], options: GuardOptions = {}): Promise<GuardedProgram> {
  await access(program, constants.X_OK).catch(() => {
    throw new Error(`"${program}" cannot be run: it is missing or not executable.`);
  });
  const log = options.logFile === undefined ? undefined : await open(options.logFile, 'a', 0o600);
  const output = log?.fd ?? 'ignore';
  const guardian = spawn(process.execPath, [guardianProcess, program, ...args], {
    detached: true,
    env: childEnvironment(options.environment),
    stdio: ['pipe', output, output],
  });
  const ourEnd = guardian.stdin;
  const ended = new Promise<Awaited<GuardedProgram['ended']>>((resolve) => {
    guardian.once('exit', (code, signal) => resolve({ code, signal }));
    guardian.once('error', () => resolve({ code: null, signal: null }));
  });
  ourEnd?.on('error', () => undefined); // a guardian that is gone already
  guardian.unref();
  await log?.close();
  return {
    ended,
    stop: async () => {
      guardian.ref();
      ourEnd?.end();
      await ended;
    },
  };
}

/**
 * What a child process may see of our environment, which holds every secret: names from this list and what is given by name. A foreign program
 * never sees `TEMPORAL_*`, `MOORING_*` or a platform's credentials.
 */
export function childEnvironment(extras: Readonly<Record<string, string>> = {}, ours: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const allowed = ['PATH', 'HOME', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS'];
  const kept = allowed.flatMap((name) => (ours[name] === undefined ? [] : [[name, ours[name]]]));
  return { ...Object.fromEntries(kept), ...extras };
}

const guardianProcess = fileURLToPath(new URL('./guardian-process.js', import.meta.url));
