// INSERT of literal rows, which bootstrap scripts use to fill tables of their own. Rows are counted and not kept: nothing here can be selected from a table.
import { displayName, lastPart } from '../catalog.js';
import { holdsOn, resolve } from '../access.js';
import { insufficientPrivileges, noActiveWarehouse, notSimulated } from '../errors.js';
import { statementTypes } from '../result.js';
import type { Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';

export function parseInsert(cursor: TokenCursor): Statement {
  cursor.expect('INSERT', 'INTO');
  const name = cursor.name();
  if (cursor.sees('(')) cursor.parenthesised();
  if (!cursor.accept('VALUES')) throw cursor.sees('SELECT') ? notSimulated('INSERT ... SELECT') : cursor.unexpected();
  let rows = 0;
  do {
    cursor.parenthesised();
    rows++;
  } while (cursor.accept(','));
  cursor.end();
  return {
    verb: 'INSERT',
    object: `TABLE ${displayName(name)}`,
    read: false,
    run(execution) {
      const table = resolve(execution, 'TABLE', name, 'INSERT');
      if (!holdsOn(execution, 'INSERT', table)) throw insufficientPrivileges('TABLE', lastPart(table.path), execution.session.role, 'INSERT');
      if (execution.session.warehouse === undefined) throw noActiveWarehouse();
      return { columns: [{ name: 'number of rows inserted', type: 'fixed' }], rows: [[rows]], statementType: statementTypes.dml };
    },
  };
}
