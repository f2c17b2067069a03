// One login at Databricks, inside the runner. Two ways lead out: `execute` for a statement that was decided (the caller has checked that), and `read`
// for the closed list of own statements. Nothing is sent between two calls.
import type { DatabricksTarget } from '../../domain/databricks-target.js';
import type { ObjectReference } from '../../domain/plan.js';
import type { Place } from '../../rules/journal.js';
import { monotonicMs } from '../monotonic-clock.js';
import { PlatformError } from '../platform-error.js';
import type { DatabricksLogin, Identity, ObjectState, Preflight, StatementRecord, StatementToRun } from '../runner-messages.js';
import { readHistory } from './history.js';
import type { Witness } from './history.js';
import { logIn, ownTag } from './login.js';
import type { LoggedIn } from './login.js';
import { inspectObjects } from './objects.js';
import { textOf } from './own-statements.js';
import type { OwnStatement } from './own-statements.js';
import { runPreflight } from './preflight.js';
import { askWorkspace } from './rest.js';
import { Sending } from './sending.js';
import { allRows, runStatement } from './statement.js';
import type { Row } from './statement.js';

const readTimeoutMs = 60_000; // for one own statement; a warehouse that sleeps takes seconds to start
const firstStatementTimeoutSeconds = 30 * 60 - 2; // Databricks: two days; set anew before a statement that has another
const longestTag = 128; // Databricks: value of a query tag

/** Loads the driver, logs in and asks who we are. Rejects with a `PlatformError`. */
export async function openDatabricks(login: DatabricksLogin): Promise<DatabricksSession> {
  const path = `/${login.httpPath}`.replace(/^\/\//, '/').replace(/\/$/, ''); // as the driver writes it
  const sending = new Sending(login.host, login.port, path);
  const loggedIn = await logIn(login, sending, firstStatementTimeoutSeconds);
  try {
    const askedAt = Date.now();
    const { queryId, rows } = await readOwn(loggedIn, sending, { name: 'identity' });
    const answeredAt = Date.now();
    const { user, metastore, now } = rows[0] ?? {};
    const platformTime = Number(now);
    if (user === undefined || metastore === undefined || !(platformTime > 0)) throw noIdentity();
    const witness = { queryId, tag: ownTag, startedAtMs: platformTime };
    // Databricks has no roles: what a session may do depends on the user and on the metastore of its workspace.
    const identity = { user, role: `metastore ${metastore}` };
    return new DatabricksSession({ login, loggedIn, sending, witness }, identity, Math.round(platformTime - (askedAt + answeredAt) / 2));
  } catch (error) {
    await logOut(loggedIn);
    throw error;
  }
}

interface Open {
  readonly login: DatabricksLogin;
  readonly loggedIn: LoggedIn;
  readonly sending: Sending;
  readonly witness: Witness;
}

export class DatabricksSession {
  readonly identity: Identity;
  readonly clockOffsetMs: number;
  readonly #open: Open;
  #timeoutSeconds = firstStatementTimeoutSeconds;

  constructor(open: Open, identity: Identity, clockOffsetMs: number) {
    this.#open = open;
    this.identity = identity;
    this.clockOffsetMs = clockOffsetMs;
  }

  async execute({ index, text, tag, timeoutMs, leaseEndsAt }: StatementToRun): Promise<{ readonly queryId: string }> {
    refuseUnsendable(index, text, tag);
    await this.#limit(timeoutMs);
    const { loggedIn, sending } = this.#open;
    const { queryId } = await runStatement(
      loggedIn.session,
      sending,
      { text, tag, leaseEndsAt, timeoutMs, subject: `Statement ${index + 1}`, readOnly: false },
      () => Promise.resolve(),
    );
    return { queryId };
  }

  /** Databricks does not tell with its answers where a session stands: the script's own USE statements are said again. */
  moveTo(_place: Place): Promise<null> {
    return Promise.resolve(null);
  }

  async preflight(target: DatabricksTarget): Promise<Preflight> {
    const { identity, clockOffsetMs } = this;
    const history = async (tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> =>
      await this.history(tagPrefix, since);
    return await runPreflight({ identity, clockOffsetMs, read: this.#read, history }, target);
  }

  async history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> {
    const { login, loggedIn, witness } = this.#open;
    const ask = async (path: string) => await askWorkspace(`https://${login.host}:${login.port}${path}`, `Bearer ${await loggedIn.bearer()}`);
    return await readHistory(ask, witness, tagPrefix, since);
  }

  async inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
    return await inspectObjects(this.#read, objects);
  }

  /** Logs out. True if Databricks acknowledged it. */
  async close(): Promise<boolean> {
    return await logOut(this.#open.loggedIn);
  }

  /** The vendor's cancel of a statement id is for statements of its own REST API; ours end by the timeout of their session. */
  async cancel(_queryId: string): Promise<'impossible'> {
    return 'impossible';
  }

  readonly #read = async (statement: OwnStatement): Promise<readonly Row[]> =>
    (await readOwn(this.#open.loggedIn, this.#open.sending, statement)).rows;

  /** A little before our own deadline, so that a slow statement ends with a clear answer rather than with a killed runner. 0 would mean "none". */
  async #limit(timeoutMs: number): Promise<void> {
    const seconds = Math.max(1, Math.floor(timeoutMs / 1_000) - 2);
    if (seconds === this.#timeoutSeconds) return;
    await this.#read({ name: 'statement-timeout', seconds });
    this.#timeoutSeconds = seconds;
  }
}

async function readOwn(
  { session }: LoggedIn,
  sending: Sending,
  statement: OwnStatement,
): Promise<{ readonly queryId: string; readonly rows: readonly Row[] }> {
  const sent = {
    text: textOf(statement),
    tag: ownTag,
    leaseEndsAt: monotonicMs() + readTimeoutMs,
    timeoutMs: readTimeoutMs,
    subject: `The read-only statement "${statement.name}"`,
    readOnly: true,
  };
  const { queryId, result } = await runStatement(session, sending, sent, allRows);
  return { queryId, rows: result };
}

async function logOut({ client, session }: LoggedIn): Promise<boolean> {
  const acknowledged = await session.close().then(
    ({ isSuccess }) => isSuccess,
    () => false,
  );
  await client.close().catch(() => undefined);
  return acknowledged;
}

function refuseUnsendable(index: number, text: string, tag: string): void {
  // Between a volume and the machine of the driver: they would read and write files of this machine.
  if (/^\s*(put|get|remove)\b/i.test(text))
    throw unsendable(
      'script-refused',
      `Statement ${index + 1} is a client command (PUT, GET or REMOVE)`,
      'Report the script to Immuta; a script has no use for files.',
    );
  if (tag.length > longestTag)
    throw unsendable('invalid-request', `The tag of statement ${index} has ${tag.length} characters, more than ${longestTag}`, 'Shorten the tag.');
}

function unsendable(kind: PlatformError['kind'], what: string, next: string): PlatformError {
  return new PlatformError({ kind, message: `${what}. It was not sent.`, next, ambiguous: false });
}

function noIdentity(): PlatformError {
  return new PlatformError({
    kind: 'bad-answer',
    message: 'Databricks was to say which user logged in at which metastore and what time it is, and did not.',
    next: 'Check that the workspace has Unity Catalog, and that nothing between this worker and Databricks changes answers.',
    ambiguous: false,
  });
}
