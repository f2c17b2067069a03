// SET and UNSET of session variables.
import { evaluate } from '../evaluate.js';
import { parseExpression } from '../expression.js';
import { done } from '../result.js';
import type { Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';

export function parseSet(cursor: TokenCursor): Statement {
  cursor.expect('SET');
  const name = cursor.identifier();
  cursor.expect('=');
  const expression = parseExpression(cursor);
  cursor.end();
  return {
    verb: 'SET',
    object: name,
    read: false,
    run(execution) {
      const value = evaluate(expression, { execution, row: new Map(), wait: () => undefined });
      execution.session.variables.set(name, value.cell === null ? '' : String(value.cell));
      return done();
    },
  };
}

export function parseUnset(cursor: TokenCursor): Statement {
  cursor.expect('UNSET');
  const name = cursor.identifier();
  cursor.end();
  return {
    verb: 'UNSET',
    object: name,
    read: false,
    run({ session }) {
      session.variables.delete(name);
      return done();
    },
  };
}
