// What the payloads of all platforms say alike: where the platform is, and who Immuta is there.
import { createHash } from 'node:crypto';
import { flag, integer, matching, object, oneOf, optional, record, text } from './payload-rules.js';
import type { Rule } from './payload-rules.js';
import type { Agreement, ValidationTest } from './technology.js';

export const host = matching(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'must be a host name without scheme, port or path');
export const port = integer(0, 65_535);
export const pem = matching(
  /^-----BEGIN (ENCRYPTED |RSA )?PRIVATE KEY-----\r?\n[\s\S]+\n-----END \1PRIVATE KEY-----\s*$/,
  'must be a private key in PEM',
);

const oAuth = {
  provider: optional(text),
  clientId: text,
  authorityUrl: matching(/^https?:\/\/\S+$/, 'must be a valid uri'),
  scope: optional(text),
  resource: optional(text),
};
const oAuthSecret = object({ ...oAuth, useCertificate: oneOf(false), clientSecret: text });
const oAuthCertificate = object({
  ...oAuth,
  useCertificate: oneOf(true),
  publicCertificateThumbprint: text,
  oauthPrivateKey: object({ keyName: oneOf('oauth client certificate'), userFilename: text, content: pem }),
});
export const oAuthClientConfig: Rule<Readonly<Record<string, unknown>>> = (value, path) => {
  const useCertificate = flag(record(value, path)['useCertificate'], `${path}.useCertificate`);
  return useCertificate ? oAuthCertificate(value, path) : oAuthSecret(value, path);
};

/** As a credential is read back. */
export function withoutSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const secret = new Set(['password', 'privateKey', 'privateKeyPassword', 'oAuthClientConfig', 'token', 'proxyOptions']);
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !secret.has(key)));
}

/** The order of its keys does not matter, and only the script step asks for the provider. */
export function comparableClient(client: Readonly<Record<string, unknown>> | undefined): unknown {
  if (client === undefined) return undefined;
  const { provider: _provider, ...fields } = client;
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What both steps have to send alike, by hash; a field that is not sent is not compared. */
export function hashed(fields: Readonly<Record<string, unknown>>): Agreement {
  const hashes = Object.entries(fields)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => [name, createHash('sha256').update(JSON.stringify(field)).digest('hex')] as const);
  return Object.fromEntries(hashes);
}

export function exists(name: string, found: boolean, what: string): ValidationTest {
  return found
    ? { name, status: 'passed', result: [] }
    : { name, status: 'failed', message: `${what} does not exist or is not authorized.`, result: [] };
}
