// The bearer token of each request. A personal access token is one; a service principal's is fetched from the workspace's own token endpoint by its
// client id and secret, and renewed before it expires. Why not by the driver: docs/decisions/0004-databricks-tokens.md.
import { z } from 'zod';
import { PlatformError } from '../platform-error.js';
import type { DatabricksLogin } from '../runner-messages.js';
import { askWorkspace } from './rest.js';
import type { RestAnswer } from './rest.js';

/** Gives a token that is good for the next request. Rejects with a `PlatformError`; nothing of a statement was sent then. */
export type Bearer = () => Promise<string>;

export function bearerOf(login: DatabricksLogin, now: () => number = Date.now): Bearer {
  const { credential } = login;
  if (credential.kind === 'token') return () => Promise.resolve(credential.token);
  let held: { readonly token: string; readonly renewAt: number } | undefined;
  return async () => {
    if (held === undefined || now() >= held.renewAt) {
      const askedAt = now();
      const { access_token: token, expires_in: seconds } = await fetchToken(login, credential);
      held = { token, renewAt: askedAt + seconds * 1_000 - Math.min(renewalMs, (seconds * 1_000) / 2) };
    }
    return held.token;
  };
}

const renewalMs = 5 * 60_000; // before the end: longer than any single request, shorter than the hour a token lasts

const TokenAnswer = z.object({ access_token: z.string().min(1), token_type: z.string().regex(/^bearer$/i), expires_in: z.number().positive() });

async function fetchToken(
  { host, port }: DatabricksLogin,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<z.infer<typeof TokenAnswer>> {
  const who = `service principal ${clientId} at ${host}`;
  let answer: RestAnswer;
  try {
    answer = await askWorkspace(`https://${host}:${port}/oidc/v1/token`, {
      method: 'post',
      // RFC 6749, 2.3.1: both are form-encoded before they are joined.
      authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
      form: { grant_type: 'client_credentials', scope: 'all-apis' },
    });
  } catch {
    throw failed(
      'unreachable',
      `The token endpoint of ${host} could not be reached, or its certificate is not trusted.`,
      'Check the host name, DNS, the firewall and NODE_EXTRA_CA_CERTS of the platform worker.',
    );
  }
  const token = TokenAnswer.safeParse(answer.body);
  if (answer.status === 200 && token.success) return token.data;
  if (answer.status === 400 || answer.status === 401 || answer.status === 403)
    throw failed(
      'credential-refused',
      `Databricks refused a token to ${who} (HTTP ${answer.status}${oauthCode(answer.body)}).`,
      "Correct clientId and clientSecret of the privileged user; make a new OAuth secret in the workspace's settings if the old one has expired.",
    );
  if (answer.status === 429) throw failed('throttled', `Databricks asked ${who} to wait (HTTP 429).`, 'Try again in some minutes.');
  if (answer.status >= 500)
    throw failed('unreachable', `The token endpoint of ${host} answered HTTP ${answer.status}.`, 'Try again; see status.databricks.com.');
  throw failed('bad-answer', `The token endpoint of ${host} answered something that is no token (HTTP ${answer.status}).`, 'Check the host name.');
}

/** OAuth's own word for what is wrong, from its closed list. */
function oauthCode(body: unknown): string {
  const code = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(body);
  return code.success ? `, ${code.data.error}` : '';
}

function failed(kind: PlatformError['kind'], message: string, next: string): PlatformError {
  return new PlatformError({ kind, message, next, ambiguous: false });
}
