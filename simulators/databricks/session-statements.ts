// USE, SET and RESET: they change the session and nothing else.
import { insufficientPermissions } from './errors.js';
import type { Execution, Result, Statement } from './statement.js';
import type { TokenCursor } from './token-cursor.js';

/** `USE CATALOG c`, `USE SCHEMA s`, `USE [c.]s`. */
export function parseUse(cursor: TokenCursor): Statement {
  const kind = cursor.acceptOneOf(['CATALOG', 'SCHEMA', 'DATABASE']) ?? 'SCHEMA';
  const name = cursor.name();
  return {
    verb: 'USE',
    object: `${kind === 'DATABASE' ? 'SCHEMA' : kind} ${name.join('.')}`,
    read: false,
    run({ access, session }: Execution) {
      const [catalog = session.catalog, schema] = kind === 'CATALOG' ? name : name.length === 1 ? [session.catalog, ...name] : name;
      const found = access.resolve('CATALOG', [catalog]);
      if (!access.principal.admin && catalog !== 'system' && !access.may('USE CATALOG', found))
        throw insufficientPermissions('USE CATALOG', 'CATALOG', catalog);
      if (schema !== undefined) access.resolve('SCHEMA', [catalog, schema]);
      session.catalog = catalog;
      session.schema = schema ?? 'default';
      return undefined;
    },
  };
}

const columns = ['key', 'value'];

/** `SET`, `SET key`, `SET key = value`. */
export function parseSet(cursor: TokenCursor): Statement {
  if (cursor.atEnd) {
    return { verb: 'SET', read: true, run: ({ session }): Result => ({ columns, rows: [...session.parameters] }) };
  }
  cursor.acceptOneOf(['TIME ZONE']);
  const key = readKey(cursor);
  if (cursor.atEnd) {
    return {
      verb: 'SET',
      read: true,
      run: ({ session }): Result => ({ columns, rows: [[key, session.parameters.get(key.toUpperCase()) ?? '<undefined>']] }),
    };
  }
  cursor.expect('=');
  const value = cursor
    .rest()
    .map((token) => token.text)
    .join(' ');
  return {
    verb: 'SET',
    object: key,
    read: false,
    run({ session }): Result {
      session.parameters.set(key.toUpperCase(), value.replaceAll(/^['"]|['"]$/g, ''));
      return { columns, rows: [[key, value]] };
    },
  };
}

export function parseReset(cursor: TokenCursor): Statement {
  const key = cursor.atEnd ? undefined : readKey(cursor);
  return {
    verb: 'RESET',
    read: false,
    run({ session }) {
      if (key === undefined) session.parameters.clear();
      else session.parameters.delete(key.toUpperCase());
      return undefined;
    },
  };
}

function readKey(cursor: TokenCursor): string {
  const parts = [cursor.identifier()];
  while (cursor.accept('.')) parts.push(cursor.identifier());
  return parts.join('.');
}
