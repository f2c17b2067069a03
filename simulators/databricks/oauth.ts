// The workspace's own authorization server, as far as machine-to-machine needs it: client credentials in a Basic header or in the form.
// [doc] docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m; [src] databricks-sdk-py finds it through /.well-known/databricks-config.
import type { IncomingMessage } from 'node:http';
import { json } from './http.js';
import type { Answer } from './http.js';
import type { Principals } from './principals.js';

/** What clients discover. `undefined` for any other path. */
export function discovery(path: string, base: string): Answer | undefined {
  switch (path) {
    case '/.well-known/databricks-config':
      return json({
        account_id: '00000000-0000-4000-8000-00000000000a',
        workspace_id: '1',
        oidc_endpoint: `${base}/oidc`,
        cloud: 'AWS',
        host_type: 'workspace',
      });
    case '/oidc/.well-known/oauth-authorization-server':
    case '/oidc/.well-known/openid-configuration':
      return json({
        issuer: `${base}/oidc`,
        authorization_endpoint: `${base}/oidc/v1/authorize`,
        token_endpoint: `${base}/oidc/v1/token`,
        jwks_uri: `${base}/oidc/jwks.json`,
        grant_types_supported: ['client_credentials'],
        response_types_supported: ['code'],
        scopes_supported: ['all-apis', 'sql', 'offline_access'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      });
    default:
      return undefined;
  }
}

/** `POST /oidc/v1/token`. */
export function issueToken(request: IncomingMessage, body: string, base: string, principals: Principals): Answer {
  const form = new URLSearchParams(body);
  if (form.get('grant_type') !== 'client_credentials') return refuseToken(400, 'unsupported_grant_type', 'The grant type is not supported.');
  const { clientId, clientSecret } = credentialsOf(request.headers.authorization, form);
  const principal = principals.ofClient(clientId, clientSecret);
  if (principal === undefined) return refuseToken(401, 'invalid_client', 'Client authentication failed');
  const scope = form.get('scope') ?? 'all-apis';
  if (!scope.split(' ').every((each) => ['all-apis', 'sql', 'offline_access'].includes(each))) {
    return refuseToken(400, 'invalid_scope', 'The requested scope is invalid.');
  }
  const { accessToken, expiresInSeconds } = principals.issue(principal, `${base}/oidc`);
  return json({ access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds, scope });
}

/** [doc] RFC 6749, section 5.2. */
export function refuseToken(status: number, error: string, description: string): Answer {
  return json({ error, error_description: description }, status);
}

/** RFC 6749, section 2.3.1: in the header both parts are form-encoded before they are joined. */
function credentialsOf(authorization: string | undefined, form: URLSearchParams): { clientId: string; clientSecret: string } {
  const [, basic] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  if (basic === undefined) return { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' };
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString().split(':');
  return { clientId: decoded(clientId), clientSecret: decoded(secret.join(':')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
