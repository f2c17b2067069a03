// A driver's error becomes ours, although not all of them are errors: the driver throws plain objects too. Messages are left behind: the platform's
// quote the whole statement, and the statement may hold a password. What remains is the error class, the SQLSTATE, the statement's id and our own
// words. Databricks knows no request id: a statement whose answer was lost is ambiguous, and only the query history or a person can settle it.
import { PlatformError } from '../platform-error.js';
import { isCertificateTrouble, isDisturbance, meaningOf, neverConnected } from './error-codes.js';
import type { Meaning } from './error-codes.js';

/** The only fields that are ever read from what a driver throws. */
interface DriverError {
  readonly kind: 'operation' | 'status' | 'http' | 'network' | 'other';
  /** Of an operation: ERROR, CANCELED, CLOSED, TIMEOUT, UNKNOWN. */
  readonly state: string;
  readonly errorClass: string;
  readonly sqlState: string | undefined;
  readonly httpStatus: number;
  /** The workspace's reason for refusing a request says that the token is at fault. */
  readonly blamesToken: boolean;
  readonly code: string;
}

/** Why a login failed. Never ambiguous: a login changes nothing. */
export function loginFailure(error: unknown, login: { readonly host: string; readonly httpPath: string }): PlatformError {
  if (error instanceof PlatformError) return error;
  const { kind, httpStatus, blamesToken, code } = readDriverError(error);
  const failed = (failure: PlatformError['kind'], message: string, next: string): PlatformError =>
    new PlatformError({ kind: failure, message, next, ambiguous: false, code: code || undefined });
  const who = `the login at ${login.host}`;

  if (kind === 'http') {
    if (httpStatus === 401 || (httpStatus === 403 && blamesToken))
      return failed(
        'credential-refused',
        `Databricks refused ${who} (HTTP ${httpStatus}).`,
        'Correct the token of the privileged user: it is wrong, revoked or expired.',
      );
    if (httpStatus === 403)
      return failed(
        'permission-missing',
        `Databricks knows the privileged user but refused ${who} (HTTP 403).`,
        "Grant the user CAN USE on the SQL warehouse and the entitlement Databricks SQL access, and have the platform worker's address admitted.",
      );
    if (httpStatus === 400 || httpStatus === 404)
      return failed(
        'not-found',
        `${login.host} has no warehouse or cluster at ${login.httpPath} (HTTP ${httpStatus}).`,
        'Copy the HTTP path from the Connection details of the SQL warehouse.',
      );
    if (httpStatus === 429) return failed('throttled', `Databricks asked ${who} to wait (HTTP 429).`, 'Try again in some minutes.');
    return failed(
      'unreachable',
      `Databricks answered ${who} with HTTP ${httpStatus}.`,
      'Look whether the SQL warehouse can start, then try again; see status.databricks.com.',
    );
  }
  if (kind === 'network' && isCertificateTrouble(code))
    return failed(
      'invalid-request', // no other try cures it
      `The certificate of ${login.host} is not trusted (${code}).`,
      'Name the authority that signed it in NODE_EXTRA_CA_CERTS of the platform worker.',
    );
  if (kind === 'network')
    return failed(
      'unreachable',
      `${login.host} could not be reached (${code || 'no code'}).`,
      'Check the host name, DNS and the firewall of the platform worker.',
    );
  if (kind === 'status')
    return failed('unreachable', `Databricks did not open a session for ${who}.`, 'Look whether the SQL warehouse can start, then try again.');
  return failed('bad-answer', `${login.host} answered ${who} with something that is not Databricks'.`, 'Check the host name and the HTTP path.');
}

/**
 * Why a statement failed. `subject` names it in a sentence, `wasSent` says that it may have left this machine, `accepted` that the platform took it
 * and gave it an id, and `readOnly` that it changes nothing, so that nothing can be ambiguous.
 */
export function statementFailure(
  error: unknown,
  statement: {
    readonly subject: string;
    readonly wasSent: boolean;
    readonly accepted: boolean;
    readonly readOnly: boolean;
    readonly queryId?: string | undefined;
  },
): PlatformError {
  const { subject, wasSent, accepted, readOnly, queryId } = statement;
  const { kind, state, errorClass, sqlState, httpStatus, blamesToken, code } = readDriverError(error);
  const failed = (certain: boolean, meaning: Meaning): PlatformError => {
    const ambiguous = !readOnly && wasSent && !certain;
    const codes = [errorClass || code, ...(sqlState === undefined ? [] : [`SQLSTATE ${sqlState}`])].filter((text) => text !== '').join(', ');
    const told = `${subject} ${wasSent ? 'did not succeed' : 'was not sent'}: ${meaning.what}${codes === '' ? '' : ` (${codes})`}.`;
    return new PlatformError({
      kind: meaning.kind,
      message: ambiguous ? `${told} It may have been carried out.` : told,
      next: ambiguous ? `Look for its tag in the query history before sending it again. ${meaning.next}` : meaning.next,
      ambiguous,
      queryId,
      code: errorClass || code || undefined,
      sqlState,
    });
  };

  if (!wasSent && error instanceof PlatformError) return error; // no token to send it with
  if (!wasSent && !readOnly && kind === 'other')
    return failed(true, { kind: 'timeout', what: 'the lease of this attempt had ended', next: 'The next attempt goes on from there.' });
  switch (kind) {
    case 'operation':
      if (state !== 'ERROR')
        return failed(false, {
          kind: state === 'TIMEOUT' ? 'timeout' : 'statement-failed',
          what: `the platform ended it (${state})`,
          next: 'Find out who or what ended it, then start the run again.',
        });
      if (isDisturbance(sqlState))
        return failed(false, { kind: 'unreachable', what: 'the platform was disturbed', next: 'See status.databricks.com.' });
      return failed(
        true,
        meaningOf(sqlState, errorClass) ?? {
          kind: 'statement-failed',
          what: 'Databricks refused it',
          next: `Look at the query${queryId === undefined ? '' : ` ${queryId}`} in the query history of the workspace for the reason.`,
        },
      );
    case 'status': // refused before it ran, such as for a session that is gone
      return failed(!accepted, { kind: 'unreachable', what: 'the session was gone, or could not take it', next: 'Open a new session.' });
    case 'http':
      return failed(!accepted && (httpStatus < 500 || httpStatus === 503) && httpStatus !== 408, httpMeaning(httpStatus, blamesToken));
    case 'network':
      return failed(!accepted && (neverConnected.has(code) || isCertificateTrouble(code)), {
        kind: 'unreachable',
        what: 'no answer came',
        next: 'Check the network between this worker and Databricks.',
      });
    case 'other':
      return failed(false, {
        kind: 'bad-answer',
        what: 'the answer could not be read',
        next: 'Check that nothing between us and Databricks changes answers.',
      });
  }
}

function httpMeaning(status: number, blamesToken: boolean): Meaning {
  if (status === 401 || (status === 403 && blamesToken))
    return {
      kind: 'credential-refused',
      what: `the credential was refused (HTTP ${status})`,
      next: 'Correct the credential of the privileged user: it is wrong, revoked or expired.',
    };
  if (status === 403)
    return {
      kind: 'permission-missing',
      what: 'the privileged user may not use the warehouse (HTTP 403)',
      next: 'Grant the user CAN USE on the SQL warehouse.',
    };
  if (status === 429) return { kind: 'throttled', what: 'Databricks asked to wait (HTTP 429)', next: 'Try again in some minutes.' };
  if (status === 400 || status === 404)
    return { kind: 'not-found', what: `the warehouse is not there (HTTP ${status})`, next: 'Check the HTTP path in the manifest.' };
  return { kind: 'unreachable', what: `Databricks answered with HTTP ${status}`, next: 'See status.databricks.com.' };
}

const operationStates = new Set(['ERROR', 'CANCELED', 'CLOSED', 'TIMEOUT', 'UNKNOWN']);

function readDriverError(thrown: unknown): DriverError {
  const error = asRecord(thrown);
  const response = asRecord(error['response']);
  const message = textOf(error['message']) || textOf(response['displayMessage']);
  const state = textOf(error['errorCode']);
  const status = error['statusCode'];
  const found = {
    state: operationStates.has(state) ? state : '',
    errorClass: /\[([A-Z][A-Z0-9_]{2,60})[\].]/.exec(message.slice(0, 400))?.[1] ?? '',
    sqlState: matching(/^[0-9A-Z]{5}$/, response['sqlState']) ?? /\bSQLSTATE: ([0-9A-Z]{5})\b/.exec(message)?.[1],
    httpStatus: typeof status === 'number' ? status : 0,
    blamesToken: /token|credential/i.test(reasonOf(response)),
    code: matching(/^[A-Z][A-Z0-9_]{2,60}$/, error['code'] ?? error['errno']) ?? '',
  };
  if (found.state !== '') return { ...found, kind: 'operation' };
  const none = { ...found, errorClass: '', sqlState: undefined }; // only of an operation the platform says so
  if (error['name'] === 'Status Error') return { ...none, kind: 'status', code: '' };
  if (found.httpStatus > 0) return { ...none, kind: 'http' };
  if (found.code !== '' || error['type'] === 'system' || /request timed out|^Hive driver: /i.test(message)) return { ...none, kind: 'network' };
  return { ...none, kind: 'other' };
}

/** The workspace's reason for refusing a request stands in a header. */
function reasonOf(response: Readonly<Record<string, unknown>>): string {
  const { headers } = response;
  return headers instanceof Object && 'get' in headers && typeof headers.get === 'function'
    ? textOf(Reflect.apply(headers.get, headers, ['x-thriftserver-error-message']))
    : '';
}

/** Own and inherited fields: some of what the driver throws keeps them in getters. */
function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  const names = ['name', 'message', 'code', 'errno', 'type', 'errorCode', 'statusCode', 'response', 'sqlState', 'displayMessage', 'headers'];
  return Object.fromEntries(names.map((name) => [name, Reflect.get(value, name) as unknown]));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function matching(pattern: RegExp, value: unknown): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
