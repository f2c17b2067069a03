// What a statement leaves in the session that ran it, and whether a new session can be given the same. A session dies with its process, its worker or
// the platform's patience; the script then goes on in a new one, and must mean there what it meant in the old one. Fails closed: what is not known
// to leave nothing, or something that can be given again, is `lost`.
//
// Snowflake tells with every answer where the session stands (role, warehouse, database, schema), so a move is a fact that was written down, and only
// moves whose answer was lost are worked out here. [doc] CREATE DATABASE, SCHEMA and WAREHOUSE move the session into what they made.
// Databricks tells nothing of the kind, and moves nowhere but by USE and SET CATALOG: those are said again.
import type { ObjectReference } from '../domain/plan.js';
import type { Platform } from '../domain/script.js';
import { classify } from './classify.js';
import { Cursor } from './cursor.js';
import { readDatabricksKind } from './databricks-object-kinds.js';
import { splitScript } from './split.js';
import type { LexedText, Token } from './token.js';
import { upperWord } from './token.js';

export type SessionEffect =
  | { readonly kind: 'none' }
  /** Said again, in order, it leaves the same: variables and parameters from literals, secondary roles, temporary views. */
  | { readonly kind: 'repeat' }
  /** The role of the session; the last one counts. */
  | { readonly kind: 'role'; readonly role: string | undefined }
  /** The session stands elsewhere; `to` is absent where only the platform can tell. */
  | { readonly kind: 'move'; readonly to: ObjectReference | undefined; readonly how: 'always' | 'if it made it' | 'out of it' }
  | { readonly kind: 'opens a transaction' }
  | { readonly kind: 'ends a transaction' }
  /** No other session can be given it. */
  | { readonly kind: 'lost'; readonly why: string };

/** The effects of all statements of a script, in order. Throws `ScriptRefused` as `splitScript` does. */
export function sessionEffects(text: string, platform: Platform): readonly SessionEffect[] {
  return splitScript(text, platform).map(sessionEffectOf);
}

export function sessionEffectOf(statement: LexedText): SessionEffect {
  const { class: does, object, plainCreate } = classify(statement);
  switch (does) {
    case 'session':
      return statement.platform === 'Snowflake' ? ofSnowflakeSession(statement) : ofDatabricksSession(statement);
    case 'transaction': {
      const first = upperWord(statement.text, statement.tokens[0]);
      return { kind: first === 'COMMIT' || first === 'ROLLBACK' ? 'ends a transaction' : 'opens a transaction' };
    }
    case 'opaque':
      return lost('it runs code that may have changed the session');
    case 'unknown':
      return lost('it is a statement we do not know');
    case 'create':
    case 'replace':
    case 'alter':
    case 'drop':
    case 'elevated':
      return ofDefinition(statement, object, plainCreate === true || does === 'replace');
    case 'read':
    case 'grant':
    case 'revoke':
    case 'data':
      return none;
  }
}

const none: SessionEffect = { kind: 'none' };
const repeat: SessionEffect = { kind: 'repeat' };

function lost(why: string): SessionEffect {
  return { kind: 'lost', why };
}

const temporary = new Set(['TEMP', 'TEMPORARY', 'VOLATILE', 'LOCAL', 'GLOBAL']);
/** A session stands in one of these. */
const places: ReadonlySet<ObjectReference['kind']> = new Set(['database', 'schema', 'warehouse']);

function ofDefinition(statement: LexedText, object: ObjectReference | undefined, isMade: boolean): SessionEffect {
  const cursor = new Cursor(statement);
  const verb = cursor.word;
  cursor.skip();
  if (verb === 'CREATE') {
    if (!cursor.accept('OR REPLACE')) cursor.accept('OR ALTER');
    if (temporary.has(cursor.word)) return lost('what it made is temporary, and ended with its session');
  }
  if (statement.platform !== 'Snowflake') return none;
  cursor.acceptOne(new Set(['TRANSIENT']));
  const kind = cursor.word === 'DATABASE' || cursor.word === 'SCHEMA' || cursor.word === 'WAREHOUSE' ? cursor.word : undefined;
  if (kind === undefined || (object !== undefined && !places.has(object.kind)) || cursor.words(2) === 'DATABASE ROLE') return none;
  switch (verb) {
    case 'CREATE':
      return { kind: 'move', to: object, how: isMade ? 'always' : 'if it made it' };
    case 'DROP':
      return { kind: 'move', to: object, how: 'out of it' };
    case 'UNDROP':
      return { kind: 'move', to: undefined, how: 'always' };
    default: // a session follows what is renamed or swapped
      return cursor.holdsAhead('RENAME') || cursor.holdsAhead('SWAP') ? { kind: 'move', to: undefined, how: 'always' } : none;
  }
}

function ofSnowflakeSession(statement: LexedText): SessionEffect {
  const cursor = new Cursor(statement);
  const verb = cursor.word;
  cursor.skip();
  if (verb === 'USE') return ofUse(cursor);
  if (verb === 'ALTER' && cursor.holdsAhead('AUTOCOMMIT')) return lost('it changes when transactions end');
  const assigned = statement.tokens.findIndex(({ word }) => word === '=');
  return assigned < 0 || isLiteral(statement, statement.tokens.slice(assigned + 1)) ? repeat : lost('its value is only known to the platform');
}

function ofUse(cursor: Cursor): SessionEffect {
  if (cursor.accept('SECONDARY ROLES')) return repeat;
  if (cursor.accept('ROLE')) return { kind: 'role', role: cursor.name('one part') };
  if (cursor.accept('WAREHOUSE')) return into('warehouse', cursor.name('one part'));
  if (cursor.accept('DATABASE')) return into('database', cursor.name('one part'));
  if (cursor.accept('SCHEMA') || cursor.dotFollows) return into('schema', cursor.name('several parts'));
  return into('database', cursor.name('one part'));
}

function into(kind: ObjectReference['kind'], name: string | undefined): SessionEffect {
  return { kind: 'move', to: name === undefined ? undefined : { kind, name }, how: 'always' };
}

function ofDatabricksSession(statement: LexedText): SessionEffect {
  const cursor = new Cursor(statement);
  const verb = cursor.word;
  cursor.skip();
  const { text, tokens } = statement;
  switch (verb) {
    case 'SET': {
      if (cursor.word !== 'VAR' && cursor.word !== 'VARIABLE') return repeat; // a parameter: its value is a text, not an expression
      const assigned = tokens.findIndex(({ word }) => word === '=');
      return isLiteral(statement, tokens.slice(assigned + 1)) ? repeat : lost('its value is only known to the platform');
    }
    case 'DECLARE': {
      const valued = tokens.findIndex((token) => token.word === '=' || upperWord(text, token) === 'DEFAULT');
      return valued < 0 || isLiteral(statement, tokens.slice(valued + 1)) ? repeat : lost('its value is only known to the platform');
    }
    case 'CREATE': {
      if (!cursor.accept('OR REPLACE')) cursor.accept('OR REFRESH');
      if (!cursor.accept('GLOBAL TEMPORARY') && !cursor.accept('TEMPORARY')) cursor.accept('TEMP');
      const kind = readDatabricksKind(cursor)?.kind;
      return kind === 'view' || kind === 'function' ? repeat : lost('what it made is temporary, and ended with its session');
    }
    default:
      return repeat;
  }
}

const constants = new Set(['TRUE', 'FALSE', 'NULL']);

/** Literals alone, which mean the same in every session, and variables, which are given again before. */
function isLiteral({ text }: LexedText, tokens: readonly Token[]): boolean {
  return tokens.every((token) => {
    if (token.kind !== 'word') return token.kind !== 'quoted' && token.kind !== 'stage';
    const word = upperWord(text, token);
    return word.startsWith('$') || constants.has(word);
  });
}
