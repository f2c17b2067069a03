// One text is one statement. Which file reads it is decided by its first keyword.
import { parseAlter, parseComment, parseCreate, parseDrop } from './definition-statements.js';
import { emptyStatement } from './errors.js';
import { parseGrant, parseRevoke, parseShowGrants } from './grant-statements.js';
import { parseDescribe, parseShow } from './listing-statements.js';
import { parseSelect } from './select-statement.js';
import { parseReset, parseSet, parseUse } from './session-statements.js';
import type { Statement } from './statement.js';
import { TokenCursor } from './token-cursor.js';
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
];

/** @throws SqlError for what is empty, not understood, or more than one statement. A semicolon at the end is fine [spark]. */
export function parse(text: string, tokens: readonly Token[]): Statement {
  const own = tokens.at(-1)?.text === ';' ? tokens.slice(0, -1) : tokens;
  if (own.length === 0) throw emptyStatement();
  const cursor = new TokenCursor(text, own);
  const found = parsers.find(([phrase]) => cursor.accept(...phrase.split(' ')));
  if (found === undefined) throw cursor.unexpected();
  const statement = found[1](cursor);
  cursor.end();
  return statement;
}
