// Who can come in, and with what. A personal access token is good until the simulator ends; a token of the token endpoint is good for an hour, as at
// the vendor's [doc].
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Principal {
  /** For a service principal its application ID: what current_user() answers and GRANT takes [doc]. */
  readonly name: string;
  /** A personal access token. */
  readonly token?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Account admin and metastore admin. */
  readonly admin: boolean;
  /** Held on the metastore from the start, such as `CREATE CATALOG`. */
  readonly privileges: readonly string[];
}

/** [doc] the number by which the REST API knows a principal: the same for the same name. */
export function principalId({ name }: Principal): number {
  return Number.parseInt(digest(name.toLowerCase()).slice(0, 12), 16);
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

/** What a bearer token is worth. */
export type Bearer = { readonly kind: 'known'; readonly principal: Principal } | { readonly kind: 'expired' | 'unknown' };

export class Principals {
  readonly #principals: readonly Principal[];
  readonly #tokenLifetimeMs: number;
  readonly #issued = new Map<string, { readonly principal: Principal; expiresAt: number }>();

  constructor(principals: readonly Principal[], tokenLifetimeMs: number) {
    this.#principals = principals;
    this.#tokenLifetimeMs = tokenLifetimeMs;
  }

  all(): readonly Principal[] {
    return this.#principals;
  }

  /** [doc] user names and application IDs are compared without regard to case. */
  find(name: string): Principal | undefined {
    return this.#principals.find((each) => each.name.toLowerCase() === name.toLowerCase());
  }

  ofToken(token: string): Bearer {
    const owner = this.#principals.find((each) => each.token !== undefined && equal(each.token, token));
    if (owner !== undefined) return { kind: 'known', principal: owner };
    const issued = this.#issued.get(digest(token));
    if (issued === undefined) return { kind: 'unknown' };
    return issued.expiresAt > Date.now() ? { kind: 'known', principal: issued.principal } : { kind: 'expired' };
  }

  ofClient(clientId: string, clientSecret: string): Principal | undefined {
    const found = this.#principals.find((each) => each.clientId === clientId);
    return found?.clientSecret !== undefined && equal(found.clientSecret, clientSecret) ? found : undefined;
  }

  /** A JWT by its shape; it is checked against what was issued, never by its signature. */
  issue(principal: Principal, issuer: string): IssuedToken {
    const now = Math.floor(Date.now() / 1_000);
    const expiresInSeconds = Math.floor(this.#tokenLifetimeMs / 1_000);
    const claims = { iss: issuer, sub: principal.name, client_id: principal.clientId, scope: 'all-apis', iat: now, exp: now + expiresInSeconds };
    const parts = [{ alg: 'RS256', typ: 'at+jwt' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const accessToken = [...parts, randomBytes(32).toString('base64url')].join('.');
    this.#issued.set(digest(accessToken), { principal, expiresAt: Date.now() + this.#tokenLifetimeMs });
    return { accessToken, expiresInSeconds };
  }

  expireIssued(): void {
    for (const issued of this.#issued.values()) issued.expiresAt = 0;
  }
}

function equal(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(digest(expected)), Buffer.from(digest(given))];
  return timingSafeEqual(left, right);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
