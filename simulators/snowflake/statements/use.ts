// USE: where and as whom the session stands.
import { displayName } from '../catalog.js';
import { find, isVisible, rolesOfUser } from '../access.js';
import { cannotBePerformed, noCurrentDatabase, roleNotAssigned } from '../errors.js';
import { done } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';

export function parseUse(cursor: TokenCursor): Statement {
  cursor.expect('USE');
  if (cursor.accept('SECONDARY', 'ROLES')) return useSecondaryRoles(cursor);
  const what = cursor.acceptOneOf(['ROLE', 'WAREHOUSE', 'DATABASE', 'SCHEMA']);
  const name = cursor.name();
  cursor.end();
  const kind = what ?? (name.length === 2 ? 'SCHEMA' : 'DATABASE');
  if (kind !== 'SCHEMA' && name.length > 1) throw cursor.unexpected();
  return {
    verb: 'USE',
    object: `${kind} ${displayName(name)}`,
    read: false,
    run(execution) {
      use(execution, kind, name);
      return done();
    },
  };
}

function useSecondaryRoles(cursor: TokenCursor): Statement {
  const roles = cursor.acceptOneOf(['ALL', 'NONE']);
  // [doc] a list of roles is possible too; governance scripts do not use it
  if (roles === undefined) throw cursor.unexpected();
  cursor.end();
  return {
    verb: 'USE',
    object: 'SECONDARY ROLES',
    read: false,
    run({ session }) {
      session.secondaryRoles = roles;
      return done();
    },
  };
}

function use(execution: Execution, kind: string, name: readonly string[]): void {
  const { account, session } = execution;
  const [first = ''] = name;
  if (kind === 'ROLE') {
    // [seen] an unknown role and one that is not granted have different numbers
    if (account.catalog.find('ROLE', name) === undefined) throw cannotBePerformed();
    if (!rolesOfUser(account, session.user).includes(displayName(name))) throw roleNotAssigned(first);
    session.role = first;
    return;
  }
  if (kind === 'SCHEMA' && name.length === 1 && session.database === undefined) throw noCurrentDatabase('operation');
  const path = kind === 'SCHEMA' && name.length === 1 && session.database !== undefined ? [session.database, first] : name;
  const database = path.length > 1 ? account.catalog.find('DATABASE', path.slice(0, 1)) : undefined;
  if (path.length > 1 && (database === undefined || !isVisible(execution, database))) throw cannotBePerformed();
  if (find(execution, kind, path) === undefined) throw cannotBePerformed();
  if (kind === 'WAREHOUSE') {
    session.warehouse = first;
  } else if (kind === 'SCHEMA') {
    [session.database, session.schema] = path;
  } else {
    session.database = first;
    // [doc] a database brings its PUBLIC schema along, where there is one
    session.schema = account.catalog.find('SCHEMA', [first, 'PUBLIC']) === undefined ? undefined : 'PUBLIC';
  }
}
