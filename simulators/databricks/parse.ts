// One text is one statement. Which file reads it is decided by its first keyword.
import { parseAlter, parseComment, parseCreate, parseDrop } from './definition-statements.js';
import { emptyStatement, notSimulated } from './errors.js';
import { parseGrant, parseRevoke, parseShowGrants } from './grant-statements.js';
import { parseDescribe, parseShow } from './listing-statements.js';
import { parseSelect } from './select-statement.js';
import { parseReset, parseSet, parseUse } from './session-statements.js';
import type { Statement } from './statement.js';
import { TokenCursor } from './token-cursor.js';
import { tokenize } from './tokenizer.js';
import type { Token } from './tokenizer.js';

type Parser = (cursor: TokenCursor) => Statement;

const parsers: readonly (readonly [phrase: string, parser: Parser])[] = [
  ['CREATE', parseCreate],
  ['DROP', parseDrop],
  ['ALTER', parseAlter],
  ['COMMENT ON', parseComment],
  ['GRANT', parseGrant],
  ['REVOKE', parseRevoke],
  ['SHOW GRANTS', parseShowGrants],
  ['SHOW GRANT', parseShowGrants],
  ['SHOW', parseShow],
  ['DESCRIBE', parseDescribe],
  ['DESC', parseDescribe],
  ['SELECT', parseSelect],
  ['USE', parseUse],
  ['SET', parseSet],
  ['RESET', parseReset],
  ['EXECUTE IMMEDIATE', parseExecuteImmediate],
];

/** Statements the vendor has and this simulator has not: they are no syntax errors. */
const beyond = new Set([
  'ANALYZE',
  'BEGIN',
  'CALL',
  'COPY',
  'DECLARE',
  'DELETE',
  'EXPLAIN',
  'INSERT',
  'MERGE',
  'OPTIMIZE',
  'REFRESH',
  'UPDATE',
  'VACUUM',
  'WITH',
]);

/** @throws SqlError for what is empty, not understood, or more than one statement. A semicolon at the end is fine [spark]. */
export function parse(text: string, tokens: readonly Token[]): Statement {
  const own = tokens.at(-1)?.text === ';' ? tokens.slice(0, -1) : tokens;
  if (own.length === 0) throw emptyStatement();
  const cursor = new TokenCursor(text, own);
  const found = parsers.find(([phrase]) => cursor.accept(...phrase.split(' ')));
  if (found === undefined) throw beyond.has(own[0]?.value ?? '') ? notSimulated(`${own[0]?.value} in a simulated workspace`) : cursor.unexpected();
  const statement = found[1](cursor);
  cursor.end();
  return statement;
}

/** [doc] sql-ref-syntax-aux-execute-immediate: a statement in a text, read when it runs. */
function parseExecuteImmediate(cursor: TokenCursor): Statement {
  const text = cursor.string();
  return { verb: 'EXECUTE', read: false, run: (execution) => parse(text, tokenize(text)).run(execution) };
}
