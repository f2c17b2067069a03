// What a driver sends to have a text executed, read once and without trust.
import type { Session } from './session.js';

export interface QueryRequest {
  /** The same id in the same session is the same request, however often it is sent. */
  readonly requestId: string | undefined;
  readonly text: string;
  /** The statement's own tag; undefined leaves the session's. */
  readonly tag: string | undefined;
  /** How many statements the text may hold; 0 for any number. */
  readonly statementCount: number;
  readonly timeoutSeconds: number | undefined;
  readonly bindings: ReadonlyMap<string, string | null>;
  readonly asynchronous: boolean;
  readonly describeOnly: boolean;
}

export function readQueryRequest(body: Readonly<Record<string, unknown>>, requestId: string | undefined): QueryRequest {
  const parameters = asRecord(body['parameters']);
  const timeout = parameters['STATEMENT_TIMEOUT_IN_SECONDS'];
  return {
    requestId,
    text: typeof body['sqlText'] === 'string' ? body['sqlText'] : '',
    tag: asText(parameters['QUERY_TAG']),
    statementCount: parameters['MULTI_STATEMENT_COUNT'] === undefined ? 1 : Number(parameters['MULTI_STATEMENT_COUNT']),
    timeoutSeconds: timeout === undefined ? undefined : Number(timeout),
    bindings: readBindings(asRecord(body['bindings'])),
    asynchronous: body['asyncExec'] === true,
    describeOnly: body['describeOnly'] === true,
  };
}

/** [doc] a statement's tag wins over the session's. */
export function tagOf(request: QueryRequest, session: Session): string {
  return request.tag ?? session.parameters.get('QUERY_TAG') ?? '';
}

/** Drivers send some values as strings and some as they are. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** [src] `{ "1": { "type": "TEXT", "value": "..." } }`; rows of values (array binds) are not known here. */
function readBindings(bindings: Readonly<Record<string, unknown>>): Map<string, string | null> {
  const read = new Map<string, string | null>();
  for (const [key, bound] of Object.entries(bindings)) {
    const value = asRecord(bound)['value'];
    read.set(key, asText(value) ?? null);
  }
  return read;
}
