// SHOW PARAMETERS and SHOW VARIABLES. [doc] docs.snowflake.com/en/sql-reference/sql/show-parameters
import { like } from '../like.js';
import type { Column } from '../result.js';
import { statementTypes } from '../result.js';
import type { Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';

const columns: readonly Column[] = ['key', 'value', 'default', 'level', 'description', 'type'].map((name) => ({ name, type: 'text' }));

/** [doc] parameters that exist whether or not somebody set them. */
const known: Readonly<Record<string, { readonly default: string; readonly type: string }>> = {
  ABORT_DETACHED_QUERY: { default: 'false', type: 'BOOLEAN' },
  AUTOCOMMIT: { default: 'true', type: 'BOOLEAN' },
  QUERY_TAG: { default: '', type: 'STRING' },
  QUOTED_IDENTIFIERS_IGNORE_CASE: { default: 'false', type: 'BOOLEAN' },
  STATEMENT_TIMEOUT_IN_SECONDS: { default: '172800', type: 'NUMBER' },
  TIMEZONE: { default: 'America/Los_Angeles', type: 'STRING' },
};

export function parseShowParameters(cursor: TokenCursor): Statement {
  const pattern = cursor.accept('LIKE') ? cursor.string() : '%';
  const scope = cursor.acceptOneOf(['IN', 'FOR']) === undefined ? 'SESSION' : cursor.acceptOneOf(['ACCOUNT', 'SESSION']);
  if (scope === undefined) throw cursor.unexpected();
  cursor.end();
  return {
    verb: 'SHOW',
    object: 'PARAMETERS',
    read: true,
    run({ account, session }) {
      const keys = new Set([...Object.keys(known), ...account.parameters.keys(), ...(scope === 'SESSION' ? session.parameters.keys() : [])]);
      const rows = [...keys]
        .sort()
        .filter((key) => like(key, pattern, true))
        .map((key) => {
          const inSession = scope === 'SESSION' ? session.parameters.get(key) : undefined;
          const inAccount = account.parameters.get(key);
          const fallback = known[key]?.default ?? '';
          const value = inSession ?? inAccount ?? fallback;
          const level = inSession !== undefined ? 'SESSION' : inAccount !== undefined && inAccount !== fallback ? 'ACCOUNT' : '';
          return [key, value, fallback, level, '', known[key]?.type ?? 'STRING'];
        });
      return { columns, rows, statementType: statementTypes.show };
    },
  };
}

export function parseShowVariables(cursor: TokenCursor): Statement {
  const pattern = cursor.accept('LIKE') ? cursor.string() : '%';
  cursor.end();
  return {
    verb: 'SHOW',
    object: 'VARIABLES',
    read: true,
    run: ({ session }) => ({
      columns: ['session_id', 'name', 'value'].map((name) => ({ name, type: 'text' })),
      rows: [...session.variables].filter(([name]) => like(name, pattern, true)).map(([name, value]) => [String(session.id), name, value]),
      statementType: statementTypes.show,
    }),
  };
}
