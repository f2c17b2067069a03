// The token of an OAuth client (RFC 6749, section 4.4): one POST, once, to a host that was checked before (host-allow-list.ts). Redirects are not
// followed, because they would carry the client's secret on; nothing is tried again, because only Temporal retries; of a refusal nothing is passed on
// but its registered error code, since descriptions quote what was sent. Asked by `fetch`, which the gate of the driver's requests
// (outgoing-gate.ts) does not see: it knows one host, and this is another.
import ky from 'ky';
import { z } from 'zod';
import type { FailureKind } from '../rules/failure-kind.js';
import { PlatformError } from './platform-error.js';
import type { ClientCredentials } from './runner-messages.js';

const deadlineMs = 20_000; // identity providers answer within two seconds; a login has 60 s in all
const longestAnswer = 64 * 1024; // a token with many group claims has 16 KiB

/** Rejects with a `PlatformError`, never ambiguous: to ask for a token changes nothing. */
export async function fetchAccessToken(client: ClientCredentials, withinMs = deadlineMs): Promise<string> {
  const who = `the OAuth client ${client.clientId} at ${new URL(client.tokenUrl).host}`;
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // Raced, not left to the signal alone: what fetch makes of one may be collected before it fires (Node 20).
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        failed('timeout', `The token endpoint was to answer ${who} within ${withinMs} ms and did not.`, 'Check that the identity provider is up.'),
      );
      stop.abort();
    }, withinMs);
  });
  try {
    const { status, text } = await Promise.race([post(client, stop.signal), late]);
    if (status === 200) return readAccessToken(text, who);
    throw refusal(status, text, who);
  } catch (error) {
    throw error instanceof PlatformError ? error : unanswered(error, who);
  } finally {
    clearTimeout(timer);
  }
}

async function post({ tokenUrl, clientId, clientSecret, scope }: ClientCredentials, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const response = await ky.post(tokenUrl, {
    // In the body, as Snowflake's own driver sends it: for the Basic form, servers disagree on how to encode what stands in it.
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret.trim(), scope }),
    headers: { accept: 'application/json', 'user-agent': 'mooring' },
    signal,
    timeout: false,
    retry: 0,
    redirect: 'manual',
    throwHttpErrors: false,
  });
  return { status: response.status, text: await readText(response) };
}

const TokenAnswer = z.object({ access_token: z.string().regex(/^[\x21-\x7E]+$/), token_type: z.string().regex(/^bearer$/i) });

function readAccessToken(text: string, who: string): string {
  const answer = TokenAnswer.safeParse(parsed(text));
  if (answer.success) return answer.data.access_token;
  throw failed('bad-answer', `The token endpoint answered ${who} with something that is no bearer token.`, 'Check tokenUrl of the privileged user.');
}

interface Meaning {
  readonly kind: FailureKind;
  readonly what: string;
  readonly next: string;
}

/** RFC 6749, section 5.2. */
const meanings: Readonly<Record<string, Meaning>> = {
  invalid_client: {
    kind: 'credential-refused',
    what: 'unknown client, or wrong client secret',
    next: 'Correct clientId of the privileged user and the secret that its clientSecret refers to; client secrets expire.',
  },
  unauthorized_client: {
    kind: 'permission-missing',
    what: 'the client may not use client credentials',
    next: 'Allow the grant type client_credentials for this client at the identity provider.',
  },
  invalid_scope: {
    kind: 'invalid-request',
    what: 'the client may not ask for this scope',
    next: 'Allow the scope session:role:<role> for this client at the identity provider, or write the scope it has into the manifest.',
  },
  invalid_request: { kind: 'invalid-request', what: 'it does not understand the request', next: 'Check tokenUrl and scope of the privileged user.' },
  invalid_grant: {
    kind: 'credential-refused',
    what: 'the client is not granted a token',
    next: 'Look at the log of the identity provider for the reason.',
  },
  unsupported_grant_type: {
    kind: 'invalid-request',
    what: 'it does not know client credentials',
    next: 'Check tokenUrl of the privileged user: it must be the token endpoint of an OAuth 2.0 server.',
  },
};

function refusal(status: number, text: string, who: string): PlatformError {
  const given = parsed(text);
  const code = typeof given === 'object' && given !== null && 'error' in given ? String(given.error) : '';
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (meaning !== undefined)
    return failed(meaning.kind, `The token endpoint refused a token to ${who}: ${meaning.what} (${code}).`, meaning.next, code);
  const answered = `The token endpoint answered ${who} with HTTP ${status}`;
  if (status === 429) return failed('throttled', `${answered}.`, 'Try again in some minutes.');
  if (status >= 500) return failed('unreachable', `${answered}.`, 'See whether the identity provider is up, then try again.');
  if (status === 401 || status === 403)
    return failed('credential-refused', `${answered} and no reason.`, 'Correct clientId and the secret that clientSecret refers to.');
  return failed('bad-answer', `${answered} instead of a token.`, 'Check tokenUrl of the privileged user: redirects are not followed.');
}

function unanswered(error: unknown, who: string): PlatformError {
  return failed(
    'unreachable',
    `The token endpoint gave ${who} no answer (${causeOf(error)}).`,
    'Check tokenUrl of the privileged user, DNS, the firewall and NODE_EXTRA_CA_CERTS of the platform worker.',
  );
}

/** The system's own code for it, such as ECONNREFUSED; nothing else of an error is safe to show. */
function causeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z0-9_]{3,60}$/.test(cause.code)) return cause.code;
  }
  return 'the connection failed';
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes: Uint8Array = chunk;
    length += bytes.byteLength;
    if (length > longestAnswer)
      throw failed('bad-answer', `The token endpoint answered with more than ${longestAnswer} bytes.`, 'Check tokenUrl of the privileged user.');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function failed(kind: FailureKind, message: string, next: string, code?: string): PlatformError {
  return new PlatformError({ kind, message, next, ambiguous: false, code });
}
