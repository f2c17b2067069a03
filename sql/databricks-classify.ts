// What a Databricks statement does, from its tokens. Everything that does not fit a shape known here is `unknown`.
//
// session   what only this session sees: USE, SET, session variables, temporary views and functions
// grant     privileges on objects of one catalog, and the ownership of such objects
// elevated  what reaches beyond them (databricks-grants.ts), and CREATE or ALTER of what lives in the metastore: storage, credentials, shares
// opaque    runs code: CALL, EXECUTE IMMEDIATE, compound statements, and reads that call what reaches outside
// drop      DROP, and ALTER .. DROP ..: what goes may be what protects (a mask, a row filter) or what holds data (a column)
// data      rows: INSERT, UPDATE, DELETE, MERGE, COPY INTO, TRUNCATE, RESTORE
// unknown   also every statement with `${name}` anywhere in it: the platform puts another text in its place before it reads the statement, so what
//           was decided is not what runs
import type { ObjectReference } from '../domain/plan.js';
import { of, opaque, unknown } from './classification.js';
import type { Classification } from './classification.js';
import { Cursor } from './cursor.js';
import { classifyDatabricksGrant, classifyOwner } from './databricks-grants.js';
import { describedObject, readDatabricksKind, readDatabricksObject } from './databricks-object-kinds.js';
import { literalValue } from './literal-value.js';
import type { LexedText } from './token.js';
import { upperWord } from './token.js';

/** Never throws: what it does not know is `unknown`. */
export function classifyDatabricks(statement: LexedText): Classification {
  if (statement.text.includes('${')) {
    return of('unknown', false, { dangers: ['holds "${..}", in whose place the platform puts another text before it runs'] });
  }
  const cursor = new Cursor(statement);
  if (statement.tokens[1]?.word === ':' && statement.tokens[2]?.word === 'BEGIN') return opaque('runs a block'); // behind its label
  const word = cursor.word;
  cursor.skip();
  switch (word) {
    case 'USE':
      return classifyUse(cursor, statement);
    case 'SET':
      return cursor.word === 'CATALOG' ? classifyUse(cursor, statement) : unlessItReachesOutside(statement, 'session');
    case 'RESET':
      return of('session', true);
    case 'DECLARE':
      return cursor.atEnd ? unknown() : of('session', cursor.words(2) === 'OR REPLACE');
    case 'SELECT':
    case 'VALUES':
    case 'TABLE':
    case 'SHOW':
    case 'LIST':
    case 'DESC':
    case 'DESCRIBE':
    case 'EXPLAIN':
      return unlessItReachesOutside(statement, 'read');
    case 'WITH':
      return classifyWith(statement);
    case 'CREATE':
      return classifyCreate(cursor, statement);
    case 'ALTER':
      return classifyAlter(cursor);
    case 'DROP':
      return classifyDrop(cursor);
    case 'UNDROP':
      return readDatabricksKind(cursor) === undefined ? unknown() : of('alter', false);
    case 'COMMENT':
      return cursor.word === 'ON' ? of('alter', true) : unknown();
    case 'GRANT':
    case 'REVOKE':
      return classifyDatabricksGrant(cursor, word) ?? unknown();
    case 'INSERT':
    case 'MERGE':
    case 'COPY':
      return of('data', false);
    case 'UPDATE':
    case 'DELETE':
    case 'TRUNCATE':
    case 'RESTORE':
      return of('data', false, { dangers: [rowDangers[word]] });
    case 'BEGIN':
      return cursor.accept('TRANSACTION') && cursor.atEnd ? of('transaction', false) : opaque('runs a block');
    case 'COMMIT':
    case 'ROLLBACK':
      return cursor.atEnd ? of('transaction', false) : unknown();
    case 'CALL':
      return opaque('calls a procedure');
    case 'EXECUTE':
      return opaque('executes code');
    default:
      return unknown();
  }
}

const rowDangers = {
  UPDATE: 'changes rows',
  DELETE: 'deletes rows',
  TRUNCATE: 'empties a table',
  RESTORE: 'takes a table back to an older state',
} as const;
const lossyToReplace: ReadonlySet<ObjectReference['kind']> = new Set(['catalog', 'schema', 'table']);

/** What follows may name things without their catalog, so the one that is used has to be seen. */
function classifyUse(cursor: Cursor, statement: LexedText): Classification {
  if (!cursor.accept('CATALOG') && !cursor.accept('SCHEMA')) cursor.accept('DATABASE');
  const { token } = cursor;
  if (token === undefined) return unknown();
  const name = token.kind === 'string' ? literalValue(statement, token).toLowerCase() : cursor.name('several parts');
  if (name === undefined) return of('session', true, { dangers: ['goes to a catalog or schema whose name only the platform can tell'] });
  const isSystems = name === 'system' || name.startsWith('system.');
  return of('session', true, { dangers: isSystems ? ['goes to the platform’s own catalog: what follows may act on its records'] : [] });
}

function classifyCreate(cursor: Cursor, statement: LexedText): Classification {
  const replace = cursor.accept('OR REPLACE');
  const refresh = !replace && cursor.accept('OR REFRESH');
  const temporary = cursor.accept('GLOBAL TEMPORARY') || cursor.accept('TEMPORARY') || cursor.accept('TEMP');
  const kind = readDatabricksKind(cursor);
  if (kind === undefined) return unknown();
  const guarded = cursor.accept('IF NOT EXISTS');
  const repeatable = replace || refresh || guarded;
  if (temporary) return unlessItReachesOutside(statement, 'session', repeatable);
  const object = readDatabricksObject(cursor, kind);
  const named = object === undefined ? {} : { object };
  const what = describedObject(kind, object);
  if (kind.reach === 'the metastore') {
    return of('elevated', repeatable, { ...named, plainCreate: !repeatable, dangers: [`creates ${what}, which reaches beyond one catalog`] });
  }
  const suspicion = callsWhatReachesOutside(statement);
  if (suspicion !== undefined) return { ...opaque(suspicion), ...named };
  if (replace) {
    return of('replace', true, { ...named, dangers: lossyToReplace.has(kind.kind) ? [`replaces ${what}: what it holds is lost`] : [] });
  }
  if (refresh) return of('alter', true, named);
  return of('create', guarded, { ...named, plainCreate: !guarded });
}

function classifyAlter(cursor: Cursor): Classification {
  const kind = readDatabricksKind(cursor);
  if (kind === undefined) return unknown();
  cursor.accept('IF EXISTS');
  const object = kind.words === 'METASTORE' ? undefined : readDatabricksObject(cursor, kind); // there is only one
  const what = describedObject(kind, object);
  if (cursor.accept('OWNER TO') || cursor.accept('SET OWNER TO')) return classifyOwner(cursor, kind, object) ?? unknown();
  const action = cursor.word;
  const repeatable = action === 'SET' || action === 'UNSET';
  if (kind.reach === 'the metastore') return of('elevated', repeatable, { dangers: [`changes ${what}, which reaches beyond one catalog`] });
  if (cursor.holdsAhead('DROP')) return of('drop', false, { dangers: [`drops a part of ${what}`] });
  if (action === 'RENAME') return of('alter', false, { dangers: [`renames ${what}`] });
  return action === '' ? unknown() : of('alter', repeatable);
}

function classifyDrop(cursor: Cursor): Classification {
  const temporary = cursor.accept('TEMPORARY') || cursor.accept('TEMP');
  if (temporary) {
    cursor.skip();
    return of('session', cursor.accept('IF EXISTS'));
  }
  const kind = readDatabricksKind(cursor);
  if (kind === undefined) return of('drop', false, { dangers: ['drops something of a kind we do not know'] });
  const guarded = cursor.accept('IF EXISTS');
  const object = readDatabricksObject(cursor, kind);
  const all = cursor.holdsAhead('CASCADE') ? ' with all that it holds' : cursor.holdsAhead('FORCE') ? ' although others may depend on it' : '';
  return of('drop', guarded, { ...(object === undefined ? {} : { object }), dangers: [`drops ${describedObject(kind, object)}${all}`] });
}

/** `WITH .. AS (..) SELECT`. */
function classifyWith(statement: LexedText): Classification {
  const { text, tokens } = statement;
  let depth = 0;
  for (const token of tokens) {
    if (token.word === '(') depth++;
    else if (token.word === ')') depth--;
    else if (depth === 0) {
      const word = upperWord(text, token);
      if (word === 'SELECT') return unlessItReachesOutside(statement, 'read');
      if (writes.has(word)) return unknown();
    }
  }
  return unknown();
}

const writes = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Functions that call other services, or code of the platform's host, and so may write although they stand in a query. */
const reachingOutside = new Set('AI_QUERY HTTP_REQUEST JAVA_METHOD REFLECT REMOTE_QUERY TRY_REFLECT'.split(' '));

function callsWhatReachesOutside({ text, tokens }: LexedText): string | undefined {
  const calls = tokens.some((token, index) => tokens[index + 1]?.word === '(' && reachingOutside.has(bareName(text, token)));
  return calls ? 'calls a function that reaches outside' : undefined;
}

function bareName(text: string, token: LexedText['tokens'][number]): string {
  return token.kind === 'quoted' ? text.slice(token.start + 1, token.end - 1).toUpperCase() : upperWord(text, token);
}

function unlessItReachesOutside(statement: LexedText, found: 'session' | 'read', repeatable = true): Classification {
  if (statement.tokens.length < 2) return unknown();
  const suspicion = callsWhatReachesOutside(statement);
  return suspicion === undefined ? of(found, repeatable) : opaque(suspicion);
}
