// SHOW and DESCRIBE, with the vendor's column names. [doc] docs.databricks.com/aws/en/sql/language-manual/sql-ref-syntax-aux-show-* and -describe-*.
import { like } from './cell.js';
import type { Securable } from './metastore.js';
import { nameOf } from './metastore.js';
import { qualify } from './session.js';
import type { Result, Statement } from './statement.js';
import type { TokenCursor } from './token-cursor.js';

type Matches = (name: string) => boolean;

export function parseShow(cursor: TokenCursor): Statement {
  const what = cursor.acceptOneOf(['CATALOGS', 'SCHEMAS', 'DATABASES', 'TABLES', 'VIEWS', 'USER FUNCTIONS', 'FUNCTIONS', 'VOLUMES']);
  if (what === undefined) throw cursor.unexpected();
  const within = what !== 'CATALOGS' && cursor.acceptOneOf(['IN', 'FROM']) !== undefined ? cursor.name() : undefined;
  const matches = readPattern(cursor);
  const statement = { verb: 'SHOW', object: what, read: true };
  switch (what) {
    case 'CATALOGS':
      return {
        ...statement,
        run: ({ access }) => ({
          columns: ['catalog'],
          rows: names(
            access.metastore.list('CATALOG').filter((each) => access.sees(each)),
            matches,
          ),
        }),
      };
    case 'SCHEMAS':
    case 'DATABASES':
      return {
        ...statement,
        run({ access, session }) {
          const [catalog = session.catalog] = within ?? [];
          access.resolve('CATALOG', [catalog]);
          const found = access.metastore.list('SCHEMA', [catalog]).filter((each) => access.sees(each));
          return { columns: ['databaseName'], rows: names(found, matches) };
        },
      };
    case 'TABLES':
    case 'VIEWS':
    case 'USER FUNCTIONS':
    case 'FUNCTIONS':
    case 'VOLUMES':
      return {
        ...statement,
        run({ access, session }) {
          const path = qualify(session, within ?? [session.schema], 2);
          access.resolve('SCHEMA', path);
          const kind = what === 'VOLUMES' ? 'VOLUME' : what.endsWith('FUNCTIONS') ? 'FUNCTION' : 'TABLE';
          const found = access.metastore
            .list(kind, path)
            .filter((each) => access.sees(each) && (what !== 'VIEWS' || each.shownKind === 'VIEW') && matches(lastOf(each)));
          return inSchema(what, found);
        },
      };
  }
}

function inSchema(what: 'TABLES' | 'VIEWS' | 'USER FUNCTIONS' | 'FUNCTIONS' | 'VOLUMES', found: readonly Securable[]): Result {
  const placed = found.map((each) => [each.path[1] ?? '', lastOf(each)]);
  switch (what) {
    case 'USER FUNCTIONS':
    case 'FUNCTIONS':
      return { columns: ['function'], rows: found.map((each) => [nameOf(each)]) };
    case 'VOLUMES':
      return { columns: ['database', 'volume_name'], rows: placed };
    case 'VIEWS':
      return { columns: ['namespace', 'viewName', 'isTemporary'], rows: placed.map((row) => [...row, false]) };
    case 'TABLES':
      return { columns: ['database', 'tableName', 'isTemporary'], rows: placed.map((row) => [...row, false]) };
  }
}

/** [doc] in SHOW a pattern knows `*` and `|`, and LIKE's `%` since Spark 4 [known]. */
function readPattern(cursor: TokenCursor): Matches {
  cursor.accept('LIKE');
  if (cursor.atEnd) return () => true;
  const patterns = cursor.string().toLowerCase().split('|');
  return (name) => patterns.some((pattern) => like(name, pattern.trim().replaceAll('*', '%')));
}

function names(found: readonly Securable[], matches: Matches): string[][] {
  return found
    .map(lastOf)
    .filter(matches)
    .map((name) => [name]);
}

function lastOf({ path }: Securable): string {
  return path.at(-1) ?? '';
}

/** `DESCRIBE CATALOG|SCHEMA [EXTENDED] name`, `DESCRIBE [TABLE] [EXTENDED] name`, `DESCRIBE FUNCTION [EXTENDED] name`. */
export function parseDescribe(cursor: TokenCursor): Statement {
  const written = cursor.acceptOneOf(['CATALOG', 'SCHEMA', 'DATABASE', 'FUNCTION', 'VOLUME', 'TABLE']) ?? 'TABLE';
  const kind = written === 'DATABASE' ? 'SCHEMA' : written;
  const extended = cursor.accept('EXTENDED');
  const name = cursor.name();
  return {
    verb: 'DESCRIBE',
    object: `${kind} ${name.join('.')}`,
    read: true,
    run({ access, session }) {
      const found = access.resolve(kind, qualify(session, name, { CATALOG: 1, SCHEMA: 2, TABLE: 3, FUNCTION: 3, VOLUME: 3 }[kind]));
      // [admin] metastore admins read the metadata of everything
      if (!access.principal.admin)
        access.require(kind === 'CATALOG' ? 'USE CATALOG' : kind === 'SCHEMA' ? 'USE SCHEMA' : kind === 'FUNCTION' ? 'EXECUTE' : 'SELECT', found);
      const [catalog = '', schema = ''] = found.path;
      const base: [string, string][] =
        kind === 'CATALOG'
          ? [['Catalog Name', catalog]]
          : kind === 'SCHEMA'
            ? [
                ['Catalog Name', catalog],
                ['Namespace Name', schema],
              ]
            : [
                ['Catalog', catalog],
                ['Database', schema],
                [kind === 'TABLE' ? 'Table' : 'Name', lastOf(found)],
              ];
      const more: [string, string][] = [
        ['Created By', found.createdBy],
        ['Created At', new Date(found.createdAt).toISOString()],
      ];
      const rows = [...base, ['Comment', found.comment ?? ''], ['Owner', found.owner], ...(extended ? more : [])];
      return { columns: ['info_name', 'info_value'], rows };
    },
  };
}
