// One Immuta tenant as the endpoint files see it: they say what to call and get a successful answer or an `ImmutaError`. In here: the address
// rules (before any secret is resolved), one deadline for everything a call needs including a login, one new login after 401, the size limit,
// the clock skew, and the translation of every fault.
import { z } from 'zod';
import type { ImmutaTarget } from '../domain/registration-request.js';
import type { Secret } from '../domain/secret.js';
import type { SecretReference } from '../domain/secret-reference.js';
import { isFailureKind } from '../rules/failure-kind.js';
import { authenticationOf } from './authentication.js';
import type { Authentication, Token } from './authentication.js';
import { CallFault, httpCall } from './http-call.js';
import type { HttpAnswer } from './http-call.js';
import { ImmutaError } from './immuta-error.js';
import { ServerText } from './server-text.js';
import { statusFailure } from './status-failure.js';
import type { CallContext } from './status-failure.js';
import { allowedAddress, endpointAddress } from './tenant-address.js';
import type { AddressRules } from './tenant-address.js';
import { isHtml, parsedJson } from './wire.js';

export interface TenantOptions extends AddressRules {
  readonly target: ImmutaTarget;
  readonly resolve: (reference: SecretReference) => Promise<Secret>;
  readonly signal: AbortSignal | undefined;
  readonly deadlineMs: number;
  readonly maxBytes: number;
}

/** One call of an endpoint. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path segments below the base address, not encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** Built when the address was found allowed, since it may resolve secrets. */
  readonly body?: () => unknown;
  readonly permission: string;
  readonly writes: boolean;
  /** Asked right before the request leaves; what it throws is thrown on, and nothing was sent. */
  readonly mayLeave?: (() => void) | undefined;
}

export interface Answer extends HttpAnswer {
  readonly call: CallContext;
}

interface Exchange {
  readonly url: URL;
  readonly body: string | undefined;
  readonly context: CallContext;
  readonly signal: AbortSignal;
  readonly mayLeave?: (() => void) | undefined;
}

export class Tenant {
  readonly words = new ServerText();
  readonly #options: TenantOptions;
  readonly #authentication: Authentication;
  #clockSkewMs = 0;

  constructor(options: TenantOptions) {
    this.#options = options;
    const { authentication, secret } = options.target;
    this.#authentication = authenticationOf(
      authentication,
      () => this.reveal(secret),
      (apiKey, signal) => this.#logIn(apiKey, signal),
    );
  }

  get clockSkewMs(): number {
    return this.#clockSkewMs;
  }

  /** Resolves a secret now; from then on it is masked in everything this client says. */
  readonly reveal = async (reference: SecretReference): Promise<string> => {
    try {
      const value = (await this.#options.resolve(reference)).reveal();
      this.words.hide(value);
      return value;
    } catch (error) {
      if (error instanceof Error && 'kind' in error && isFailureKind(error.kind)) throw error;
      throw new ImmutaError('secret-unavailable', 'A secret reference could not be resolved.', { next: 'Look at the secret store of the worker.' });
    }
  };

  /** The answer of a call that succeeded. */
  async ask(call: Call): Promise<Answer> {
    const answer = await this.#send(call);
    if (answer.status >= 400) throw statusFailure(answer, answer.call, this.words);
    return answer;
  }

  /** As `ask`, but `undefined` on 404. A proxy's 404 page does not count: undoing relies on this absence. */
  async askForOne(call: Call): Promise<Answer | undefined> {
    const answer = await this.#send(call);
    if (answer.status === 404) {
      this.refuseHtml(answer);
      return undefined;
    }
    if (answer.status >= 400) throw statusFailure(answer, answer.call, this.words);
    return answer;
  }

  /** As `ask`, but `undefined` on 404 and 405: not every version of Immuta has the endpoint. */
  async askIfOffered(call: Call): Promise<Answer | undefined> {
    const answer = await this.#send(call);
    if (answer.status === 404 || answer.status === 405) return undefined;
    if (answer.status >= 400) throw statusFailure(answer, answer.call, this.words);
    return answer;
  }

  /** The answer's JSON in the shape of the schema; else `bad-answer`. */
  read<T>(schema: z.ZodType<T>, answer: Answer): T {
    this.refuseHtml(answer);
    const body = parsedJson(answer.text);
    if (body === undefined) throw this.badAnswer(answer.call, answer.text.trim() === '' ? 'is empty' : 'is not JSON', answer.status);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const [place] = parsed.error.issues.map((issue) => issue.path.map(String).join('.')).filter((path) => path !== '');
    throw this.badAnswer(answer.call, `has not the expected shape${place === undefined ? '' : ` at ${this.words.show(place, 80)}`}`, answer.status);
  }

  refuseHtml(answer: Answer): void {
    if (isHtml(answer.text, answer.headers.get('content-type') ?? ''))
      throw this.badAnswer(
        answer.call,
        'is a web page instead of data',
        answer.status,
        'A proxy or a login page stands in between. Check immuta.url.',
      );
  }

  /** An answer that cannot be used. What was written may have been written all the same. */
  badAnswer(
    call: CallContext,
    complaint: string,
    status?: number,
    next = 'Check that immuta.url is an Immuta tenant and that its version is supported.',
  ): ImmutaError {
    return new ImmutaError('bad-answer', `The answer to ${call.label} ${complaint}.`, { next, status, ambiguous: call.writes });
  }

  async #send(call: Call): Promise<Answer> {
    const base = allowedAddress(this.#options.target.url, this.#options);
    const url = endpointAddress(base, call.path, call.query);
    const context: CallContext = { label: `${call.method} ${shortened(url.pathname)}`, permission: call.permission, writes: call.writes };
    const body = call.body === undefined ? undefined : JSON.stringify(await call.body());
    return this.#withDeadline(async (signal) => {
      const exchange = { url, body, context, signal, mayLeave: call.mayLeave };
      const header = await this.#authentication.header(signal);
      const answer = await this.#exchange(call.method, exchange, header);
      const renewed = answer.status === 401 ? await this.#authentication.renewed(header, signal) : undefined;
      return { ...(renewed === undefined ? answer : await this.#exchange(call.method, exchange, renewed)), call: context };
    });
  }

  async #logIn(apiKey: string, signal: AbortSignal): Promise<Token> {
    const url = endpointAddress(allowedAddress(this.#options.target.url, this.#options), ['bim', 'apikey', 'authenticate']);
    const context: CallContext = { label: 'POST /bim/apikey/authenticate', permission: 'to log in with an API key', writes: false };
    const answer = await this.#exchange('POST', { url, body: JSON.stringify({ apikey: apiKey }), context, signal }, undefined);
    if (answer.status >= 400) throw statusFailure(answer, context, this.words);
    const { token, authenticated, tokenExpiration } = this.read(LoginAnswer, { ...answer, call: context });
    if (authenticated === false || token === undefined)
      throw new ImmutaError('credential-refused', 'Immuta did not accept the API key at POST /bim/apikey/authenticate.', {
        next: 'Check the API key behind immuta.secret. Then start again.',
        status: answer.status,
      });
    this.words.hide(token);
    const expiry = Date.parse(tokenExpiration ?? '');
    return { value: token, expiresAt: Number.isNaN(expiry) ? undefined : expiry - this.#clockSkewMs };
  }

  async #exchange(
    method: Call['method'],
    { url, body, context, signal, mayLeave }: Exchange,
    authorization: string | undefined,
  ): Promise<HttpAnswer> {
    mayLeave?.();
    const sentAt = Date.now();
    try {
      const answer = await httpCall({ method, url, authorization, body, signal, maxBytes: this.#options.maxBytes });
      this.#noteClock(answer.headers.get('date'), sentAt);
      return answer;
    } catch (error) {
      throw error instanceof CallFault ? this.#faultFailure(error, url, context, signal) : error;
    }
  }

  /** Immuta's clock showed a time within [date, date + 1 s] somewhere between sending and now: 0 unless the clocks are provably apart. */
  #noteClock(date: string | null, sentAt: number): void {
    const shown = Date.parse(date ?? '');
    if (Number.isNaN(shown)) return;
    const least = shown - Date.now();
    const most = shown + 1000 - sentAt;
    this.#clockSkewMs = least <= 0 && most >= 0 ? 0 : Math.round((least + most) / 2);
  }

  #faultFailure({ fault, code }: CallFault, url: URL, call: CallContext, signal: AbortSignal): ImmutaError {
    const ambiguous = call.writes;
    switch (fault) {
      case 'redirect':
        return this.badAnswer(
          call,
          `is a redirect (${code}); redirects are refused, because they would carry credentials elsewhere`,
          Number(code),
          "Write the tenant's final address into immuta.url.",
        );
      case 'too-large':
        return this.badAnswer(call, `is larger than ${code} bytes; reading was stopped`);
      case 'not-text':
        return this.badAnswer(call, 'is not valid UTF-8 text');
      case 'not-begun':
        return new ImmutaError('timeout', `${call.label} was stopped before it began. Nothing was sent.`, {
          next: 'It is tried again, unless the run was cancelled.',
        });
      case 'not-sent':
        return new ImmutaError('unreachable', `Immuta could not be reached at ${url.host} for ${call.label} (${code}). Nothing was sent.`, {
          next: 'Check immuta.url, DNS and the network of the worker. It is tried again.',
        });
      case 'untrusted':
        return new ImmutaError('unreachable', `The certificate of ${url.host} was refused (${code}). Nothing was sent.`, {
          next: 'For a private certificate authority set NODE_EXTRA_CA_CERTS on the worker; never switch verification off.',
        });
      case 'lost':
        return new ImmutaError('unreachable', `The connection to ${url.host} broke before ${call.label} was answered in full (${code}).`, {
          next: ambiguous ? 'Immuta may have carried it out: read back before sending again.' : 'It is tried again.',
          ambiguous,
        });
      case 'stopped': {
        const why = signal.reason === 'deadline' ? `within ${this.#options.deadlineMs} ms` : 'before the call was stopped';
        return new ImmutaError('timeout', `Immuta did not answer ${call.label} in full ${why}.`, {
          next: ambiguous ? 'Immuta may have carried it out: read back before sending again.' : 'It is tried again, unless the run was cancelled.',
          ambiguous,
        });
      }
    }
  }

  async #withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { deadlineMs, signal: outer } = this.#options;
    const controller = new AbortController();
    const stop = () => controller.abort('stopped');
    const timer = setTimeout(() => controller.abort('deadline'), deadlineMs);
    outer?.addEventListener('abort', stop, { once: true });
    if (outer?.aborted) stop();
    try {
      return await work(controller.signal);
    } finally {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stop);
    }
  }
}

const LoginAnswer = z.looseObject({
  token: z.string().min(1).optional(),
  authenticated: z.boolean().optional().catch(undefined),
  tokenExpiration: z.string().optional().catch(undefined),
});

function shortened(pathname: string): string {
  return pathname.length <= 160 ? pathname : `${pathname.slice(0, 159)}…`;
}
