// What a Snowflake statement does, from its tokens, so that `DROP/**/DATABASE` is no disguise. Everything that does not fit a shape known here is `unknown`.
//
// grant     privileges on objects, roles to roles and users
// elevated  what reaches beyond the objects it names:
//           - any privilege ON ACCOUNT (MANAGE GRANTS, APPLY .., CREATE ..), IMPORTED PRIVILEGES, a database or application role of SNOWFLAKE
//           - OWNERSHIP of anything that lives in the account itself (role, user, database, warehouse, integration, ..), because it can be passed on;
//             but not when Snowflake's own roles get it (back), which have that power anyway
//           - one of Snowflake's own roles given to somebody (ACCOUNTADMIN, SECURITYADMIN, ..); anything given to PUBLIC, which is everybody;
//             anything given to a share, which leaves the account
//           - ALTER ACCOUNT, and CREATE or ALTER of accounts, shares, listings, replication and failover groups
// opaque    runs code: CALL, EXECUTE .., blocks, `WITH .. AS PROCEDURE`, and reads that call what may write (SYSTEM$ functions, TABLE(..) of a procedure)
// drop      DROP, and ALTER .. DROP ..: what goes may be what protects (a policy) or what holds data (a column)
// alter     also CREATE OR ALTER, COMMENT, UNDROP: they change what may have been there before
// data      rows: INSERT, UPDATE, DELETE, MERGE, COPY, TRUNCATE
// A function called in a SELECT is taken as a read: on Snowflake functions cannot write.
import type { ObjectReference, StatementClass } from '../domain/plan.js';
import { of, opaque, unknown } from './classification.js';
import type { Classification } from './classification.js';
import { Cursor } from './cursor.js';
import { classifyDatabricks } from './databricks-classify.js';
import { classifyGrant } from './grants.js';
import type { ObjectKind } from './object-kinds.js';
import { readObjectKind } from './object-kinds.js';
import { callsWhatMayWrite, wordsInBodies } from './opaque-bodies.js';
import type { LexedText } from './token.js';
import { upperWord } from './token.js';

/** Never throws: what it does not know is `unknown`. */
export function classify(statement: LexedText): Classification {
  const found = statement.platform === 'Databricks' ? classifyDatabricks(statement) : classifyByFirstWord(statement);
  const hidden = hasBody(found.class, statement) ? wordsInBodies(statement) : [];
  if (hidden.length === 0) return found;
  return { ...found, dangers: [...found.dangers, `holds code with ${hidden.join(', ')} in it`] };
}

function classifyByFirstWord(statement: LexedText): Classification {
  const cursor = new Cursor(statement);
  if (statement.text.includes('->>') && isChain(statement)) return classifyChain(statement);
  const word = cursor.word;
  cursor.skip();
  switch (word) {
    case 'USE':
      return cursor.atEnd ? unknown() : of('session', true);
    case 'SET':
    case 'UNSET':
      return unlessItMayWrite(statement, 'session');
    case 'SELECT':
    case 'VALUES':
    case 'SHOW':
    case 'DESC':
    case 'DESCRIBE':
    case 'EXPLAIN':
      return unlessItMayWrite(statement, 'read');
    case 'WITH':
      return classifyWith(statement);
    case 'CREATE':
      return classifyCreate(cursor, statement);
    case 'ALTER':
      return classifyAlter(cursor);
    case 'DROP':
      return classifyDrop(cursor);
    case 'UNDROP':
      return readObjectKind(cursor) === undefined ? unknown() : of('alter', false);
    case 'COMMENT':
      return cursor.accept('IF EXISTS') || cursor.word === 'ON' ? of('alter', true) : unknown();
    case 'GRANT':
    case 'REVOKE':
      return classifyGrant(statement) ?? unknown();
    case 'INSERT':
    case 'MERGE':
    case 'COPY':
      return of('data', false);
    case 'UPDATE':
    case 'DELETE':
    case 'TRUNCATE':
      return of('data', false, { dangers: [{ UPDATE: 'changes rows', DELETE: 'deletes rows', TRUNCATE: 'empties a table' }[word]] });
    case 'BEGIN':
      return isTransaction(cursor) ? of('transaction', false) : opaque('runs a block');
    case 'START':
      return cursor.accept('TRANSACTION') ? of('transaction', false) : unknown();
    case 'COMMIT':
    case 'ROLLBACK':
      return cursor.atEnd || cursor.words(1) === 'WORK' ? of('transaction', false) : unknown();
    case 'DECLARE':
      return opaque('runs a block');
    case 'CALL':
      return opaque('calls a procedure');
    case 'EXECUTE':
      return opaque('executes code');
    default:
      return unknown();
  }
}

const modifiers = new Set(['SECURE', 'TEMP', 'TEMPORARY', 'TRANSIENT', 'VOLATILE', 'LOCAL', 'GLOBAL', 'RECURSIVE', 'AGGREGATE']);
const lossyToReplace: ReadonlySet<ObjectReference['kind']> = new Set(['database', 'schema', 'role', 'user', 'table']);
const beyondTheAccount = new Set(['ACCOUNT', 'MANAGED ACCOUNT', 'ORGANIZATION ACCOUNT', 'SHARE', 'LISTING', 'REPLICATION GROUP', 'FAILOVER GROUP']);

function classifyCreate(cursor: Cursor, statement: LexedText): Classification {
  const replace = cursor.accept('OR REPLACE');
  const orAlter = !replace && cursor.accept('OR ALTER');
  while (cursor.acceptOne(modifiers));
  const kind = readObjectKind(cursor);
  if (kind === undefined) return unknown();
  const guarded = cursor.accept('IF NOT EXISTS');
  const object = readObject(cursor, kind);
  const lateGuard = cursor.accept('IF NOT EXISTS');
  const named = object === undefined ? {} : { object };
  if (replace) {
    const lost = lossyToReplace.has(kind.kind) ? [`replaces ${described(kind, object)}: what it holds or was granted is lost`] : [];
    return of('replace', true, { ...named, dangers: lost });
  }
  const repeatable = guarded || lateGuard || orAlter;
  if (beyondTheAccount.has(kind.words)) {
    return of('elevated', repeatable, {
      ...named,
      plainCreate: !repeatable,
      dangers: [`creates ${described(kind, object)}, which reaches beyond this account`],
    });
  }
  if (orAlter) return of('alter', true, named);
  const suspicion = kind.kind === 'table' ? callsWhatMayWrite(statement) : undefined;
  if (suspicion !== undefined) return { ...opaque(suspicion), ...named };
  const dangers =
    kind.words === 'SECURITY INTEGRATION' || kind.words === 'NETWORK POLICY'
      ? [`creates ${described(kind, object)}, which governs who can log in`]
      : [];
  return of('create', repeatable, { ...named, plainCreate: !repeatable && !holdsGuard(statement, cursor.position), dangers });
}

function classifyAlter(cursor: Cursor): Classification {
  if (cursor.accept('SESSION')) return cursor.word === 'SET' || cursor.word === 'UNSET' ? of('session', true) : unknown();
  const kind = readObjectKind(cursor);
  if (kind === undefined) return unknown();
  if (kind.words === 'ACCOUNT') {
    return of('elevated', cursor.word === 'SET' || cursor.word === 'UNSET', { dangers: ['changes the account itself'] });
  }
  cursor.accept('IF EXISTS');
  const object = readObject(cursor, kind);
  if (cursor.word === '(') skipBrackets(cursor);
  const action = cursor.word;
  const repeatable = action === 'SET' || action === 'UNSET';
  if (beyondTheAccount.has(kind.words))
    return of('elevated', repeatable, { dangers: [`changes ${described(kind, object)}, which reaches beyond this account`] });
  if (cursor.holdsAhead('DROP')) return of('drop', false, { dangers: [`drops a part of ${described(kind, object)}`] });
  if ((kind.words === 'TASK' || kind.words === 'ALERT') && (action === 'RESUME' || action === 'MODIFY')) return opaque('lets code run on its own');
  if (action === 'RENAME' || action === 'SWAP') return of('alter', false, { dangers: [`renames or swaps ${described(kind, object)}`] });
  return of('alter', repeatable);
}

function classifyDrop(cursor: Cursor): Classification {
  const kind = readObjectKind(cursor);
  if (kind === undefined) return of('drop', false, { dangers: ['drops something of a kind we do not know'] });
  const guarded = cursor.accept('IF EXISTS');
  const object = readObject(cursor, kind);
  const cascade = cursor.holdsAhead('CASCADE') ? ' with all that depends on it' : '';
  return of('drop', guarded, { ...(object === undefined ? {} : { object }), dangers: [`drops ${described(kind, object)}${cascade}`] });
}

/** `WITH .. AS (..) SELECT`; with a procedure it runs code. */
function classifyWith(statement: LexedText): Classification {
  const { text, tokens } = statement;
  let depth = 0;
  for (const token of tokens) {
    if (token.word === '(') depth++;
    else if (token.word === ')') depth--;
    else if (depth === 0) {
      const word = upperWord(text, token);
      if (word === 'PROCEDURE' || word === 'CALL') return opaque('runs a procedure of its own');
      if (word === 'SELECT') return unlessItMayWrite(statement, 'read');
      if (word === 'INSERT' || word === 'UPDATE' || word === 'DELETE' || word === 'MERGE') return unknown();
    }
  }
  return unknown();
}

/** `a ->> b` runs one after the other: a read only if all of them are. */
function classifyChain(statement: LexedText): Classification {
  const { tokens } = statement;
  let first = 0;
  for (let index = 0; index <= tokens.length; index++) {
    if (index < tokens.length && !startsChainLink(tokens, index)) continue;
    if (classifyByFirstWord({ ...statement, tokens: tokens.slice(first, index) }).class !== 'read') return unknown();
    first = index + 3;
  }
  return of('read', true);
}

function isChain(statement: LexedText): boolean {
  return statement.tokens.some((_, index) => startsChainLink(statement.tokens, index));
}

function startsChainLink(tokens: LexedText['tokens'], index: number): boolean {
  return tokens[index]?.word === '-' && tokens[index + 1]?.word === '>' && tokens[index + 2]?.word === '>';
}

function unlessItMayWrite(statement: LexedText, found: 'session' | 'read'): Classification {
  if (statement.tokens.length < 2) return unknown();
  const suspicion = callsWhatMayWrite(statement);
  return suspicion === undefined ? of(found, true) : opaque(suspicion);
}

function hasBody(found: StatementClass, statement: LexedText): boolean {
  if (found === 'opaque' || found === 'unknown') return true;
  const first = upperWord(statement.text, statement.tokens[0]);
  return first === 'CREATE' || first === 'ALTER';
}

function readObject(cursor: Cursor, kind: ObjectKind): ObjectReference | undefined {
  const name = cursor.name(kind.ofAccount ? 'one part' : 'several parts');
  return name === undefined ? undefined : { kind: kind.kind, name };
}

function described(kind: ObjectKind, object: ObjectReference | undefined): string {
  return `${kind.words.toLowerCase()} ${object === undefined ? 'whose name only the platform can tell' : object.name}`;
}

function isTransaction(cursor: Cursor): boolean {
  if (!cursor.accept('WORK')) cursor.accept('TRANSACTION');
  if (cursor.accept('NAME')) cursor.skip();
  return cursor.atEnd;
}

/** IF NOT EXISTS in a place we did not expect: then the CREATE proves nothing. */
function holdsGuard(statement: LexedText, from: number): boolean {
  const { text, tokens } = statement;
  return tokens.some(
    (token, index) =>
      index >= from && token.word === 'IF' && upperWord(text, tokens[index + 1]) === 'NOT' && upperWord(text, tokens[index + 2]) === 'EXISTS',
  );
}

function skipBrackets(cursor: Cursor): void {
  let depth = 0;
  do {
    if (cursor.word === '(') depth++;
    else if (cursor.word === ')') depth--;
    cursor.skip();
  } while (depth > 0 && !cursor.atEnd);
}
