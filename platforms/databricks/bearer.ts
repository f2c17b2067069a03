// The bearer token of each request. A personal access token is one; a service principal's is fetched from the workspace's own token endpoint by its
// client id and secret, and renewed before it expires. Why not by the driver: docs/decisions/0004-databricks-tokens.md.
import type { DatabricksLogin } from '../runner-messages.js';

/** Gives a token that is good for the next request. Rejects with a `PlatformError`; nothing of a statement was sent then. */
export type Bearer = () => Promise<string>;

const renewalMs = 5 * 60_000; // before the end: longer than any single request, shorter than the hour a token lasts

export function bearerOf({ host, port, credential }: DatabricksLogin, now: () => number = Date.now): Bearer {
  if (credential.kind === 'token') return () => Promise.resolve(credential.token);
  const { clientId, clientSecret } = credential;
  const client = { tokenUrl: `https://${host}:${port}/oidc/v1/token`, clientId, clientSecret, scope: 'all-apis' };
  let held: { readonly token: string; readonly renewAt: number } | undefined;
  return async () => {
    if (held === undefined || now() >= held.renewAt) {
      const { fetchAccessToken } = await import('../oauth-token.js'); // only this authentication pays for its library
      const askedAt = now();
      const { token, lifetime } = await fetchAccessToken(client, { authentication: 'basic' });
      held = { token, renewAt: askedAt + lifetime * 1_000 - Math.min(renewalMs, (lifetime * 1_000) / 2) };
    }
    return held.token;
  };
}
