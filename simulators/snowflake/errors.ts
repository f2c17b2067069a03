// What the vendor says when it refuses a statement: number, SQLSTATE, message, place. Marks: [doc] vendor's documentation,
// [seen] quoted from a real account in public repositories or issues, [known] general knowledge that was not verified.

export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly code: string;
  readonly sqlState: string;
  /** 1-based; -1 when the error has no place. */
  readonly line: number;
  /** 0-based column; -1 when the error has no place. */
  readonly position: number;

  constructor(code: string, sqlState: string, message: string, line = -1, position = -1) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
    this.line = line;
    this.position = position;
  }
}

/** [seen] 001003 (42000). */
export function syntaxError(line: number, position: number, unexpected: string): SqlError {
  return new SqlError(
    '001003',
    '42000',
    `SQL compilation error:\nsyntax error line ${line} at position ${position} unexpected '${unexpected}'.`,
    line,
    position,
  );
}

/** [seen] 002003 (02000): the vendor does not tell absence from missing rights. */
export function doesNotExist(kind: string, name: string): SqlError {
  return new SqlError('002003', '02000', `SQL compilation error:\n${title(kind)} '${name}' does not exist or not authorized.`);
}

/** [seen] 002043 (02000): USE of, and SHOW ... IN, something absent or not visible. */
export function cannotBePerformed(): SqlError {
  return new SqlError('002043', '02000', 'SQL compilation error:\nObject does not exist, or operation cannot be performed.');
}

/** [seen] 002002 (42710). */
export function alreadyExists(name: string): SqlError {
  return new SqlError('002002', '42710', `SQL compilation error:\nObject '${name}' already exists.`);
}

/** [seen] 003001 (42501), with the second sentence newer accounts add. */
export function insufficientPrivileges(kind: string, name: string, role: string, needed: string): SqlError {
  const target = kind === 'ACCOUNT' ? `account '${name}'` : `${kind.toLowerCase()} '${name}'`;
  const granted = kind === 'ACCOUNT' ? 'ACCOUNT' : `${kind} ${name}`;
  return new SqlError(
    '003001',
    '42501',
    `SQL access control error:\nInsufficient privileges to operate on ${target}.\nYour primary role ${role} must have ${needed} granted on ${granted}.`,
  );
}

/** [seen] 003102 (42501): GRANT and REVOKE have a number of their own. */
export function grantNotExecuted(): SqlError {
  return new SqlError('003102', '42501', 'Grant not executed: Insufficient privileges.');
}

/** [seen] 003013 (42501). */
export function roleNotAssigned(role: string): SqlError {
  return new SqlError(
    '003013',
    '42501',
    `SQL access control error:\nRequested role '${role}' is not assigned to the executing user.  Specify another role to activate.`,
  );
}

/** [seen] 003036 (23001): ownership cannot move while other roles hold privileges on the object. */
export function dependentGrant(privilege: string, securable: string, role: string): SqlError {
  return new SqlError(
    '003036',
    '23001',
    `SQL execution error: Dependent grant of privilege '${privilege}' on securable '${securable}' to role '${role}' exists.  ` +
      "It must be revoked first.  More than one dependent grant may exist: use 'SHOW GRANTS' command to view them.  " +
      "To revoke all dependent grants while transferring object ownership, use convenience command 'GRANT OWNERSHIP ON <target_objects> TO <target_role> REVOKE CURRENT GRANTS'.",
  );
}

/** [seen] 090105 (22000). */
export function noCurrentDatabase(operation: string): SqlError {
  return new SqlError(
    '090105',
    '22000',
    `Cannot perform ${operation}. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.`,
  );
}

/** [known] 090106 (22000). */
export function noCurrentSchema(operation: string): SqlError {
  return new SqlError(
    '090106',
    '22000',
    `Cannot perform ${operation}. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name.`,
  );
}

/** [known] 000606 (57P03). */
export function noActiveWarehouse(): SqlError {
  return new SqlError(
    '000606',
    '57P03',
    "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
  );
}

/** [seen] 000604 (57014): a cancel, by whatever way. */
export function canceled(): SqlError {
  return new SqlError('000604', '57014', 'SQL execution canceled');
}

/** [known] 000630 (57014). */
export function timedOut(seconds: number): SqlError {
  return new SqlError('000630', '57014', `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`);
}

/** [seen] 000008 (0A000). */
export function wrongStatementCount(actual: number, desired: number): SqlError {
  return new SqlError('000008', '0A000', `Actual statement count ${actual} did not match the desired statement count ${desired}.`);
}

/** [known] 000904 (42000). */
export function invalidIdentifier(name: string): SqlError {
  return new SqlError('000904', '42000', `SQL compilation error: error line 1 at position 0\ninvalid identifier '${name}'`);
}

/** [known] 002140 (42601). */
export function unknownFunction(name: string): SqlError {
  return new SqlError('002140', '42601', `SQL compilation error:\nUnknown function ${name}`);
}

/** [known] 002211 (02000). */
export function unknownVariable(name: string): SqlError {
  return new SqlError('002211', '02000', `SQL compilation error: error line 1 at position 0\nSession variable '$${name}' does not exist`);
}

/** [known] 001007 (22023): the statement is understood and an argument is not acceptable. */
export function invalidValue(message: string): SqlError {
  return new SqlError('001007', '22023', `SQL compilation error:\n${message}`);
}

/** Not an answer of the vendor: this simulator says plainly what it does not do, rather than pretend. */
export function notSimulated(what: string): SqlError {
  return new SqlError('000002', '0A000', `Unsupported feature '${what}'.`);
}

const states: Readonly<Record<string, string>> = {
  '000604': '57014',
  '000606': '57P03',
  '000630': '57014',
  '001003': '42000',
  '002002': '42710',
  '002003': '02000',
  '002043': '02000',
  '003001': '42501',
  '003013': '42501',
  '003102': '42501',
};

/** A refusal somebody injected: the vendor's number, with the state that goes with it. */
export function injectedRefusal(code = '000603'): SqlError {
  return new SqlError(code, states[code] ?? 'XX000', 'SQL execution internal error: injected refusal.');
}

function title(kind: string): string {
  return `${kind.charAt(0)}${kind.slice(1).toLowerCase()}`;
}
