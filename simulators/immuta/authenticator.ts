// Two ways in: the API key itself in `Authorization`, without a scheme word, or a token that the key was exchanged for, after `Bearer`.
import { randomBytes } from 'node:crypto';
import { Refusal } from './refusal.js';
import type { Permission, Switches } from './switches.js';

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
}

export const servicePerson: Person = { id: 2, name: 'Mooring service', email: 'mooring@example.com' };

export class Authenticator {
  readonly #apiKey: string;
  readonly #tokens = new Map<string, number>();

  constructor(apiKey: string) {
    this.#apiKey = apiKey;
  }

  /** Gives a token for the key, or throws a 401. */
  exchange(apiKey: string, lifetimeMs: number): { readonly token: string; readonly tokenExpiration: string } {
    if (apiKey !== this.#apiKey) throw new Refusal(401, 'Invalid API key');
    const token = randomBytes(24).toString('hex');
    const endsAt = Date.now() + lifetimeMs;
    this.#tokens.set(token, endsAt);
    return { token, tokenExpiration: new Date(endsAt).toISOString() };
  }

  /** Who calls. Throws a 401, or the 500 some tenants give to a call without credentials. */
  identify(authorization: string | undefined, switches: Switches): Person {
    if (authorization === undefined || authorization === '') {
      throw switches.legacy500 ? new Refusal(500, 'An internal server error occurred') : new Refusal(401, 'Missing authentication');
    }
    const [, bearer] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const isKey = authorization === this.#apiKey || (switches.apiKeyAsBearer && bearer === this.#apiKey);
    if (!isKey && (this.#tokens.get(bearer ?? authorization) ?? 0) <= Date.now()) throw new Refusal(401, 'Invalid or expired token');
    return servicePerson;
  }

  forgetTokens(): void {
    this.#tokens.clear();
  }
}

/** Throws a 403 unless the caller holds one of the permissions. */
export function permit(needed: readonly Permission[], switches: Switches): void {
  if (needed.length > 0 && !needed.some((permission) => switches.permissions.includes(permission)))
    throw new Refusal(403, 'Insufficient permissions');
}
