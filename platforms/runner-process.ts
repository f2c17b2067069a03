// The runner: a process that holds the driver, one session and its credential, and does one thing a message. Script statements leave only if their
// SHA-256 stands at their index in what was decided and their lease has not ended. It ends at once when its channel to the worker closes. When a
// session has ended, everything of it is let go: what was decided, the credential, the connections, and the permission to send.
import { monotonicMs } from './monotonic-clock.js';
import { shutGate } from './outgoing-gate.js';
import { PlatformError } from './platform-error.js';
import type { OpenedSession, PlatformLogin, RunnerAnswer, RunnerCall, RunnerCalls, RunnerRequest } from './runner-messages.js';
import { refuseLate, refuseUndecided } from './statement-gate.js';

let session: OpenedSession | undefined;
let decided: readonly string[] | undefined;
let previous: Promise<void> = Promise.resolve();

process.on('disconnect', () => process.exit(0)); // its worker is gone; what a driver still has under way must not go on
process.on('uncaughtException', () => process.exit(1)); // without a word: what a driver throws late may hold a token
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined); // Ctrl-C reaches the whole group; the worker alone ends a runner
process.on('message', (request: RunnerRequest) => {
  previous = previous.then(async () => reply(await answer(request)));
});

async function answer(request: RunnerRequest): Promise<RunnerAnswer> {
  try {
    return { id: request.id, ok: true, value: await carryOut(request) };
  } catch (error) {
    return { id: request.id, ok: false, error: (error instanceof PlatformError ? error : unforeseen(request.call)).plain() };
  }
}

async function carryOut(request: RunnerRequest): Promise<RunnerCalls[RunnerCall]['answer']> {
  switch (request.call) {
    case 'prepare':
      await load[request.technology]();
      return null;
    case 'open': {
      session = await openPlatform(request.login);
      return { identity: session.identity, clockOffsetMs: session.clockOffsetMs };
    }
    case 'decide':
      if (decided !== undefined) throw decidedBefore();
      decided = [...request.statementHashes];
      return null;
    case 'execute':
      refuseUndecided(decided, request.statement);
      refuseLate(request.statement, monotonicMs());
      return await opened().execute(request.statement);
    case 'moveTo':
      return await opened().moveTo(request.place);
    case 'preflight':
      return await opened().preflight(request.target);
    case 'history':
      return await opened().history(request.tagPrefix, request.since);
    case 'inspect':
      return await opened().inspect(request.objects);
    case 'cancel':
      return await opened().cancel(request.queryId);
    case 'close': {
      const acknowledged = await opened().close();
      session = undefined;
      decided = undefined;
      return { clean: (await shutGate()) && acknowledged };
    }
  }
}

/** Each platform's folder, and its driver, is loaded only in a runner that serves it. */
const load = {
  async Snowflake() {
    const [{ openSnowflake }, { preloadDriver }] = await Promise.all([import('./snowflake/session.js'), import('./snowflake/driver.js')]);
    await preloadDriver();
    return openSnowflake;
  },
  async Databricks() {
    const [{ openDatabricks }, { preloadDriver }] = await Promise.all([import('./databricks/session.js'), import('./databricks/driver.js')]);
    await preloadDriver();
    return openDatabricks;
  },
};

async function openPlatform(login: PlatformLogin): Promise<OpenedSession> {
  return login.technology === 'Snowflake' ? await (await load.Snowflake())(login) : await (await load.Databricks())(login);
}

function opened(): OpenedSession {
  if (session !== undefined) return session;
  throw new PlatformError({
    kind: 'invalid-request',
    message: 'The runner was asked for work before its login.',
    next: 'Open a session first.',
    ambiguous: false,
  });
}

/** One session, one script: what was decided is not exchanged under it. */
function decidedBefore(): PlatformError {
  return new PlatformError({
    kind: 'script-refused',
    message: 'Another script was to be decided for a session that has one. Nothing was sent.',
    next: 'Report it: no step of ours does that.',
    ambiguous: false,
  });
}

function unforeseen(call: RunnerCall): PlatformError {
  return new PlatformError({
    kind: 'bad-answer',
    message: `The runner failed at "${call}" in a way it does not know.`,
    next:
      call === 'execute'
        ? "Look for the statement's tag in the platform's query history before sending it again."
        : 'Try again; if it persists, report it with the version of this program.',
    ambiguous: call === 'execute',
  });
}

function reply(message: RunnerAnswer): void {
  if (process.connected) process.send?.(message, () => undefined);
}
