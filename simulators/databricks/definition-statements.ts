// CREATE, DROP, ALTER and COMMENT. Every rule of who may is marked with its page under docs.databricks.com/aws/en/sql/language-manual/.
import type { Access } from './access.js';
import { alreadyExists, notEmpty, notFound } from './errors.js';
import type { Securable, SecurableKind } from './metastore.js';
import { nameOf } from './metastore.js';
import { principalNamed } from './grant-statements.js';
import { qualify } from './session.js';
import type { Execution, Statement } from './statement.js';
import type { TokenCursor } from './token-cursor.js';

type CreatedKind = Exclude<SecurableKind, 'METASTORE'>;

const kinds = ['CATALOG', 'SCHEMA', 'DATABASE', 'TABLE', 'VIEW', 'FUNCTION', 'VOLUME'] as const;
const parts: Readonly<Record<CreatedKind, number>> = { CATALOG: 1, SCHEMA: 2, TABLE: 3, FUNCTION: 3, VOLUME: 3 };

interface Kind {
  readonly kind: CreatedKind;
  readonly shown: string;
}

function readKind(cursor: TokenCursor): Kind {
  const written = cursor.acceptOneOf(kinds);
  if (written === undefined) throw cursor.unexpected();
  if (written === 'DATABASE') return { kind: 'SCHEMA', shown: 'SCHEMA' };
  return { kind: written === 'VIEW' ? 'TABLE' : written, shown: written };
}

/** [sql-ref-syntax-ddl-create-catalog] and its siblings: the container's CREATE privilege; for a catalog that of the metastore. */
export function parseCreate(cursor: TokenCursor): Statement {
  const orReplace = cursor.accept('OR', 'REPLACE');
  cursor.acceptOneOf(['EXTERNAL', 'MANAGED']);
  const { kind, shown } = readKind(cursor);
  const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
  if (orReplace && (ifNotExists || kind === 'CATALOG' || kind === 'SCHEMA')) throw cursor.unexpected();
  const name = cursor.name();
  const comment = readDetails(cursor, kind);
  return {
    verb: 'CREATE',
    object: `${shown} ${name.join('.')}`,
    read: false,
    run({ access, session }) {
      const path = qualify(session, name, parts[kind]);
      const container = access.reach(path);
      const existing = access.metastore.find(kind, path);
      if (existing !== undefined && !orReplace) {
        if (ifNotExists) return undefined;
        throw alreadyExists(kind, path.join('.'));
      }
      // [privileges] CREATE TABLE covers views
      access.require(`CREATE ${kind}`, container);
      if (existing !== undefined) {
        access.requireManage(existing, false);
        access.metastore.remove(existing);
      }
      access.metastore.add(kind, path, access.principal.name, comment, shown);
      return undefined;
    },
  };
}

/** What follows the name only has to be well formed; the comment is kept. */
function readDetails(cursor: TokenCursor, kind: CreatedKind): string | undefined {
  if (kind === 'FUNCTION' && !cursor.sees('(')) throw cursor.unexpected();
  let comment: string | undefined;
  while (!cursor.atEnd) {
    if (cursor.sees('(')) {
      cursor.skipParentheses();
    } else if (cursor.accept('COMMENT')) {
      comment = cursor.string();
    } else if (cursor.sees('AS') || cursor.sees('RETURN')) {
      if (kind === 'CATALOG' || kind === 'SCHEMA' || kind === 'VOLUME') throw cursor.unexpected();
      for (const token of cursor.rest()) if (token.text === ';') throw cursor.unexpected();
    } else if (cursor.sees(';')) {
      cursor.end();
    } else if ((kind === 'CATALOG' || kind === 'SCHEMA') && !cursor.sees('MANAGED') && !cursor.sees('WITH') && !cursor.sees('LOCATION')) {
      const clause = cursor.acceptOneOf(['DBPROPERTIES', 'OPTIONS', 'DEFAULT COLLATION']);
      if (clause === undefined && cursor.peek()?.kind !== 'string') throw cursor.unexpected();
      if (clause === undefined) cursor.string();
    } else {
      cursor.next();
    }
  }
  return comment;
}

/** [sql-ref-syntax-ddl-drop-catalog] and its siblings: owner or MANAGE; being a metastore admin is not enough. */
export function parseDrop(cursor: TokenCursor): Statement {
  const { kind, shown } = readKind(cursor);
  const ifExists = cursor.accept('IF', 'EXISTS');
  const name = cursor.name();
  const mode = kind === 'CATALOG' || kind === 'SCHEMA' ? cursor.acceptOneOf(['CASCADE', 'RESTRICT']) : undefined;
  return {
    verb: 'DROP',
    object: `${shown} ${name.join('.')}`,
    read: false,
    run({ access, session }) {
      const path = qualify(session, name, parts[kind]);
      const found = findToDrop(access, kind, path, ifExists);
      if (found === undefined) return undefined;
      access.requireManage(found, false);
      const inside = access.metastore.list(undefined, path).filter((each) => each.path[1] !== 'information_schema');
      if (mode !== 'CASCADE' && inside.length > 0 && (kind === 'CATALOG' || kind === 'SCHEMA')) throw notEmpty(kind, nameOf(found));
      access.metastore.remove(found);
      return undefined;
    },
  };
}

/** With IF EXISTS a container that is not there is no error either [spark]. */
function findToDrop(access: Access, kind: CreatedKind, path: readonly string[], ifExists: boolean): Securable | undefined {
  const outer = path.slice(0, -1).map((_part, index) => access.metastore.find(index === 0 ? 'CATALOG' : 'SCHEMA', path.slice(0, index + 1)));
  if (ifExists && outer.includes(undefined)) return undefined;
  access.reach(path);
  const found = access.metastore.find(kind, path);
  if (found === undefined && !ifExists) throw notFound(kind, path.join('.'));
  return found;
}

/** [sql-ref-syntax-ddl-alter-catalog] and its siblings. A change of owner, of properties and of columns; [ownership] a metastore admin may give any object away. */
export function parseAlter(cursor: TokenCursor): Statement {
  const { kind, shown } = readKind(cursor);
  const name = cursor.name();
  const owner = readOwner(cursor);
  if (owner === undefined) {
    const change = cursor.acceptOneOf(['SET', 'UNSET', 'ADD', 'DROP', 'ALTER', 'ENABLE', 'DISABLE', 'INHERIT', 'CLUSTER BY']);
    if (change === undefined || cursor.atEnd) throw cursor.unexpected();
    if (cursor.rest().some((token) => token.text === ';')) throw cursor.unexpected();
  }
  return {
    verb: 'ALTER',
    object: `${shown} ${name.join('.')}`,
    read: false,
    run({ access, session }) {
      const found = access.resolve(kind, qualify(session, name, parts[kind]));
      access.requireManage(found, owner !== undefined);
      if (owner !== undefined) found.owner = principalNamed(access, owner);
      access.metastore.touch(found);
      return undefined;
    },
  };
}

function readOwner(cursor: TokenCursor): string | undefined {
  return cursor.accept('OWNER', 'TO') || cursor.accept('SET', 'OWNER', 'TO') ? cursor.identifier() : undefined;
}

/** [sql-ref-syntax-ddl-comment]: owner or MANAGE. */
export function parseComment(cursor: TokenCursor): Statement {
  const { kind, shown } = readKind(cursor);
  const name = cursor.name();
  cursor.expect('IS');
  const comment = cursor.accept('NULL') ? undefined : cursor.string();
  return {
    verb: 'COMMENT',
    object: `${shown} ${name.join('.')}`,
    read: false,
    run({ access, session }: Execution) {
      const found = access.resolve(kind, qualify(session, name, parts[kind]));
      access.requireManage(found, false);
      found.comment = comment;
      access.metastore.touch(found);
      return undefined;
    },
  };
}
