// Reads a request's text before anything runs: faults are chosen by what it is, and a text that does not compile changes nothing.
import { SqlError, invalidValue, wrongStatementCount } from './errors.js';
import { parseStatement } from './parse.js';
import type { QueryRequest } from './query-request.js';
import type { Session } from './session.js';
import { splitStatements } from './split.js';
import type { Statement } from './statement.js';
import type { Token } from './tokenizer.js';
import { tokenize } from './tokenizer.js';

/** [doc] longest value of QUERY_TAG. */
const longestTag = 2000;

export interface Compiled {
  readonly request: QueryRequest;
  /** The tokens of each statement. */
  readonly parts: readonly (readonly Token[])[];
  /** The first statement, when it compiles. */
  readonly statement?: Statement;
  readonly error?: SqlError;
  readonly multiple: boolean;
  readonly read: boolean;
  readonly history: boolean;
}

export function compile(request: QueryRequest, session: Session): Compiled {
  let parts: Token[][] = [];
  try {
    parts = splitStatements(tokenize(request.text));
    const multiple = parts.length > 1;
    if (request.statementCount !== 0 && parts.length !== request.statementCount && (multiple || request.statementCount !== 1)) {
      throw wrongStatementCount(parts.length, request.statementCount);
    }
    if ((request.tag?.length ?? 0) > longestTag) throw invalidValue(`Value for parameter QUERY_TAG is longer than ${longestTag} characters.`);
    if (multiple) return { request, parts, multiple, read: false, history: false };
    const statement = compilePart(request, parts[0] ?? [], session);
    return { request, parts, statement, multiple, read: statement.read, history: statement.history === true };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { request, parts, error, multiple: false, read: false, history: false };
  }
}

/** Compiled when its turn comes: what went before may have set a variable it names. */
export function compilePart(request: QueryRequest, tokens: readonly Token[], session: Session): Statement {
  return parseStatement(request.text, tokens, { variables: session.variables, bindings: request.bindings });
}
