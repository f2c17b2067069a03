// What the vendor says when it refuses a statement: error class, SQLSTATE, text. Marks: [doc] vendor's documentation, [spark] read from a Spark 4
// Thrift server, [seen] quoted from real workspaces in public issues, [known] general knowledge that was not verified.

export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly errorClass: string;
  readonly sqlState: string;

  constructor(errorClass: string, sqlState: string, text: string, context = '') {
    super(`[${errorClass}] ${text} SQLSTATE: ${sqlState}${context}`);
    this.errorClass = errorClass;
    this.sqlState = sqlState;
  }
}

/** [spark] 42601, with the place and the whole text of the statement: whoever logs such a message logs the statement. */
export function syntaxError(text: string, at: number, unexpected: string | undefined, extra = ''): SqlError {
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const column = before.at(-1)?.length ?? 0;
  const near = unexpected === undefined ? 'end of input' : `'${unexpected}'`;
  const lines = text.split('\n').toSpliced(line, 0, `${'-'.repeat(column)}^^^`);
  return new SqlError(
    'PARSE_SYNTAX_ERROR',
    '42601',
    `Syntax error at or near ${near}${extra}.`,
    ` (line ${line}, pos ${column})\n\n== SQL ==\n${lines.join('\n')}\n`,
  );
}

/** [spark] 42617. */
export function emptyStatement(): SqlError {
  return new SqlError('PARSE_EMPTY_STATEMENT', '42617', 'Syntax error, unexpected empty statement.');
}

/** [known] 42P02: Spark's list of error conditions. */
export function unboundParameter(name: string): SqlError {
  return new SqlError(
    'UNBOUND_SQL_PARAMETER',
    '42P02',
    `Found the unbound parameter: ${name}. Please, fix \`args\` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as \`map()\`, \`array()\`, \`struct()\`.`,
  );
}

/** [seen] 42501: databricks/dbt-databricks#838. */
export function insufficientPermissions(privilege: string, kind: string, name: string): SqlError {
  return new SqlError('INSUFFICIENT_PERMISSIONS', '42501', `Insufficient privileges:\nUser does not have ${privilege} on ${title(kind)} '${name}'.`);
}

/** [known] 42501: what only an owner may do. */
export function notAnOwner(kind: string, name: string): SqlError {
  return new SqlError('INSUFFICIENT_PERMISSIONS', '42501', `Insufficient privileges:\nUser is not an owner of ${title(kind)} '${name}'.`);
}

const absences: Readonly<Record<string, readonly [errorClass: string, sqlState: string, text: (name: string) => string]>> = {
  // [seen] quoted in public repositories with its state
  CATALOG: [
    'NO_SUCH_CATALOG_EXCEPTION',
    '42704',
    (name) => `Catalog '${name}' was not found. Please verify the catalog name and then retry the query or command again.`,
  ],
  SCHEMA: [
    'SCHEMA_NOT_FOUND',
    '42704',
    (name) =>
      `The schema ${quoted(name)} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a catalog, verify the current_schema() output, or qualify the name with the correct catalog.\nTo tolerate the error on drop use DROP SCHEMA IF EXISTS.`,
  ],
  FUNCTION: [
    'ROUTINE_NOT_FOUND',
    '42883',
    (name) =>
      `The routine ${quoted(name)} cannot be found. Verify the spelling and correctness of the schema and catalog.\nTo tolerate the error on drop use DROP ... IF EXISTS.`,
  ],
  VOLUME: ['VOLUME_DOES_NOT_EXIST', '42704', (name) => `Volume ${quoted(name)} does not exist.`],
};

/** [spark] 42704, 42P01, 42883. Catalogs and volumes: [seen], [known]. */
export function notFound(kind: string, name: string): SqlError {
  const [errorClass, sqlState, text] = absences[kind] ?? [
    'TABLE_OR_VIEW_NOT_FOUND',
    '42P01',
    (table: string) =>
      `The table or view ${quoted(table)} cannot be found. Verify the spelling and correctness of the schema and catalog.\nIf you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\nTo tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.`,
  ];
  return new SqlError(errorClass, sqlState, text(name));
}

const duplicates: Readonly<Record<string, readonly [errorClass: string, sqlState: string]>> = {
  CATALOG: ['CATALOG_ALREADY_EXISTS', '42710'],
  SCHEMA: ['SCHEMA_ALREADY_EXISTS', '42P06'],
  FUNCTION: ['ROUTINE_ALREADY_EXISTS', '42723'],
  VOLUME: ['VOLUME_ALREADY_EXISTS', '42000'],
};

/** [spark] 42P06, 42P07, 42723. Catalogs and volumes: [known]. */
export function alreadyExists(kind: string, name: string): SqlError {
  const [errorClass, sqlState] = duplicates[kind] ?? ['TABLE_OR_VIEW_ALREADY_EXISTS', '42P07'];
  return new SqlError(
    errorClass,
    sqlState,
    `Cannot create ${kind.toLowerCase()} ${quoted(name)} because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.`,
  );
}

/** [spark] 2BP01 for schemas; the same for catalogs is [known]. */
export function notEmpty(kind: string, name: string): SqlError {
  return new SqlError(
    `${kind}_NOT_EMPTY`,
    '2BP01',
    `Cannot drop a ${kind.toLowerCase()} ${quoted(name)} because it contains objects.\nUse DROP ${kind} ... CASCADE to drop the ${kind.toLowerCase()} and all its objects.`,
  );
}

/** [seen] the sentence: databricks/terraform-provider-databricks#4680. [known] its class and state. */
export function noSuchPrincipal(name: string): SqlError {
  return new SqlError('PRINCIPAL_DOES_NOT_EXIST', '42704', `Could not find principal with name ${name}.`);
}

/** [known] a privilege that this kind of object does not have. */
export function privilegeNotApplicable(privilege: string, kind: string): SqlError {
  return new SqlError('INVALID_PARAMETER_VALUE', '22023', `Privilege ${privilege} is not applicable to this entity [${kind}].`);
}

/** [spark] 42704. */
export function unresolvedColumn(name: string): SqlError {
  return new SqlError(
    'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION',
    '42703',
    `A column, variable, or function parameter with name ${quoted(name)} cannot be resolved.`,
  );
}

/** [spark] 42883. */
export function unresolvedRoutine(name: string): SqlError {
  return new SqlError('UNRESOLVED_ROUTINE', '42883', `Cannot resolve routine ${quoted(name)} on search path [${quoted('system.builtin')}].`);
}

/** Not an answer of the vendor for such a statement: this simulator says plainly what it does not do, rather than pretend. */
export function notSimulated(what: string): SqlError {
  return new SqlError('UNSUPPORTED_FEATURE', '0A000', `The feature is not supported: ${what}.`);
}

const states: Readonly<Record<string, string>> = {
  INSUFFICIENT_PERMISSIONS: '42501',
  PARSE_SYNTAX_ERROR: '42601',
  CATALOG_ALREADY_EXISTS: '42710',
  SCHEMA_ALREADY_EXISTS: '42P06',
  TABLE_OR_VIEW_ALREADY_EXISTS: '42P07',
  ROUTINE_ALREADY_EXISTS: '42723',
  NO_SUCH_CATALOG_EXCEPTION: '42704',
  SCHEMA_NOT_FOUND: '42704',
  TABLE_OR_VIEW_NOT_FOUND: '42P01',
  ROUTINE_NOT_FOUND: '42883',
  SERVER_IS_BUSY: '08KD1', // [doc] error class of class 08
};

/** A refusal somebody injected: an error class with the state that goes with it, or a bare SQLSTATE. */
export function injectedRefusal(code = 'INTERNAL_ERROR'): SqlError {
  const isState = /^[0-9A-Z]{5}$/.test(code);
  return new SqlError(isState ? 'INTERNAL_ERROR' : code, isState ? code : (states[code] ?? 'XX000'), 'Injected refusal.');
}

/** `a.b` as `` `a`.`b` ``, the way messages print names. */
function quoted(name: string): string {
  return name
    .split('.')
    .map((part) => `\`${part}\``)
    .join('.');
}

function title(kind: string): string {
  return `${kind.charAt(0)}${kind.slice(1).toLowerCase()}`;
}
