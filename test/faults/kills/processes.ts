// Processes as the operating system shows them: nothing of the product is asked who its children are.
import { execFileSync } from 'node:child_process';

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function listProcesses(): readonly Listed[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return listed.split('\n').flatMap((row) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** The runners of a worker: that of its session, and the one that stands ready. */
export function runnersOf(worker: number): readonly number[] {
  return listProcesses()
    .filter(({ parent, command }) => parent === worker && command.includes('runner-process'))
    .map(({ pid }) => pid);
}

/** The Temporal server on this port, behind its guardian. */
export function temporalServerAt(port: number): number {
  const found = listProcesses().find(
    ({ command }) => command.includes('start-dev') && command.includes(`--port ${port} `) && !command.includes('guardian-process'),
  );
  if (found === undefined) throw new Error(`no Temporal server at port ${port}`);
  return found.pid;
}

/** Sends a signal to a process, or with a negative id to its group; one that is gone already is no error. */
export function strike(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
