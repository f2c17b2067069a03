// Code that a statement holds (bodies in dollar quotes and strings, blocks written bare) or calls. We do not read it; we say which words stand in
// it, and which calls may do more than look.
import { literalValue } from './literal-value.js';
import type { LexedText } from './token.js';
import { upperWord } from './token.js';

const alarming = /(?<![\w$])(DROP|TRUNCATE|DELETE)(?![\w$])/gi;

/** Spares most statements a second look. A backslash may hide a letter. */
const mayAlarm = /DROP|TRUNCATE|DELETE|\\/i;

/** DROP, TRUNCATE and DELETE, as far as they occur, in this order. The first word of the statement is not code inside it. */
export function wordsInBodies(statement: LexedText): readonly string[] {
  const { text, tokens } = statement;
  if (!mayAlarm.test(text)) return [];
  const found = new Set<string>();
  for (let index = 1; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) continue;
    if (token.kind === 'string' || token.kind === 'dollar') {
      for (const [word] of literalValue(statement, token).matchAll(alarming)) found.add(word.toUpperCase());
    } else if (token.kind === 'word') {
      const word = upperWord(text, token);
      if (word === 'DROP' || word === 'TRUNCATE' || word === 'DELETE') found.add(word);
    }
  }
  return ['DROP', 'TRUNCATE', 'DELETE'].filter((word) => found.has(word));
}

/** Functions of Snowflake's own that only look. Every other SYSTEM$ function may change something. */
const harmlessSystemFunction =
  /^SYSTEM\$(TYPEOF|WAIT|GET_|SHOW_|EXPLAIN_|STREAM_|ESTIMATE_|CLUSTERING_|ALLOWLIST|CLIENT_VERSION_INFO|REFERENCE$|QUERY_REFERENCE$)/;
/** Table functions of Snowflake's own; any other name in TABLE(..) may be a procedure. */
const harmlessTableFunction = new Set(['RESULT_SCAN', 'FLATTEN', 'GENERATOR', 'SPLIT_TO_TABLE', 'STRTOK_SPLIT_TO_TABLE', 'INFER_SCHEMA']);

/** What a statement that only reads calls, if it may write all the same; in words to show. */
export function callsWhatMayWrite(statement: LexedText): string | undefined {
  const { text, tokens } = statement;
  for (let index = 0; index < tokens.length; index++) {
    const word = upperWord(text, tokens[index]);
    if (word.startsWith('SYSTEM$') && !harmlessSystemFunction.test(word)) return 'calls a system function that may change something';
    if (word === 'CALL' && index > 0 && tokens[index + 1]?.kind !== 'symbol') return 'calls a procedure';
    if (word === 'TABLE' && tokens[index + 1]?.word === '(' && !isHarmlessTable(statement, index + 2)) {
      return 'reads from something that may be a procedure';
    }
  }
  return undefined;
}

/** `TABLE(FLATTEN(`, `TABLE(SNOWFLAKE.INFORMATION_SCHEMA.name(`, or `TABLE($variable)` and `TABLE('name')`, which call nothing. */
function isHarmlessTable(statement: LexedText, index: number): boolean {
  const { text, tokens } = statement;
  const parts: string[] = [];
  for (let at = index; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.word === ')') return true;
    if (token?.word === '(') return parts.at(-2) === 'INFORMATION_SCHEMA' || (parts.length === 1 && harmlessTableFunction.has(parts[0] ?? ''));
    if (token?.kind === 'symbol' && token.word !== '.') return false;
    if (token?.kind === 'word') parts.push(upperWord(text, token));
    else if (token?.kind === 'quoted') parts.push(text.slice(token.start + 1, token.end - 1));
  }
  return false;
}
