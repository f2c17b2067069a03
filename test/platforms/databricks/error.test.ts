import { describe, expect, it } from 'vitest';
import { statementFailure } from '../../../platforms/databricks/error.js';
import { PlatformError } from '../../../platforms/platform-error.js';

const text = "CREATE CONNECTION c OPTIONS (password 'canary-4711')";

function operation(state: string, sqlState: string | undefined, message: string): Error {
  return Object.assign(new Error(message), { errorCode: state, response: { sqlState, displayMessage: message } });
}

function http(status: number, reason = ''): Error {
  return Object.assign(new Error(`bad HTTP status code: ${status}`), {
    statusCode: status,
    response: { headers: new Headers({ 'x-thriftserver-error-message': reason }) },
  });
}

const notError = { name: 'Status Error', message: 'Invalid SessionHandle', code: -1 };
const reset = Object.assign(new Error('request to https://h failed'), { name: 'FetchError', type: 'system', code: 'ECONNRESET' });
const refusedConnection = Object.assign(new Error('connect'), { name: 'FetchError', type: 'system', code: 'ECONNREFUSED' });
const tooManyQuestions = new Error('Hive driver: 503 when connecting to resource. Max retry count exceeded.');

/** What the driver throws, whether the platform had taken the statement, and what becomes of it. */
const cases: readonly (readonly [name: string, thrown: unknown, accepted: boolean, kind: string, ambiguous: boolean])[] = [
  ['a missing privilege', operation('ERROR', '42501', '[INSUFFICIENT_PERMISSIONS] x SQLSTATE: 42501'), true, 'permission-missing', false],
  ['a catalog that exists', operation('ERROR', '42710', '[CATALOG_ALREADY_EXISTS] x'), true, 'already-exists', false],
  [
    'a catalog that exists, behind a class of Java',
    operation('ERROR', undefined, 'org.x.HiveSQLException: Error: [CATALOG_ALREADY_EXISTS] x'),
    true,
    'already-exists',
    false,
  ],
  ['a table that exists', operation('ERROR', '42P07', 'x'), true, 'already-exists', false],
  ['a missing catalog', operation('ERROR', '42704', '[NO_SUCH_CATALOG_EXCEPTION] x'), true, 'not-found', false],
  ['a syntax error', operation('ERROR', '42601', `[PARSE_SYNTAX_ERROR] == SQL == ${text}`), true, 'statement-failed', false],
  ['a refusal that we do not know', operation('ERROR', '22023', '[SOMETHING.NEW] x'), true, 'statement-failed', false],
  ['an internal error', operation('ERROR', 'XX000', '[INTERNAL_ERROR] x'), true, 'unreachable', true],
  ['a lost connection inside the platform', operation('ERROR', '08KD1', 'x'), true, 'unreachable', true],
  ['a cancelled statement', operation('CANCELED', undefined, 'x'), true, 'statement-failed', true],
  ['a statement that ran out of time', operation('TIMEOUT', undefined, 'x'), true, 'timeout', true],
  ['a session that is gone', notError, false, 'unreachable', false],
  ['a statement that is forgotten', notError, true, 'unreachable', true],
  ['HTTP 401', http(401), false, 'credential-refused', false],
  ['HTTP 403 for the token', http(403, 'Invalid access token.'), false, 'credential-refused', false],
  ['HTTP 403 for the user', http(403, 'No CAN USE'), false, 'permission-missing', false],
  ['HTTP 401 while asking', http(401), true, 'credential-refused', true],
  ['HTTP 429', http(429), false, 'throttled', false],
  ['HTTP 503', http(503), false, 'unreachable', false],
  ['HTTP 408', http(408), false, 'unreachable', true],
  ['HTTP 502', http(502), false, 'unreachable', true],
  ['a connection that was reset', reset, false, 'unreachable', true],
  ['a connection that was refused', refusedConnection, false, 'unreachable', false],
  ['a connection that was refused while asking', refusedConnection, true, 'unreachable', true],
  ['too many questions without an answer', tooManyQuestions, true, 'unreachable', true],
  ['something that is not even an object', 'canary-4711', false, 'bad-answer', true],
  ['nothing at all', undefined, false, 'bad-answer', true],
];

describe('a statement that fails with', () => {
  it.each(cases)('%s', (_, thrown, accepted, kind, ambiguous) => {
    const error = statementFailure(thrown, { subject: 'Statement 3', wasSent: true, accepted, readOnly: false, queryId: accepted ? 'q' : undefined });

    expect(error).toBeInstanceOf(PlatformError);
    expect(error).toMatchObject({ kind, ambiguous });
    expect(error.message).toMatch(/^Statement 3 did not succeed: /);
    expect(error.message.includes('It may have been carried out.')).toBe(ambiguous);
    expect(JSON.stringify(error.plain()) + String(error.stack)).not.toMatch(/canary|PASSWORD/);
  });

  it('anything, and only reads, is never ambiguous', () => {
    for (const [, thrown, accepted] of cases) {
      expect(statementFailure(thrown, { subject: 'A look', wasSent: true, accepted, readOnly: true }).ambiguous).toBe(false);
    }
  });

  it('anything before it left is certain not to have run', () => {
    for (const [, thrown] of cases) {
      expect(statementFailure(thrown, { subject: 'Statement 3', wasSent: false, accepted: false, readOnly: false }).ambiguous).toBe(false);
    }
  });
});
