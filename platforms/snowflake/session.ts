// One login at Snowflake, inside the runner. Two ways lead out: `execute` for a statement that was decided (the caller has checked that), and `read`
// for the closed list of own statements. Nothing is sent between two calls.
import type { ObjectReference } from '../../domain/plan.js';
import type { SnowflakeTarget } from '../../domain/snowflake-target.js';
import type { Place } from '../../rules/journal.js';
import { monotonicMs } from '../monotonic-clock.js';
import { PlatformError } from '../platform-error.js';
import type { Identity, ObjectState, Preflight, SnowflakeLogin, StatementDone, StatementRecord, StatementToRun } from '../runner-messages.js';
import { loadDriver } from './driver.js';
import type { DriverConnection } from './driver.js';
import { statementFailure } from './error.js';
import { readHistory } from './history.js';
import { logIn } from './login.js';
import { inspectObjects } from './objects.js';
import { textOf } from './own-statements.js';
import type { OwnStatement } from './own-statements.js';
import { runPreflight } from './preflight.js';
import { Sending } from './sending.js';
import { readRows, runStatement } from './statement.js';
import type { Row } from './statement.js';

const readTimeoutMs = 60_000; // for one own statement; SHOW answers in seconds, the history of a busy account takes longer
const ownTag = 'mooring-read'; // so that an auditor tells looking from doing
const longestTag = 2_000; // Snowflake: QUERY_TAG

/** Loads the driver, logs in and asks who we are. Rejects with a `PlatformError`. */
export async function openSnowflake(login: SnowflakeLogin): Promise<SnowflakeSession> {
  const sending = new Sending(login.host, login.port);
  const driver = await loadDriver(sending.rule, login.plainHttp);
  const connection = await logIn(driver, login);
  const askedAt = Date.now();
  const [row] = await readOwn(connection, sending, { name: 'identity' });
  const answeredAt = Date.now();
  const [user, role, time] = Object.values(row ?? {});
  const platformTime = Date.parse(time ?? '');
  if (user === undefined || role === undefined || Number.isNaN(platformTime)) throw noIdentity();
  return new SnowflakeSession(connection, sending, { user, role }, Math.round(platformTime - (askedAt + answeredAt) / 2));
}

export class SnowflakeSession {
  readonly identity: Identity;
  readonly clockOffsetMs: number;
  readonly #connection: DriverConnection;
  readonly #sending: Sending;

  constructor(connection: DriverConnection, sending: Sending, identity: Identity, clockOffsetMs: number) {
    this.#connection = connection;
    this.#sending = sending;
    this.identity = identity;
    this.clockOffsetMs = clockOffsetMs;
  }

  async execute({ index, text, tag, timeoutMs, leaseEndsAt }: StatementToRun): Promise<StatementDone> {
    refuseUnsendable(index, text, tag);
    this.#sending.begin(leaseEndsAt);
    try {
      return await runStatement(this.#connection, { text, tag, timeoutMs });
    } catch (error) {
      throw statementFailure(error, { subject: `Statement ${index + 1}`, sent: this.#sending.end(), readOnly: false });
    } finally {
      this.#sending.end();
    }
  }

  async moveTo(wanted: Place): Promise<Place> {
    const stands = await this.#place();
    const moves = movesBetween(stands, wanted);
    for (const move of moves) await this.#read(move);
    return moves.length === 0 ? stands : await this.#place();
  }

  async preflight(target: SnowflakeTarget): Promise<Preflight> {
    const { identity, clockOffsetMs } = this;
    const history = async (tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> =>
      await this.history(tagPrefix, since);
    return await runPreflight({ identity, clockOffsetMs, read: this.#read, history }, target);
  }

  async history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'> {
    return await readHistory(this.#read, tagPrefix, since);
  }

  async inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]> {
    return await inspectObjects(this.#read, objects);
  }

  /** The same user may end what another session of its runs. */
  async cancel(queryId: string): Promise<'asked'> {
    await this.#read({ name: 'cancel', queryId });
    return 'asked';
  }

  /** Logs out. True if Snowflake acknowledged it. */
  async close(): Promise<boolean> {
    return await new Promise((resolve) => this.#connection.destroy((error) => resolve(error === undefined || error === null)));
  }

  async #place(): Promise<Place> {
    const [row = {}] = await this.#read({ name: 'place' });
    const [role, warehouse, database, schema] = Object.values(row);
    return { role, warehouse, database, schema };
  }

  readonly #read = async (statement: OwnStatement): Promise<readonly Row[]> => await readOwn(this.#connection, this.#sending, statement);
}

/** The role is not among them: the script's own USE ROLE is said again. */
function movesBetween(stands: Place, { warehouse, database, schema }: Place): readonly OwnStatement[] {
  const moves: OwnStatement[] = [];
  if (warehouse !== undefined && warehouse !== stands.warehouse) moves.push({ name: 'use-warehouse', warehouse });
  if (database === undefined) return moves;
  const isThere = database === stands.database;
  if (schema === undefined) return isThere ? moves : [...moves, { name: 'use-database', database }];
  return isThere && schema === stands.schema ? moves : [...moves, { name: 'use-schema', database, schema }];
}

async function readOwn(connection: DriverConnection, sending: Sending, statement: OwnStatement): Promise<readonly Row[]> {
  sending.begin(monotonicMs() + readTimeoutMs);
  try {
    return await readRows(connection, { text: textOf(statement), tag: ownTag, timeoutMs: readTimeoutMs });
  } catch (error) {
    throw statementFailure(error, { subject: `The read-only statement "${statement.name}"`, sent: sending.end(), readOnly: true });
  } finally {
    sending.end();
  }
}

function refuseUnsendable(index: number, text: string, tag: string): void {
  // The driver carries these out itself: they would read and write files of this machine.
  if (/^\s*(put|get)/i.test(text))
    throw unsendable(
      'script-refused',
      `Statement ${index + 1} is a client command (PUT or GET)`,
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
    message: 'Snowflake was to say which user and role logged in and what time it is, and did not.',
    next: 'Check that nothing between this worker and Snowflake changes answers.',
    ambiguous: false,
  });
}
