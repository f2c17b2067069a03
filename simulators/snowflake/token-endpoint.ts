// The token endpoint of an identity provider that the account trusts: client credentials only (RFC 6749, sections 4.4 and 5). A client proves itself in
// the body or by Basic authentication, never by both. [doc] docs.snowflake.com/en/user-guide/oauth-ext-overview: scopes `session:role:<name>` and
// `session:role-any`.
import { issuedTokenSeconds } from './tokens.js';
import type { TokenStore } from './tokens.js';

export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export function answerTokenRequest(tokens: TokenStore, form: URLSearchParams, authorization: string | undefined, now: number): TokenAnswer {
  const client = readClient(form, authorization);
  if (client === 'both') return refused(400, 'invalid_request', 'More than one kind of client authentication.');
  if (!tokens.knowsClient(client.id, client.secret)) return refused(401, 'invalid_client', `Client ${client.id} is unknown or its secret is wrong.`);
  if (form.get('grant_type') !== 'client_credentials') return refused(400, 'unsupported_grant_type', 'Only client_credentials.');
  const [, any, role] = /^session:(?:(role-any)|role:(.+))$/i.exec(form.get('scope') ?? '') ?? [];
  if (any === undefined && role === undefined) return refused(400, 'invalid_scope', 'The scope is session:role-any or session:role:<name>.');
  const token = tokens.issue(client.id, role, now);
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: issuedTokenSeconds, scope: form.get('scope') } };
}

function readClient(form: URLSearchParams, authorization: string | undefined): { readonly id: string; readonly secret: string } | 'both' {
  const [, basic] = /^Basic +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (basic === undefined) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
  if (form.has('client_secret')) return 'both';
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':', 2).map(formDecoded);
  return { id, secret };
}

/** RFC 6749, section 2.3.1: both halves are form-encoded before they are joined. */
function formDecoded(text: string): string {
  return new URLSearchParams(`text=${text}`).get('text') ?? '';
}

function refused(status: number, error: string, description: string): TokenAnswer {
  return { status, body: { error, error_description: description } };
}
