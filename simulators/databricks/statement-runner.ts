// Runs what was sent, remembers every statement, and writes the ledger. A statement takes effect at one instant, after its latency and before its
// answer: whoever cancels earlier finds nothing changed, whoever loses the answer finds everything changed.
//
// Nothing de-duplicates: the vendor's protocol has no request id, so a statement sent twice runs twice.
import { createHash } from 'node:crypto';
import type { Ledger } from '../ledger.js';
import { Access } from './access.js';
import { SqlError } from './errors.js';
import type { Metastore } from './metastore.js';
import { Operation } from './operation.js';
import { parse } from './parse.js';
import type { Principals } from './principals.js';
import { mergedTags, writeTags } from './query-tags.js';
import type { Session } from './session.js';
import type { Execution, Result, Statement } from './statement.js';
import { tokenize } from './tokenizer.js';

/** What a fault does to one statement. */
export interface Disturbance {
  readonly delayMs?: number;
  readonly refusal?: SqlError;
  /** Nothing is done, and it is said to be. */
  readonly pretend?: boolean;
}

/** What comes with a statement. */
export interface Beside {
  readonly tags?: string | undefined;
  readonly parameters?: Execution['parameters'];
}

const nothingDone: Result = { columns: [], rows: [] };

/** setTimeout takes no more. */
const longestTimerMs = 2_147_483_647;

export class StatementRunner {
  readonly #metastore: Metastore;
  readonly #principals: Principals;
  readonly #ledger: Ledger;
  readonly #latencyMs: number;
  readonly #operations = new Map<string, Operation>();
  /** Metadata calls: they are no statements and stand in no history. */
  readonly #listings = new Map<string, Operation>();
  #stopped = false;

  constructor(metastore: Metastore, principals: Principals, ledger: Ledger, latencyMs: number) {
    this.#metastore = metastore;
    this.#principals = principals;
    this.#ledger = ledger;
    this.#latencyMs = latencyMs;
  }

  /** Everything that was ever run, oldest first: the query history. */
  operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  find(id: string): Operation | undefined {
    return this.#operations.get(id) ?? this.#listings.get(id);
  }

  start(session: Session, text: string, { tags, parameters = new Map() }: Beside = {}, disturbance: Disturbance = {}): Operation {
    const operation = new Operation(session, text, mergedTags(session.parameters.get('QUERY_TAGS'), tags), this.#metastore.now);
    this.#operations.set(operation.id, operation);
    void this.#run(operation, parameters, disturbance);
    return operation;
  }

  /** A finished operation that is no statement: what a metadata call answers. */
  answered(session: Session, result: Result): Operation {
    const operation = new Operation(session, '', [], this.#metastore.now);
    this.#listings.set(operation.id, operation);
    operation.finish(result);
    return operation;
  }

  /** Ends every statement of a session that still runs [known: the vendor does so when a session is closed]. */
  endSession(session: Session): void {
    for (const operation of this.#operations.values()) if (operation.session === session) operation.interrupt();
  }

  /** Ends everything without a trace in the ledger. */
  stop(): void {
    this.#stopped = true;
    for (const operation of this.#operations.values()) operation.interrupt();
  }

  async #run(operation: Operation, parameters: Execution['parameters'], { delayMs = 0, refusal, pretend = false }: Disturbance): Promise<void> {
    const timer = this.#limit(operation);
    let statement: Statement | undefined;
    try {
      const tokens = tokenize(operation.text);
      operation.verb = tokens[0]?.value ?? '';
      statement = parse(operation.text, tokens);
      await operation.pause(this.#latencyMs + delayMs);
      if (refusal !== undefined) throw refusal;
      const { session } = operation;
      const access = new Access(this.#metastore, this.#principals, session.principal);
      const result = pretend ? nothingDone : statement.run({ access, session, parameters });
      this.#record(operation, statement, 'success');
      operation.finish(result);
    } catch (thrown) {
      const error = asSqlError(thrown);
      this.#record(operation, statement, error.errorClass);
      operation.fail(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** [doc] STATEMENT_TIMEOUT, in seconds; the limit of the protocol itself has no effect on SQL warehouses. */
  #limit(operation: Operation): NodeJS.Timeout | undefined {
    const seconds = Number(operation.session.parameters.get('STATEMENT_TIMEOUT') ?? 172_800);
    if (!(seconds > 0)) return undefined;
    const expire = (): void => {
      operation.timedOut = true;
      operation.interrupt(new SqlError('STATEMENT_TIMEOUT', '57KD0', `The statement reached its timeout of ${seconds} seconds.`)); // [known]
    };
    const timer = setTimeout(expire, Math.min(seconds * 1_000, longestTimerMs));
    timer.unref();
    return timer;
  }

  #record(operation: Operation, statement: Statement | undefined, status: string): void {
    const changes = this.#metastore.takeChanges();
    if (this.#stopped) return;
    const { id, session, text, tags } = operation;
    this.#ledger.record({
      simulator: 'databricks',
      kind: 'statement',
      queryId: id,
      sessionId: session.id,
      user: session.principal.name,
      tag: writeTags(tags),
      read: statement?.read ?? false,
      verb: statement?.verb ?? operation.verb,
      ...(statement?.object === undefined ? {} : { object: statement.object }),
      status,
      sha256: createHash('sha256').update(text).digest('hex'),
      text,
    });
    for (const change of changes) this.#ledger.record({ simulator: 'databricks', kind: 'object', queryId: id, ...change });
  }
}

/** Anything else thrown is a fault of the simulator: it shows as the vendor's internal error. */
function asSqlError(thrown: unknown): SqlError {
  if (thrown instanceof SqlError) return thrown;
  return new SqlError('INTERNAL_ERROR', 'XX000', thrown instanceof Error ? thrown.message : 'unknown');
}
