// Opens sessions for the worker: host allow-list first, then the secrets, then a runner process of its own for each session. A runner is never
// shared and never used twice; it may only have been started ahead (spare-runner.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectReference } from '../domain/plan.js';
import type { Secret } from '../domain/secret.js';
import type { SecretReference } from '../domain/secret-reference.js';
import type { SnowflakeTarget } from '../domain/snowflake-target.js';
import { hostOf } from './host-allow-list.js';
import type { HostRules } from './host-allow-list.js';
import { PlatformError } from './platform-error.js';
import { Runner } from './runner.js';
import { runnerEnvironment } from './runner-environment.js';
import type { Identity, ObjectState, Preflight, SnowflakeLogin, StatementRecord, StatementToRun } from './runner-messages.js';
import { SpareRunner } from './spare-runner.js';

/** What a worker decides about its platforms. */
export interface PlatformOptions extends HostRules {
  readonly resolveSecret: (reference: SecretReference) => Promise<Secret>;
  /** The worker's environment, of which a runner inherits a short allow-list. */
  readonly environment: NodeJS.ProcessEnv;
  readonly deadlines?: Partial<Deadlines>;
}

interface Deadlines {
  /** From the start of the process to the answered login. */
  readonly openMs: number;
  /** One preflight, history or inspection: some tens of read-only statements. */
  readonly readMs: number;
  /** The clean log-out. */
  readonly closeMs: number;
}

// Import 0.3 s and login well under 10 s; a suspended account service has been seen to take half a minute.
const defaultDeadlines: Deadlines = { openMs: 60_000, readMs: 120_000, closeMs: 5_000 };

/**
 * Gives the function that opens sessions as a target's privileged user. It rejects with a `PlatformError`: `invalid-request` for a host that is not
 * allowed (nothing was sent, no secret was read), whatever `resolveSecret` rejects with, and the kinds of a failed login. Aborting its signal
 * kills the runner, at any time.
 */
export function platformOpener(options: PlatformOptions): (target: SnowflakeTarget, signal: AbortSignal) => Promise<RunnerSession> {
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const spare = new SpareRunner(() => startRunner(options.environment), deadlines.openMs);
  return async (target, signal) => {
    const login = await resolveLogin(target, options);
    if (signal.aborted) throw aborted();
    return await RunnerSession.open(spare, login, deadlines, signal);
  };
}

/** A session in a runner process. It meets `PlatformSession` of the activities' ports, where its methods are documented. */
export class RunnerSession {
  readonly identity: Identity;
  readonly clockOffsetMs: number;
  readonly #runner: Runner;
  readonly #deadlines: Deadlines;
  readonly #spare: SpareRunner;

  static async open(spare: SpareRunner, login: SnowflakeLogin, deadlines: Deadlines, signal: AbortSignal): Promise<RunnerSession> {
    const runner = spare.take();
    const abort = (): void => void runner.kill('the attempt was cancelled');
    signal.addEventListener('abort', abort, { once: true });
    void runner.gone.then(() => signal.removeEventListener('abort', abort));
    try {
      const { identity, clockOffsetMs } = await runner.ask('open', { login }, deadlines.openMs);
      return new RunnerSession(runner, identity, clockOffsetMs, deadlines, spare);
    } catch (error) {
      await runner.kill('the login failed');
      throw error;
    }
  }

  private constructor(runner: Runner, identity: Identity, clockOffsetMs: number, deadlines: Deadlines, spare: SpareRunner) {
    this.#runner = runner;
    this.identity = identity;
    this.clockOffsetMs = clockOffsetMs;
    this.#deadlines = deadlines;
    this.#spare = spare;
  }

  /** The runner's process id, for tests that look at it from the outside. */
  get pid(): number | undefined {
    return this.#runner.pid;
  }

  async preflight(target: SnowflakeTarget): Promise<Preflight> {
    this.#spare.provide(); // a script follows
    return await this.#runner.ask('preflight', { target }, this.#deadlines.readMs);
  }

  async decide(statementHashes: readonly string[]): Promise<void> {
    await this.#runner.ask('decide', { statementHashes }, this.#deadlines.readMs);
  }

  async execute(statement: StatementToRun): Promise<{ readonly queryId: string }> {
    return await this.#runner.ask('execute', { statement }, statement.timeoutMs);
  }

  async history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> {
    return await this.#runner.ask('history', { tagPrefix, since }, this.#deadlines.readMs);
  }

  async inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
    return await this.#runner.ask('inspect', { objects }, this.#deadlines.readMs);
  }

  async close(): Promise<void> {
    try {
      await this.#runner.ask('close', {}, this.#deadlines.closeMs);
    } catch {
      // A session that cannot log out is over all the same: the runner is ended below.
    }
    await this.#runner.end(this.#deadlines.closeMs);
    this.#spare.provide(); // and another registration may
  }

  async kill(): Promise<void> {
    await this.#runner.kill('it was killed');
  }
}

async function resolveLogin(target: SnowflakeTarget, options: PlatformOptions): Promise<SnowflakeLogin> {
  const host = hostOf(target, options);
  const user = target.privilegedUser;
  const common = { ...host, username: user.username, role: user.role, warehouse: user.warehouse ?? target.warehouse };
  if (user.authenticationType === 'userPassword') {
    const password = await options.resolveSecret(user.password);
    return { ...common, credential: { kind: 'userPassword', password: password.reveal() } };
  }
  const privateKey = await options.resolveSecret(user.privateKey);
  const passphrase = user.privateKeyPassword === undefined ? undefined : await options.resolveSecret(user.privateKeyPassword);
  return { ...common, credential: { kind: 'keyPair', privateKey: privateKey.reveal(), privateKeyPassword: passphrase?.reveal() } };
}

function startRunner(environment: NodeJS.ProcessEnv): Runner {
  const folder = privateFolder();
  return new Runner(runnerEnvironment(environment, folder), folder);
}

let folderOfThisProcess: string | undefined;

/** Home and working directory of all runners of this process: readable by nobody else, gone with the process. */
function privateFolder(): string {
  if (folderOfThisProcess !== undefined) return folderOfThisProcess;
  const folder = mkdtempSync(join(tmpdir(), 'mooring-runner-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  folderOfThisProcess = folder;
  return folder;
}

function aborted(): PlatformError {
  return new PlatformError({
    kind: 'unreachable',
    message: 'The attempt was cancelled before the login; nothing was sent to the platform.',
    next: 'Nothing to do, unless the cancellation was a mistake: then start again.',
    ambiguous: false,
  });
}
