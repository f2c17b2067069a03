// One runner process, seen from the worker. Death is the only cancellation that works: the driver goes on re-sending after `cancel()` and
// `destroy()`, so a deadline, an abort and an unclear answer all end in SIGKILL, and every promise here waits until the process is gone.
import { fork } from 'node:child_process';
import type { ChildProcess, ForkOptions } from 'node:child_process';
import { PlatformError } from './platform-error.js';
import type { RunnerAnswer, RunnerCall, RunnerCalls, RunnerRequest } from './runner-messages.js';

interface Pending {
  readonly call: RunnerCall;
  readonly settle: (answer: RunnerAnswer) => void;
  readonly fail: (error: PlatformError) => void;
}

export class Runner {
  readonly #child: ChildProcess;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #ended: string | undefined;

  /** Until it has answered once, its end is a failed start. */
  #hasAnswered = false;
  #failedStart: PlatformError | undefined;

  /** Throws a `PlatformError` where the system gives no process. `program` is another one in tests. */
  constructor(environment: Readonly<Record<string, string>>, folder: string, program: URL = new URL('./runner-process.js', import.meta.url)) {
    this.#child = started(program, {
      env: environment,
      cwd: folder,
      execArgv: [], // an inherited --inspect or --import would open the process that holds the credential
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // nobody reads what a driver prints
      serialization: 'json',
    });
    let cause = '';
    this.gone = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        cause = signal === null ? `exit code ${code}` : signal;
        resolve();
      });
      this.#child.on('error', () => {
        if (this.#child.pid === undefined) resolve(); // never started
      });
    });
    void this.gone.then(() => {
      if (this.#ended === undefined && !this.#hasAnswered) this.#failedStart = notStarted(cause);
      this.#bury(`its process ended unexpectedly (${cause})`);
    });
    this.#child.on('message', (answer: RunnerAnswer) => {
      this.#hasAnswered = true;
      this.#pending.get(answer.id)?.settle(answer);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isOver(): boolean {
    return this.#ended !== undefined;
  }

  /** Whether this process stays for the runner's sake. From the start it does. */
  keepsAlive(keeps: boolean): void {
    this.#child[keeps ? 'ref' : 'unref']();
    this.#child.channel?.[keeps ? 'ref' : 'unref']();
  }

  /** Asks and waits for at most `deadlineMs`; a runner that has not answered by then is killed, and so is one whose answer leaves it unclear what it still sends. */
  async ask<Call extends RunnerCall>(call: Call, request: RunnerCalls[Call]['request'], deadlineMs: number): Promise<RunnerCalls[Call]['answer']> {
    if (this.#ended !== undefined) throw this.#failedStart ?? sessionOver(this.#ended, false);
    const id = ++this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<RunnerAnswer>((resolve, reject) => {
      this.#pending.set(id, { call, settle: resolve, fail: reject });
      timer = setTimeout(() => {
        this.#pending.delete(id); // so that it is rejected as late, and only once nothing can be sent any more
        void this.kill('its deadline passed').then(() => reject(deadlinePassed(call, deadlineMs)));
      }, deadlineMs);
    });
    this.#child.send({ id, call, ...request } as RunnerRequest, () => undefined); // a failed write: its exit rejects what is pending
    try {
      const answer = await answered;
      if (answer.ok) return answer.value as RunnerCalls[Call]['answer'];
      throw PlatformError.from(answer.error);
    } catch (error) {
      if (error instanceof PlatformError && error.ambiguous) await this.kill('the outcome of its statement was unclear');
      throw error;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /** Returns when the process is gone; what was pending is rejected, saying `why`. */
  async kill(why: string): Promise<void> {
    this.#ended ??= why;
    this.#child.kill('SIGKILL');
    await this.gone;
    this.#bury(why);
  }

  /** Closes the channel, upon which the runner ends by itself; killed when it does not within `deadlineMs`. */
  async end(deadlineMs: number): Promise<void> {
    this.#bury('it was closed');
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs);
    await this.gone;
    clearTimeout(timer);
  }

  #bury(why: string): void {
    this.#ended ??= why;
    for (const [id, { call, fail }] of this.#pending) {
      this.#pending.delete(id);
      fail(this.#failedStart ?? sessionOver(this.#ended, call === 'execute'));
    }
  }
}

function started(program: URL, options: ForkOptions): ChildProcess {
  try {
    const child = fork(program, [], options);
    if (child.pid !== undefined) return child;
    child.once('error', () => undefined); // told below
  } catch (error) {
    throw notStarted(error instanceof Error && 'code' in error ? String(error.code) : 'no code'); // ENOMEM, EAGAIN
  }
  throw notStarted('the system has no process or file left for it');
}

/** No statement was sent: a runner that never answered has no session. */
export function notStarted(cause: string): PlatformError {
  return new PlatformError({
    kind: 'unreachable',
    message: `A runner process could not be started (${cause}). No statement was sent.`,
    next: 'Look at the memory and the process limit of the platform worker, and whether its installation is whole; each runner takes about 80 MB.',
    ambiguous: false,
  });
}

/** What a session says that no longer has its runner. */
export function sessionOver(why: string, inFlight: boolean): PlatformError {
  return new PlatformError({
    kind: 'unreachable',
    message: inFlight
      ? `The runner was to answer for a statement that it had been given, but ${why}. The statement may have been carried out.`
      : `The session with the platform is over: ${why}.`,
    next: inFlight ? "Look for the statement's tag in the platform's query history before sending it again." : 'Open a new session.',
    ambiguous: inFlight,
  });
}

function deadlinePassed(call: RunnerCall, deadlineMs: number): PlatformError {
  const inFlight = call === 'execute';
  return new PlatformError({
    kind: 'timeout',
    message: inFlight
      ? `A statement was to end within ${deadlineMs} ms and did not; its runner was killed. The statement may have been carried out.`
      : `The platform was to answer "${call}" within ${deadlineMs} ms and did not; the runner was killed.`,
    next: inFlight
      ? "Look for the statement's tag in the platform's query history before sending it again."
      : 'Check that the platform answers and that the network between it and this worker is sound, then try again.',
    ambiguous: inFlight,
  });
}
