// A driver's error becomes ours. Its message is left behind whole: it quotes the statement, and the statement may hold a password. What remains
// is the code, the SQLSTATE, the query id and our own words. What the server says for certain is believed only if the statement left this
// machine once: after a re-send "already exists" may be the echo of the first time.
import { PlatformError } from '../platform-error.js';
import type { SnowflakeLogin } from '../runner-messages.js';
import { loginMeanings, sessionGone, statementMeanings } from './error-codes.js';
import type { Meaning } from './error-codes.js';
import { quoteIdentifier } from './own-statements.js';

/** The only fields that are ever read from a driver's error. */
interface DriverError {
  readonly code: string;
  readonly sqlState: string | undefined;
  readonly queryId: string | undefined;
  readonly httpStatus: number | undefined;
}

/** Why a login failed. Never ambiguous: a login changes nothing. */
export function loginFailure(error: unknown, login: Pick<SnowflakeLogin, 'host' | 'username' | 'who' | 'role'>): PlatformError {
  const { code, sqlState, httpStatus } = readDriverError(error);
  const failed = (kind: PlatformError['kind'], message: string, next: string): PlatformError =>
    new PlatformError({ kind, message, next, ambiguous: false, code, sqlState });
  const who = `the login of ${login.who} at ${login.host}`;

  if (httpStatus === 429) return failed('throttled', `Snowflake asked ${who} to wait (HTTP 429).`, 'Try again in some minutes.');
  if (httpStatus === 403)
    return failed(
      'permission-missing',
      `Snowflake answered ${who} with HTTP 403 before looking at the credential.`,
      "Have the platform worker's address added to the account's network policy, and check the host name.",
    );
  if (httpStatus !== undefined)
    return failed(
      'unreachable',
      `Snowflake answered ${who} with HTTP ${httpStatus}.`,
      'Check the host name, then try again; see https://status.snowflake.com.',
    );
  if (code.startsWith('401'))
    return failed(
      'unreachable',
      `${login.host} could not be reached for ${who}.`,
      'Check the host name, DNS, the firewall and NODE_EXTRA_CA_CERTS of the platform worker.',
    );
  if (code.startsWith('402') || code === '')
    return failed('bad-answer', `${login.host} answered ${who} with something that is not Snowflake's.`, 'Check the host name.');
  if (code.startsWith('404'))
    return failed('invalid-request', `The driver refused the options of ${who} (${code}).`, 'Check host, user, role and warehouse.');
  const meaning = loginMeanings[code];
  const next =
    code === '390189'
      ? `Run as SECURITYADMIN: GRANT ROLE ${quoteIdentifier(login.role)} TO USER ${login.username === undefined ? '<the user of the token>' : quoteIdentifier(login.username)};`
      : (meaning?.next ?? 'Log in by hand with the same user, role and secret to see why. It is not tried again, so that the user is not locked.');
  return failed(
    meaning?.kind ?? 'credential-refused',
    `Snowflake refused ${who} as ${login.role}: ${meaning?.what ?? 'it gives no reason that we know'} (${code || 'no code'}).`,
    next,
  );
}

/**
 * Why a statement failed. `subject` names it in a sentence, `sent` says how often it left this machine, and `readOnly` that it changes nothing, so
 * that nothing can be ambiguous.
 */
export function statementFailure(error: unknown, statement: { subject: string; sent: number; readOnly: boolean }): PlatformError {
  const { code, sqlState, queryId, httpStatus } = readDriverError(error);
  const { subject, sent, readOnly } = statement;
  const failed = (answered: boolean, { kind, what, next }: Meaning): PlatformError => {
    const ambiguous = !readOnly && sent > (answered ? 1 : 0);
    const told = `${subject} ${sent === 0 ? 'was not sent' : 'did not succeed'}: ${what}${code === '' ? '' : ` (${code}${sqlState === undefined ? '' : `, SQLSTATE ${sqlState}`})`}.`;
    return new PlatformError({
      kind,
      message: ambiguous ? `${told} It may have been carried out.` : told,
      next: ambiguous ? `Look for its tag in the query history before sending it again. ${next}` : next,
      ambiguous,
      queryId,
      code,
      sqlState,
    });
  };

  if (sessionGone.has(code)) return failed(false, { kind: 'unreachable', what: 'the session was gone', next: 'Open a new session.' });
  if (sent === 0 && !readOnly)
    return failed(false, { kind: 'timeout', what: 'the lease of this attempt had ended', next: 'The next attempt goes on from there.' });
  if (httpStatus === 429) return failed(false, { kind: 'throttled', what: 'Snowflake asked to wait (HTTP 429)', next: 'Try again in some minutes.' });
  if (httpStatus !== undefined)
    return failed(httpStatus < 500 && httpStatus !== 408, {
      kind: 'unreachable',
      what: `Snowflake answered with HTTP ${httpStatus}`,
      next: 'See https://status.snowflake.com.',
    });
  if (code.startsWith('402') || code === '')
    return failed(false, {
      kind: 'bad-answer',
      what: 'the answer could not be read',
      next: 'Check that nothing between us and Snowflake changes answers.',
    });
  if (isDriversOwn(code))
    return failed(false, { kind: 'unreachable', what: 'no answer came', next: 'Check the network between this worker and Snowflake.' });
  return failed(
    true,
    statementMeanings[code] ?? {
      kind: 'statement-failed',
      what: 'Snowflake refused it',
      next: `Look at the query${queryId === undefined ? '' : ` ${queryId}`} in Snowflake's query history for the reason.`,
    },
  );
}

/** The driver's own codes are numbers from 401001 to 450xxx; the server's have six digits too, but none of them begins with 40 (logins: 39). */
function isDriversOwn(code: string): boolean {
  return /^4[0-9]{5}$/.test(code);
}

function readDriverError(error: unknown): DriverError {
  const fields = asRecord(error);
  const data = asRecord(fields['data']);
  const response = asRecord(fields['response']);
  const status = response['statusCode'] ?? response['status'];
  const code = fields['code'];
  return {
    code: matching(/^[0-9]{6}$/, typeof code === 'number' ? String(code) : code) ?? '',
    sqlState: matching(/^[0-9A-Z]{5}$/, fields['sqlState'] ?? data['sqlState']),
    queryId: matching(/^[0-9a-f-]{20,40}$/i, data['queryId']),
    httpStatus: typeof status === 'number' && status >= 300 && status < 600 ? status : undefined,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function matching(pattern: RegExp, value: unknown): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}
