// Tokens that stand for a user: those that were handed out before, and those that an OAuth client gets at the token endpoint. A real account trusts the
// signature of an identity provider; here both are one program, so a token is a random text that is known or not.
import { randomBytes } from 'node:crypto';
import type { UserToken } from '../simulated-platform.js';
import type { SimulatedUser } from './seed.js';

export interface KnownToken {
  readonly kind: UserToken['kind'];
  /** In upper case. */
  readonly user: string;
  readonly expiresAt: number;
  /** The only role it opens, in upper case; any role of the user where absent. */
  readonly role?: string | undefined;
}

/** [doc] what identity providers hand out lives ten minutes and more. */
export const issuedTokenSeconds = 600;

export class TokenStore {
  readonly #tokens = new Map<string, KnownToken>();
  readonly #clients = new Map<string, { readonly secret: string; readonly user: string }>();

  constructor(users: readonly SimulatedUser[]) {
    for (const { name, tokens = [], oAuthClients = [] } of users) {
      const user = name.toUpperCase();
      for (const { kind, value, expired } of tokens) this.#tokens.set(value, { kind, user, expiresAt: expired ? 0 : Number.POSITIVE_INFINITY });
      for (const { clientId, clientSecret } of oAuthClients) this.#clients.set(clientId, { secret: clientSecret, user });
    }
  }

  find(kind: KnownToken['kind'], value: string): KnownToken | undefined {
    const known = this.#tokens.get(value);
    return known?.kind === kind ? known : undefined;
  }

  knowsClient(clientId: string, secret: string): boolean {
    return this.#clients.get(clientId)?.secret === secret;
  }

  /** A token for the user behind a client, whose secret was checked. */
  issue(clientId: string, role: string | undefined, now: number): string {
    const user = this.#clients.get(clientId)?.user ?? '';
    const value = randomBytes(24).toString('base64url');
    this.#tokens.set(value, { kind: 'oAuth', user, expiresAt: now + issuedTokenSeconds * 1_000, role: role?.toUpperCase() });
    return value;
  }
}
