// DESCRIBE USER, and the existence that DESCRIBE of anything else proves.
import { displayName } from '../catalog.js';
import { holdsOnAccount, owns, resolve } from '../access.js';
import { insufficientPrivileges, notSimulated } from '../errors.js';
import { statementTypes } from '../result.js';
import type { Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';

const secret = /PASSWORD|RSA_PUBLIC_KEY/;

export function parseDescribe(cursor: TokenCursor): Statement {
  cursor.next();
  if (!cursor.accept('USER')) throw notSimulated('DESCRIBE of anything but a user');
  const name = cursor.name();
  cursor.end();
  return {
    verb: 'DESCRIBE',
    object: `USER ${displayName(name)}`,
    read: true,
    run(execution) {
      const user = resolve(execution, 'USER', name);
      const isSelf = displayName(user.path) === displayName([execution.session.user]);
      if (!isSelf && !owns(execution, user) && !holdsOnAccount(execution, 'MANAGE GRANTS')) {
        throw insufficientPrivileges('USER', displayName(user.path), execution.session.role, 'OWNERSHIP');
      }
      const rows = [...user.properties].map(([key, value]) => [key, secret.test(key) ? '********' : String(value), null, null]);
      return {
        columns: ['property', 'value', 'default', 'description'].map((column) => ({ name: column, type: 'text' })),
        rows: [['NAME', displayName(user.path), null, null], ...rows],
        statementType: statementTypes.show,
      };
    },
  };
}
