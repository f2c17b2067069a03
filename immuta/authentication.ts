// How a call proves itself to Immuta. `apiKey` sends the key raw in the Authorization header, `bearer` sends a token after the word Bearer,
// `exchange` trades the key for a token once and keeps that token in this client until it ends. (Immuta's authentication guide.)
// A refused login is final for the client: the same key tried again cannot succeed and may lock the account.
import type { ImmutaTarget } from '../domain/registration-request.js';
import { ImmutaError } from './immuta-error.js';

export interface Authentication {
  /** The value of the Authorization header. */
  header(signal: AbortSignal): Promise<string>;
  /** After a 401 to `refused`: a header worth one more try, or `undefined`. */
  renewed(refused: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A token as `POST /bim/apikey/authenticate` gives it; `expiresAt` in ms of our clock. */
export interface Token {
  readonly value: string;
  readonly expiresAt: number | undefined;
}

export type Login = (apiKey: string, signal: AbortSignal) => Promise<Token>;

/** `reveal` resolves the credential at each use, so that a rotated key is picked up. `login` is only used by `exchange`. */
export function authenticationOf(kind: ImmutaTarget['authentication'], reveal: () => Promise<string>, login: Login): Authentication {
  const credential = async () => headerSafe(await reveal());
  switch (kind) {
    case 'apiKey':
      return { header: credential, renewed: async () => undefined };
    case 'bearer':
      return { header: async () => `Bearer ${await credential()}`, renewed: async () => undefined };
    case 'exchange':
      return new TokenExchange(credential, login);
  }
}

const marginMs = 30_000; // a token this near its end may end on the way; half its life where that is less

class TokenExchange implements Authentication {
  readonly #credential: () => Promise<string>;
  readonly #login: Login;
  #current: { readonly header: string; readonly until: number } | undefined;
  #underWay: Promise<string> | undefined;
  #refusal: ImmutaError | undefined;

  constructor(credential: () => Promise<string>, login: Login) {
    this.#credential = credential;
    this.#login = login;
  }

  async header(signal: AbortSignal): Promise<string> {
    if (this.#current !== undefined && Date.now() < this.#current.until) return this.#current.header;
    return this.#logIn(signal);
  }

  async renewed(refused: string, signal: AbortSignal): Promise<string> {
    // Another call of this client may have logged in meanwhile: then its token is the one to try.
    if (this.#current !== undefined && this.#current.header !== refused) return this.#current.header;
    this.#current = undefined;
    return this.#logIn(signal);
  }

  async #logIn(signal: AbortSignal): Promise<string> {
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#underWay ??= this.#exchange(signal).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #exchange(signal: AbortSignal): Promise<string> {
    try {
      const token = await this.#login(await this.#credential(), signal);
      const header = `Bearer ${headerSafe(token.value)}`;
      const lifeMs = (token.expiresAt ?? Number.POSITIVE_INFINITY) - Date.now();
      this.#current = { header, until: Date.now() + lifeMs - Math.min(marginMs, Math.max(lifeMs, 0) / 2) };
      return header;
    } catch (error) {
      if (error instanceof ImmutaError && error.kind === 'credential-refused') this.#refusal = error;
      throw error;
    }
  }
}

/** fetch would refuse other characters too, with a message that repeats the whole value. */
function headerSafe(value: string): string {
  if (/^[\x21-\x7E]+$/.test(value)) return value;
  throw new ImmutaError(
    'secret-unavailable',
    'The Immuta credential is empty or holds characters that cannot stand in an HTTP header. Nothing was sent.',
    {
      next: 'Store the API key or token alone: no spaces, no line breaks, no quotes, no word "Bearer".',
    },
  );
}
