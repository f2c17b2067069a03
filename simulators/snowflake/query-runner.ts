// Runs what was compiled, remembers every query, and writes the ledger. A statement takes effect at one instant, after its latency and
// before its answer: whoever cancels earlier finds nothing changed, whoever loses the answer finds everything changed.
import { createHash } from 'node:crypto';
import type { Ledger } from '../ledger.js';
import type { Account } from './account.js';
import type { CatalogChange } from './catalog.js';
import type { Compiled } from './compile.js';
import { compilePart } from './compile.js';
import { SqlError, noActiveWarehouse, timedOut } from './errors.js';
import { maskSecrets } from './mask.js';
import { Query, newQueryId } from './query.js';
import { QueryHistory } from './query-history.js';
import type { QueryRequest } from './query-request.js';
import { tagOf } from './query-request.js';
import type { Result } from './result.js';
import { statementTypes, statusResult } from './result.js';
import type { Session } from './session.js';
import type { Statement } from './statement.js';
import type { Token } from './tokenizer.js';
import { resultAnswer } from './wire.js';

/** What a fault does to one statement. */
export interface Disturbance {
  readonly delayMs?: number;
  readonly refusal?: SqlError;
  readonly hang?: boolean;
  /** Nothing is done, and it is said to be. */
  readonly pretend?: boolean;
}

/** What becomes known of a statement while it runs, for the ledger. */
interface Trace {
  readonly text: string;
  readonly tokens: readonly Token[];
  statement: Statement | undefined;
  readonly changes: CatalogChange[];
}

/** setTimeout takes no more. */
const longestTimerMs = 2_147_483_647;

export class QueryRunner {
  readonly history = new QueryHistory();
  readonly #account: Account;
  readonly #ledger: Ledger;
  readonly #latencyMs: number;
  readonly #queries = new Map<string, Query>();
  readonly #byRequest = new Map<string, Query>();
  #stopped = false;

  constructor(account: Account, ledger: Ledger, latencyMs: number) {
    this.#account = account;
    this.#ledger = ledger;
    this.#latencyMs = latencyMs;
  }

  find(queryId: string): Query | undefined {
    return this.#queries.get(queryId);
  }

  /** [src] the vendor de-duplicates a request id within one session (snowflake-connector-nodejs test/integration/testExecute.js). */
  findByRequest(sessionId: number, requestId: string | undefined): Query | undefined {
    return requestId === undefined ? undefined : this.#byRequest.get(`${sessionId}:${requestId}`);
  }

  start(compiled: Compiled, session: Session, disturbance: Disturbance = {}): Query {
    const { request } = compiled;
    const query = this.#newQuery(session, request, request.text, compiled.multiple ? 'MULTI_STATEMENT' : queryType(compiled), disturbance.hang);
    if (request.requestId !== undefined) this.#byRequest.set(`${session.id}:${request.requestId}`, query);
    void (compiled.multiple ? this.#runMultiple(query, compiled, disturbance) : this.#runSingle(query, compiled, disturbance));
    return query;
  }

  /** Ends every statement of a session that still runs [known: the vendor does so when a session is closed]. */
  endSession(session: Session): void {
    for (const query of this.#queries.values()) if (query.session === session) query.interrupt();
  }

  /** Ends everything without a trace in the ledger. */
  stop(): void {
    this.#stopped = true;
    for (const query of this.#queries.values()) query.interrupt();
  }

  #newQuery(session: Session, request: QueryRequest, text: string, type: string, hangs = false): Query {
    const entry = {
      queryId: newQueryId(),
      // [doc] the vendor's history masks secrets too
      text: maskSecrets(text),
      queryType: type,
      sessionId: session.id,
      user: session.user,
      role: session.role,
      warehouse: session.warehouse ?? null,
      database: session.database ?? null,
      schema: session.schema ?? null,
      tag: tagOf(request, session),
      startTime: this.#account.clock.now(),
      status: 'RUNNING' as const,
    };
    const query = new Query(session, entry, { hangs, asynchronous: request.asynchronous });
    this.#queries.set(query.id, query);
    this.history.add(entry);
    return query;
  }

  async #runSingle(query: Query, compiled: Compiled, disturbance: Disturbance): Promise<void> {
    const { request, statement, error } = compiled;
    const trace: Trace = { text: request.text, tokens: compiled.parts[0] ?? [], statement, changes: [] };
    await this.#settle(query, trace, async () => {
      await this.#beforeEffect(query, request, disturbance);
      if (error !== undefined) throw error;
      if (statement === undefined) throw new Error('compiled without statement or error');
      if (request.describeOnly && !statement.read)
        return { columns: [{ name: 'status', type: 'text' }], rows: [], statementType: statementTypes.ddl };
      if (disturbance.pretend === true) return statusResult('Statement executed successfully.');
      return this.#apply(query, statement, trace);
    });
  }

  /** [doc] stops at the first failure; what ran before stays. Needs a warehouse even for DDL. */
  async #runMultiple(query: Query, compiled: Compiled, disturbance: Disturbance): Promise<void> {
    const { request } = compiled;
    const children: Query[] = [];
    try {
      await this.#beforeEffect(query, request, disturbance);
      if (query.session.warehouse === undefined) throw noActiveWarehouse();
      for (const tokens of compiled.parts) {
        const text = request.text.slice(tokens[0]?.start, tokens.at(-1)?.end);
        const child = this.#newQuery(query.session, request, text, 'UNKNOWN');
        children.push(child);
        const trace: Trace = { text, tokens, statement: undefined, changes: [] };
        await this.#settle(child, trace, async () => {
          trace.statement = compilePart(request, tokens, query.session);
          return this.#apply(child, trace.statement, trace);
        });
        const { answer } = child;
        if (answer?.success === false) {
          this.#close(query, answer.code ?? undefined, answer.message ?? undefined);
          query.finish(answer);
          return;
        }
      }
      this.#close(query);
      const result: Result = {
        columns: [{ name: 'multiple statement execution', type: 'text' }],
        rows: [['Multiple statements executed successfully.']],
        statementType: statementTypes.multiple,
      };
      const resultTypes = children.map((child) => child.answer?.data?.['statementTypeId']).join(',');
      query.finish(resultAnswer(query.id, result, query.session, { resultIds: children.map((child) => child.id).join(','), resultTypes }));
    } catch (thrown) {
      const error = asSqlError(thrown);
      this.#close(query, error.code, error.message);
      query.fail(error);
    }
  }

  async #beforeEffect(query: Query, request: QueryRequest, disturbance: Disturbance): Promise<void> {
    const seconds =
      request.timeoutSeconds ??
      Number(query.session.parameters.get('STATEMENT_TIMEOUT_IN_SECONDS') ?? this.#account.parameters.get('STATEMENT_TIMEOUT_IN_SECONDS') ?? 0);
    if (seconds > 0) {
      const timer = setTimeout(() => query.interrupt(timedOut(seconds)), Math.min(seconds * 1000, longestTimerMs));
      timer.unref();
      void query.settled.then(() => clearTimeout(timer));
    }
    if (disturbance.hang === true) await query.pause();
    await query.pause(this.#latencyMs + (disturbance.delayMs ?? 0));
    if (disturbance.refusal !== undefined) throw disturbance.refusal;
  }

  async #apply(query: Query, statement: Statement, trace: Trace): Promise<Result> {
    const result = statement.run({
      account: this.#account,
      session: query.session,
      history: this.history,
      cancel: (queryId) => this.find(queryId)?.interrupt() ?? false,
      resultOf: (queryId) => (this.find(queryId)?.entry.user === query.session.user ? this.find(queryId)?.result : undefined),
    });
    trace.changes.push(...this.#account.catalog.takeChanges());
    if (result.waitMs !== undefined && result.waitMs > 0) await query.pause(result.waitMs);
    return result;
  }

  /** Runs one statement to its end and records it, however it ended. */
  async #settle(query: Query, trace: Trace, run: () => Promise<Result>): Promise<void> {
    try {
      query.result = await run();
      const answer = resultAnswer(query.id, query.result, query.session);
      query.session.lastQueryId = query.id;
      this.#close(query);
      this.#record(query, trace, 'success');
      query.finish(answer);
    } catch (thrown) {
      const error = asSqlError(thrown);
      this.#close(query, error.code, error.message);
      this.#record(query, trace, error.code);
      query.fail(error);
    }
  }

  #close(query: Query, errorCode?: string, errorMessage?: string): void {
    const { entry } = query;
    entry.endTime = this.#account.clock.now();
    entry.status = errorCode === undefined ? 'SUCCESS' : 'FAILED_WITH_ERROR';
    if (errorCode !== undefined) entry.errorCode = errorCode;
    if (errorMessage !== undefined) entry.errorMessage = errorMessage;
  }

  #record(query: Query, { text, tokens, statement, changes }: Trace, status: string): void {
    if (this.#stopped) return;
    const { entry } = query;
    this.#ledger.record({
      simulator: 'snowflake',
      kind: 'statement',
      queryId: query.id,
      sessionId: entry.sessionId,
      user: entry.user,
      role: entry.role,
      tag: entry.tag,
      read: statement?.read ?? false,
      verb: statement?.verb ?? tokens[0]?.value ?? '',
      ...(statement?.object === undefined ? {} : { object: statement.object }),
      status,
      sha256: createHash('sha256').update(text).digest('hex'),
      text: entry.text,
    });
    for (const change of changes) this.#ledger.record({ simulator: 'snowflake', kind: 'object', queryId: query.id, ...change });
  }
}

function queryType({ statement }: Compiled): string {
  return statement === undefined ? 'UNKNOWN' : statement.verb;
}

/** Anything else thrown is a fault of the simulator: it shows as the vendor's internal error. */
function asSqlError(thrown: unknown): SqlError {
  if (thrown instanceof SqlError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : 'unknown';
  return new SqlError('000603', 'XX000', `SQL execution internal error: Processing aborted by error 300010:${reason}`);
}
