// Key pair login: the signature is verified against the registered public key, and issuer, subject, fingerprint and expiry are checked.
// [doc] docs.snowflake.com/en/developer-guide/sql-api/authenticating (iss = ACCOUNT.USER.SHA256:fingerprint, sub = ACCOUNT.USER, at most one hour).
// [src] Node's driver writes iat and exp in milliseconds, Python's and Go's in seconds; Go sends no LOGIN_NAME, the user is in the token only.
import { createHash, createPublicKey, verify } from 'node:crypto';

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly exp: number;
  readonly iat: number | undefined;
}

/** [doc] */
const longestLifetimeMs = 3_600_000;
/** [known] how far a client's clock may be ahead. */
const clockToleranceMs = 60_000;

/** Who the token says it is for, before anything is verified. Undefined when it is no such token. */
export function userInToken(token: string): string | undefined {
  const sub = readClaims(token)?.sub;
  return sub === undefined ? undefined : afterAccount(sub);
}

/** True when one of the user's keys signed this token for this user and it is valid now. */
export function verifyToken(token: string, user: string, publicKeysPem: readonly string[], now: number): boolean {
  const claims = readClaims(token);
  if (claims === undefined) return false;
  const expiresAt = asMilliseconds(claims.exp);
  const issuedAt = claims.iat === undefined ? now : asMilliseconds(claims.iat);
  if (expiresAt <= now || issuedAt > now + clockToleranceMs || expiresAt - issuedAt > longestLifetimeMs) return false;
  if (afterAccount(claims.sub) !== user) return false;
  return publicKeysPem.some((pem) => claims.iss === `${claims.sub}.${fingerprint(pem)}` && isSignedBy(token, pem));
}

function isSignedBy(token: string, pem: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  if (readJson(header)?.['alg'] !== 'RS256') return false;
  return verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), createPublicKey(pem), Buffer.from(signature, 'base64url'));
}

export function fingerprint(pem: string): string {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

function readClaims(token: string): Claims | undefined {
  const parts = token.split('.');
  const payload = parts.length === 3 ? readJson(parts[1] ?? '') : undefined;
  if (payload === undefined) return undefined;
  const { iss, sub, exp, iat } = payload;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') return undefined;
  return { iss, sub, exp, iat: typeof iat === 'number' ? iat : undefined };
}

function readJson(base64url: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** ACCOUNT.USER: a user's name may contain dots, an account's here does not. */
function afterAccount(subject: string): string {
  return subject.slice(subject.indexOf('.') + 1).toUpperCase();
}

/** Seconds until the year 5138 are below this, milliseconds since 1973 above. */
function asMilliseconds(time: number): number {
  return time < 100_000_000_000 ? time * 1000 : time;
}
