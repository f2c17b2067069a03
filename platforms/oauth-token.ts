// The token of an OAuth client (RFC 6749, section 4.4). The protocol is oauth4webapi's; what goes over the wire is bounded here: one POST, once, to
// a host that was checked before (host-allow-list.ts), within a deadline and a size. Redirects are not followed, because they would carry the
// client's secret on; nothing is tried again, because only Temporal retries; of a refusal nothing is passed on but its registered error code, since
// descriptions quote what was sent. Asked by `fetch`, which the gate of the driver's requests (outgoing-gate.ts) does not see: it knows one host,
// and this may be another.
import ky from 'ky';
import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  ClientSecretPost,
  customFetch,
  processClientCredentialsResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import type { ClientAuth } from 'oauth4webapi';
import type { FailureKind } from '../rules/failure-kind.js';
import { PlatformError } from './platform-error.js';
import type { ClientCredentials } from './runner-messages.js';

/** Where the secret travels: in the form or in the header. Servers are strict about it, and providers differ. */
export type ClientAuthentication = 'post' | 'basic';

export interface AccessToken {
  readonly token: string;
  /** Seconds from when it was asked for; 0 if the answer does not say. */
  readonly lifetime: number;
}

const deadlineMs = 20_000; // identity providers answer within two seconds; a login has 60 s in all
const longestAnswer = 64 * 1024; // a token with many group claims has 16 KiB

/** Rejects with a `PlatformError`, never ambiguous: to ask for a token changes nothing. */
export async function fetchAccessToken(
  client: ClientCredentials,
  { authentication, withinMs = deadlineMs }: { readonly authentication: ClientAuthentication; readonly withinMs?: number },
): Promise<AccessToken> {
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
    return await Promise.race([ask(client, authentication, who, stop.signal), late]);
  } catch (error) {
    throw error instanceof PlatformError ? error : unanswered(error, who);
  } finally {
    clearTimeout(timer);
  }
}

async function ask(
  { tokenUrl, clientId, clientSecret, scope }: ClientCredentials,
  authentication: ClientAuthentication,
  who: string,
  signal: AbortSignal,
): Promise<AccessToken> {
  const { origin, protocol } = new URL(tokenUrl);
  const server = { issuer: origin, token_endpoint: tokenUrl };
  const client = { client_id: clientId };
  const response = await clientCredentialsGrantRequest(
    server,
    client,
    authentication === 'post' ? ClientSecretPost(clientSecret.trim()) : secretInHeader(clientSecret.trim()),
    { scope },
    { signal, headers: { 'user-agent': 'mooring' }, [customFetch]: boundedPost, [allowInsecureRequests]: protocol === 'http:' },
  );
  try {
    const { access_token: token, token_type: type, expires_in: lifetime = 0 } = await processClientCredentialsResponse(server, client, response);
    if (type === 'bearer' && /^[\x21-\x7E]+$/.test(token)) return { token, lifetime };
  } catch (error) {
    if (response.status !== 200) throw refusal(response.status, error instanceof ResponseBodyError ? error.error : '', who);
  }
  throw failed('bad-answer', `The token endpoint answered ${who} with something that is no bearer token.`, wrongAddress);
}

/**
 * RFC 6749, section 2.3.1. The library's own form encodes the hyphens of a client id too, which servers that do not decode at all take for another id;
 * this one leaves them, as the vendors' drivers do.
 */
function secretInHeader(clientSecret: string): ClientAuth {
  return (_server, { client_id: clientId }, _body, headers) => {
    headers.set('authorization', `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`);
  };
}

/** One request and its whole answer: the library sees nothing that is longer or later than it may be. */
async function boundedPost(
  url: string,
  { body, headers, method, signal }: { body: URLSearchParams; headers: Record<string, string>; method: string; signal?: AbortSignal },
): Promise<Response> {
  const response = await ky(url, {
    method,
    body,
    headers,
    ...(signal === undefined ? {} : { signal }),
    timeout: false,
    retry: 0,
    redirect: 'manual',
    throwHttpErrors: false,
  });
  const text = await readText(response);
  return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
}

const wrongAddress = 'Check the host of the token endpoint (tokenUrl of the privileged user on Snowflake, host of the connection on Databricks).';

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
  invalid_request: { kind: 'invalid-request', what: 'it does not understand the request', next: wrongAddress },
  invalid_grant: {
    kind: 'credential-refused',
    what: 'the client is not granted a token',
    next: 'Look at the log of the identity provider for the reason.',
  },
  unsupported_grant_type: {
    kind: 'invalid-request',
    what: 'it does not know client credentials',
    next: `${wrongAddress} It must be the token endpoint of an OAuth 2.0 server.`,
  },
};

function refusal(status: number, code: string, who: string): PlatformError {
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (meaning !== undefined)
    return failed(meaning.kind, `The token endpoint refused a token to ${who}: ${meaning.what} (${code}).`, meaning.next, code);
  const answered = `The token endpoint answered ${who} with HTTP ${status}`;
  if (status === 429) return failed('throttled', `${answered}.`, 'Try again in some minutes.');
  if (status >= 500) return failed('unreachable', `${answered}.`, 'See whether the identity provider is up, then try again.');
  if (status === 401 || status === 403)
    return failed('credential-refused', `${answered} and no reason.`, 'Correct clientId and the secret that clientSecret refers to.');
  return failed('bad-answer', `${answered} instead of a token.`, `${wrongAddress} Redirects are not followed.`);
}

function unanswered(error: unknown, who: string): PlatformError {
  return failed(
    'unreachable',
    `The token endpoint gave ${who} no answer (${causeOf(error)}).`,
    `${wrongAddress} Then DNS, the firewall and NODE_EXTRA_CA_CERTS of the platform worker.`,
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
    if (length > longestAnswer) throw failed('bad-answer', `The token endpoint answered with more than ${longestAnswer} bytes.`, wrongAddress);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failed(kind: FailureKind, message: string, next: string, code?: string): PlatformError {
  return new PlatformError({ kind, message, next, ambiguous: false, code });
}
