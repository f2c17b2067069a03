// Statements whose inside this simulator does not look at: procedure calls, anonymous blocks, EXECUTE IMMEDIATE, transactions.
import { displayName, lastPart } from '../catalog.js';
import { holdsOn, isVisible, qualify } from '../access.js';
import { insufficientPrivileges, unknownFunction } from '../errors.js';
import { evaluate } from '../evaluate.js';
import { parseExpression } from '../expression.js';
import type { Result } from '../result.js';
import { done, statementTypes, statusResult } from '../result.js';
import type { Execution, Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';

export function parseCall(cursor: TokenCursor): Statement {
  cursor.expect('CALL');
  if (cursor.peek()?.value.startsWith('SYSTEM$') === true) return callSystemFunction(cursor);
  const name = cursor.name();
  cursor.parenthesised();
  cursor.end();
  return { verb: 'CALL', object: `PROCEDURE ${displayName(name)}`, read: false, run: (execution) => call(execution, name) };
}

/** [doc] system functions may be called like procedures. */
function callSystemFunction(cursor: TokenCursor): Statement {
  const name = cursor.peek()?.value ?? '';
  const expression = parseExpression(cursor);
  cursor.end();
  return {
    verb: 'CALL',
    object: name,
    read: name === 'SYSTEM$WAIT',
    run(execution) {
      let waitMs = 0;
      const wait = (milliseconds: number): void => void (waitMs += milliseconds);
      const { cell } = evaluate(expression, { execution, row: new Map(), wait });
      return { columns: [{ name, type: 'text' }], rows: [[cell]], statementType: statementTypes.show, waitMs };
    },
  };
}

function call(execution: Execution, name: readonly string[]): Result {
  const path = qualify(execution, 'PROCEDURE', name, 'CALL');
  const overloads = execution.account.catalog
    .list('PROCEDURE', path.slice(0, 2))
    .filter((procedure) => lastPart(procedure.path).replace(/\(.*\)$/, '') === lastPart(path) && isVisible(execution, procedure));
  const [procedure] = overloads;
  if (procedure === undefined) throw unknownFunction(displayName(path));
  if (!overloads.some((overload) => holdsOn(execution, 'USAGE', overload))) {
    throw insufficientPrivileges('PROCEDURE', lastPart(path), execution.session.role, 'USAGE');
  }
  return { columns: [{ name: lastPart(path), type: 'text' }], rows: [[null]], statementType: statementTypes.show };
}

/** `BEGIN ... END` and `DECLARE ... BEGIN ... END`. */
export function parseBlock(cursor: TokenCursor): Statement {
  const verb = cursor.peek()?.value ?? '';
  cursor.rest();
  return {
    verb,
    object: 'BLOCK',
    read: false,
    run: () => ({ columns: [{ name: 'anonymous block', type: 'text' }], rows: [[null]], statementType: statementTypes.show }),
  };
}

export function parseExecuteImmediate(cursor: TokenCursor): Statement {
  cursor.expect('EXECUTE', 'IMMEDIATE');
  if (cursor.rest().length === 0) throw cursor.unexpected();
  return { verb: 'EXECUTE', object: 'IMMEDIATE', read: false, run: () => done() };
}

/** DDL commits of its own accord [doc], so a transaction around it holds nothing back. */
export function parseTransaction(cursor: TokenCursor): Statement {
  const verb = cursor.next().value;
  cursor.acceptOneOf(['TRANSACTION', 'WORK']);
  if (verb === 'BEGIN' && cursor.accept('NAME')) cursor.identifier();
  cursor.end();
  return { verb, object: 'TRANSACTION', read: false, run: () => statusResult('Statement executed successfully.', statementTypes.show) };
}
