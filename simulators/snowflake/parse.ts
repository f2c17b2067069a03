// One statement's tokens become a Statement. A first word nobody here knows is the vendor's syntax error, never a silent success.
import { SqlError } from './errors.js';
import { opensBlock } from './split.js';
import type { Statement } from './statement.js';
import { parseAlter } from './statements/alter.js';
import { parseComment } from './statements/comment.js';
import { parseCreate } from './statements/create.js';
import { parseDescribe } from './statements/describe.js';
import { parseDrop } from './statements/drop.js';
import { parseGrant } from './statements/grant.js';
import { parseInsert } from './statements/insert.js';
import { parseBlock, parseCall, parseExecuteImmediate, parseTransaction } from './statements/opaque.js';
import { parseRevoke } from './statements/revoke.js';
import { parseSelect } from './statements/select.js';
import { parseSet, parseUnset } from './statements/set.js';
import { parseShow } from './statements/show.js';
import { parseUse } from './statements/use.js';
import type { ParseContext } from './token-cursor.js';
import { TokenCursor } from './token-cursor.js';
import type { Token } from './tokenizer.js';

const parsers: Readonly<Record<string, (cursor: TokenCursor) => Statement>> = {
  ALTER: parseAlter,
  BEGIN: parseTransaction,
  CALL: parseCall,
  COMMENT: parseComment,
  COMMIT: parseTransaction,
  CREATE: parseCreate,
  DESC: parseDescribe,
  DESCRIBE: parseDescribe,
  DROP: parseDrop,
  EXECUTE: parseExecuteImmediate,
  GRANT: parseGrant,
  INSERT: parseInsert,
  REVOKE: parseRevoke,
  ROLLBACK: parseTransaction,
  SELECT: parseSelect,
  SET: parseSet,
  SHOW: parseShow,
  UNSET: parseUnset,
  USE: parseUse,
};

/** @throws SqlError when the vendor's compiler would refuse. */
export function parseStatement(text: string, tokens: readonly Token[], context: ParseContext): Statement {
  const [first, second] = tokens;
  // [known] 000900 (42601)
  if (first === undefined) throw new SqlError('000900', '42601', 'SQL compilation error:\nEmpty SQL statement.');
  const cursor = new TokenCursor(text, tokens, context);
  if (opensBlock(first, second, [])) return parseBlock(cursor);
  const parse = first.kind === 'word' ? parsers[first.value] : undefined;
  if (parse === undefined) throw cursor.unexpected();
  return parse(cursor);
}
