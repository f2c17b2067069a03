// Opens sessions for the worker: host allow-list first, then the secrets, then a runner process that no other session has meanwhile: one that ended a
// session of the same account and user cleanly (idle-runners.ts), one that was started ahead (spare-runner.ts), or a new one. How many of one account
// work at once is bounded by session-slots.ts, in all by the activities that the worker takes, and how many wait by `IdleLimits`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectReference } from '../domain/plan.js';
import type { PlatformTarget } from '../domain/platform-target.js';
import type { Secret } from '../domain/secret.js';
import type { SecretReference } from '../domain/secret-reference.js';
import type { DatabricksTarget } from '../domain/databricks-target.js';
import type { Platform } from '../domain/script.js';
import { describePrivilegedUser } from '../domain/snowflake-target.js';
import type { SnowflakePrivilegedUser, SnowflakeTarget } from '../domain/snowflake-target.js';
import type { Place } from '../rules/journal.js';
import { checkTokenHost, hostOf } from './host-allow-list.js';
import type { HostRules } from './host-allow-list.js';
import { PlatformError } from './platform-error.js';
import { IdleRunners, idleLimits } from './idle-runners.js';
import type { IdleLimits } from './idle-runners.js';
import { notStarted, Runner, sessionOver } from './runner.js';
import { runnerEnvironment } from './runner-environment.js';
import type {
  CancelAnswer,
  DatabricksLogin,
  Identity,
  ObjectState,
  PlatformLogin,
  Preflight,
  RunnerCall,
  RunnerCalls,
  SnowflakeCredential,
  SnowflakeLogin,
  StatementDone,
  StatementRecord,
  StatementToRun,
} from './runner-messages.js';
import { SessionSlots, slotLimits } from './session-slots.js';
import type { SlotLimits } from './session-slots.js';
import { SpareRunner } from './spare-runner.js';

/** What a worker decides about its platforms. */
export interface PlatformOptions extends HostRules {
  /** Exact host names of Databricks workspaces; none unless given. */
  readonly databricksHosts?: readonly string[];
  readonly resolveSecret: (reference: SecretReference) => Promise<Secret>;
  /** The worker's environment, of which a runner inherits a short allow-list. */
  readonly environment: NodeJS.ProcessEnv;
  readonly deadlines?: Partial<Deadlines>;
  readonly idle?: Partial<IdleLimits>;
  readonly slots?: Partial<SlotLimits>;
  /** What a runner is, where a test has another one. */
  readonly runnerProgram?: URL;
  /** For which platforms a runner shall be ready before the first session. Default: none. */
  readonly startAhead?: readonly Platform[];
}

interface Deadlines {
  /** From the start of the process to the answered login. */
  readonly openMs: number;
  /** One preflight, history or inspection: some tens of read-only statements. */
  readonly readMs: number;
  /** The clean log-out. */
  readonly closeMs: number;
}

// Start 0.2 s and login well under 10 s; a suspended account service has been seen to take half a minute.
const defaultDeadlines: Deadlines = { openMs: 60_000, readMs: 120_000, closeMs: 5_000 };

/**
 * Gives the function that opens sessions as a target's privileged user. It rejects with a `PlatformError`: `invalid-request` for a host or token host that is not
 * allowed (nothing was sent, no secret was read), whatever `resolveSecret` rejects with, and the kinds of a failed login. Aborting its signal
 * kills the runner, at any time.
 */
export function platformOpener(options: PlatformOptions): (target: PlatformTarget, signal: AbortSignal) => Promise<RunnerSession> {
  const deadlines = { ...defaultDeadlines, ...options.deadlines };
  const spareOf = (technology: Platform): SpareRunner => new SpareRunner(technology, () => startRunner(options), deadlines.openMs);
  const spares = { Snowflake: spareOf('Snowflake'), Databricks: spareOf('Databricks') };
  const idle = new IdleRunners({ ...idleLimits, ...options.idle });
  const slots = new SessionSlots({ ...slotLimits, ...options.slots });
  for (const technology of options.startAhead ?? []) spares[technology].provide();
  return async (target, signal) => {
    const login = await resolveLogin(target, options);
    if (signal.aborted) throw aborted();
    const [spare, account] = [spares[target.technology], accountOf(target)];
    const leaveSlot = await slots.take(account, signal);
    try {
      const runner = idle.take(account) ?? spare.take();
      const release = (): void => {
        idle.give(account, runner);
        spare.provide();
      };
      return await RunnerSession.open(runner, login, deadlines, signal, { release, over: leaveSlot });
    } catch (error) {
      leaveSlot();
      throw error;
    }
  };
}

/** Who logs in where, by references: the same process never serves two of them. */
function accountOf({ technology, host, port, privilegedUser }: PlatformTarget): string {
  return JSON.stringify([technology, host.toLowerCase(), port, privilegedUser]);
}

interface SessionEnds {
  /** Takes the runner back after a session that ended cleanly. */
  readonly release: () => void;
  /** The session is over, however it ended; may be told more than once. */
  readonly over: () => void;
}

/** A session in a runner process. It meets `PlatformSession` of the activities' ports, where its methods are documented. */
export class RunnerSession {
  readonly identity: Identity;
  readonly clockOffsetMs: number;
  readonly #runner: Runner;
  readonly #deadlines: Deadlines;
  readonly #leave: () => void;
  readonly #ends: SessionEnds;
  #over: string | undefined;

  static async open(runner: Runner, login: PlatformLogin, deadlines: Deadlines, signal: AbortSignal, ends: SessionEnds): Promise<RunnerSession> {
    const abort = (): void => void runner.kill('the attempt was cancelled');
    const leave = (): void => signal.removeEventListener('abort', abort); // else it would kill the runner under another session
    signal.addEventListener('abort', abort, { once: true });
    try {
      const { identity, clockOffsetMs } = await runner.ask('open', { login }, deadlines.openMs);
      void runner.gone.then(ends.over);
      return new RunnerSession(runner, identity, clockOffsetMs, deadlines, leave, ends);
    } catch (error) {
      leave();
      await runner.kill('the login failed');
      throw error;
    }
  }

  private constructor(runner: Runner, identity: Identity, clockOffsetMs: number, deadlines: Deadlines, leave: () => void, ends: SessionEnds) {
    this.#runner = runner;
    this.identity = identity;
    this.clockOffsetMs = clockOffsetMs;
    this.#deadlines = deadlines;
    this.#leave = leave;
    this.#ends = ends;
  }

  /** The runner's process id, for tests that look at it from the outside. */
  get pid(): number | undefined {
    return this.#runner.pid;
  }

  async preflight(target: PlatformTarget): Promise<Preflight> {
    return await this.#ask('preflight', { target }, this.#deadlines.readMs);
  }

  async decide(statementHashes: readonly string[]): Promise<void> {
    await this.#ask('decide', { statementHashes }, this.#deadlines.readMs);
  }

  async execute(statement: StatementToRun): Promise<StatementDone> {
    return await this.#ask('execute', { statement }, statement.timeoutMs);
  }

  async moveTo(place: Place): Promise<Place | undefined> {
    return (await this.#ask('moveTo', { place }, this.#deadlines.readMs)) ?? undefined;
  }

  async history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> {
    return await this.#ask('history', { tagPrefix, since }, this.#deadlines.readMs);
  }

  async inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
    return await this.#ask('inspect', { objects }, this.#deadlines.readMs);
  }

  async cancel(queryId: string): Promise<CancelAnswer> {
    return await this.#ask('cancel', { queryId }, this.#deadlines.readMs);
  }

  async close(): Promise<void> {
    if (this.#over !== undefined) return;
    this.#over = 'it was closed';
    // A session that cannot log out is over all the same, and its runner with it.
    const { clean } = await this.#runner.ask('close', {}, this.#deadlines.closeMs).catch(() => ({ clean: false }));
    this.#leave();
    if (clean && !this.#runner.isOver) this.#ends.release();
    else await this.#runner.end(this.#deadlines.closeMs);
    this.#ends.over();
  }

  async kill(): Promise<void> {
    if (this.#over !== undefined) return; // the runner may serve another session by now
    this.#over = 'it was killed';
    this.#leave();
    await this.#runner.kill(this.#over);
  }

  async #ask<Call extends RunnerCall>(call: Call, request: RunnerCalls[Call]['request'], deadlineMs: number): Promise<RunnerCalls[Call]['answer']> {
    if (this.#over !== undefined) throw sessionOver(this.#over, false);
    return await this.#runner.ask(call, request, deadlineMs);
  }
}

async function resolveLogin(target: PlatformTarget, options: PlatformOptions): Promise<PlatformLogin> {
  return target.technology === 'Snowflake' ? await resolveSnowflake(target, options) : await resolveDatabricks(target, options);
}

async function resolveDatabricks(target: DatabricksTarget, options: PlatformOptions): Promise<DatabricksLogin> {
  const rules = { allowedHosts: options.databricksHosts ?? [], allowLoopback: options.allowLoopback };
  const { host, port } = hostOf(target, rules, 'Databricks'); // over TLS on loopback too: the driver knows nothing else
  const user = target.privilegedUser;
  const common = { technology: 'Databricks', host, port, httpPath: target.httpPath } as const;
  if (user.authenticationType === 'token') {
    const token = await options.resolveSecret(user.token);
    return { ...common, credential: { kind: 'token', token: token.reveal() } };
  }
  const secret = await options.resolveSecret(user.clientSecret);
  return { ...common, credential: { kind: 'oAuthM2M', clientId: user.clientId, clientSecret: secret.reveal() } };
}

async function resolveSnowflake(target: SnowflakeTarget, options: PlatformOptions): Promise<SnowflakeLogin> {
  const host = hostOf(target, options);
  const user = target.privilegedUser;
  if (user.authenticationType === 'oAuthClientCredentials') checkTokenHost(user.tokenUrl, host.host, options);
  return {
    technology: 'Snowflake',
    ...host,
    username: 'username' in user ? user.username : undefined,
    who: describePrivilegedUser(user),
    role: user.role,
    warehouse: user.warehouse ?? target.warehouse,
    credential: await resolveCredential(user, async (reference) => (await options.resolveSecret(reference)).reveal()),
  };
}

async function resolveCredential(
  user: SnowflakePrivilegedUser,
  reveal: (reference: SecretReference) => Promise<string>,
): Promise<SnowflakeCredential> {
  switch (user.authenticationType) {
    case 'userPassword':
      return { kind: user.authenticationType, password: await reveal(user.password) };
    case 'keyPair': {
      const privateKey = await reveal(user.privateKey);
      const privateKeyPassword = user.privateKeyPassword === undefined ? undefined : await reveal(user.privateKeyPassword);
      return { kind: user.authenticationType, privateKey, privateKeyPassword };
    }
    case 'oAuthToken':
    case 'programmaticAccessToken':
      return { kind: user.authenticationType, token: await reveal(user.token) };
    case 'oAuthClientCredentials': {
      const { clientId, tokenUrl, scope = `session:role:${user.role}` } = user;
      return { kind: user.authenticationType, clientId, clientSecret: await reveal(user.clientSecret), tokenUrl, scope };
    }
  }
}

function startRunner({ environment, runnerProgram }: PlatformOptions): Runner {
  try {
    const folder = privateFolder();
    return new Runner(runnerEnvironment(environment, folder), folder, runnerProgram);
  } catch (error) {
    throw error instanceof PlatformError ? error : notStarted('its folder could not be made');
  }
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
