// What an answer that is not a success means. Immuta documents codes and message patterns for its integrations API ("Status codes" in its
// reference) and none for 401, 403 and 429; the rest is HTTP. Only the fields `message` and `validationResults` of a JSON error are ever shown.
import { z } from 'zod';
import type { FailureKind } from '../rules/failure-kind.js';
import type { HttpAnswer } from './http-call.js';
import { ImmutaError } from './immuta-error.js';
import type { ImmutaErrorFacts } from './immuta-error.js';
import type { ServerText } from './server-text.js';
import { parsedJson } from './wire.js';
import { Validation, describeTests, findValidation } from './validation.js';

/** What the mapping needs to know of the call. */
export interface CallContext {
  /** `POST /data/connection`, as it was sent. */
  readonly label: string;
  /** The permission it needs, in Immuta's words. */
  readonly permission: string;
  /** True if it changes something in Immuta: an unclear answer is then ambiguous. */
  readonly writes: boolean;
}

const longestWaitMs = 5 * 60_000; // a server must not be able to park a worker

/** The failure that a status of 400 and above means. */
export function statusFailure(answer: HttpAnswer, call: CallContext, words: ServerText): ImmutaError {
  const said = errorBody(answer);
  const shown = said.message === '' ? '' : `: ${words.show(said.message)}`;
  const fail = (kind: FailureKind, next: string, facts: Partial<ImmutaErrorFacts> = {}, detail = shown) =>
    new ImmutaError(kind, `Immuta answered ${answer.status} to ${call.label}${detail}`, { status: answer.status, ...facts, next });

  switch (answer.status) {
    case 400:
      return badRequest(said.message, fail);
    case 401:
      return fail(
        'credential-refused',
        'Check the API key or token behind immuta.secret and immuta.authentication; it may be revoked or expired. Then start again.',
      );
    case 403:
      return fail('permission-missing', `Give the Immuta user of this credential the permission ${call.permission}. Then start again.`);
    case 404:
    case 405:
      return fail(
        'not-found',
        'Check immuta.url, the connectionKey and the integration id: this tenant knows no such thing or does not offer the call.',
      );
    case 409:
      return conflict(said.message, fail);
    case 422:
      return validationFailed(said, fail, words);
    case 429:
      return fail('throttled', 'Immuta asks to wait. It is tried again later; lower the number of parallel runs if this stays.', {
        retryAfterMs: retryAfterMs(answer.headers),
      });
    default:
      break;
  }
  if (answer.status === 408 || answer.status === 425 || answer.status >= 500)
    return fail('unreachable', 'Immuta has a fault of its own or is being restarted. It is tried again; if it stays, look at the tenant.', {
      ambiguous: call.writes && answer.status !== 425,
      retryAfterMs: retryAfterMs(answer.headers),
    });
  return fail('invalid-request', 'Immuta does not accept the call in this form. Compare the manifest with the documentation of your Immuta version.');
}

type Fail = (kind: FailureKind, next: string, facts?: Partial<ImmutaErrorFacts>, detail?: string) => ImmutaError;

function badRequest(message: string, fail: Fail): ImmutaError {
  const remnant = idIn(/Use PUT \/integrations\/(\d{1,15})/i, message);
  if (remnant === undefined) return fail('invalid-request', 'Correct the manifest: Immuta refuses what it says. Nothing was changed.');
  return fail('conflict', `Integration ${remnant} is left from a registration that failed. Remove or repair it in Immuta, then start again.`, {
    integrationId: remnant,
  });
}

function conflict(message: string, fail: Fail): ImmutaError {
  if (/unable to edit|in current state/i.test(message))
    return fail('throttled', 'Immuta is still busy with this integration. It is tried again later.');
  const integrationId = idIn(/\bid\s*=\s*(\d{1,15})/i, message);
  const which = integrationId === undefined ? 'It' : `Integration ${integrationId}`;
  return fail('conflict', `${which} already covers this platform or key. Deregister it first, or use the one that exists.`, { integrationId });
}

function validationFailed(said: ErrorBody, fail: Fail, words: ServerText): ImmutaError {
  const tests = said.validation === undefined ? [] : describeTests(said.validation, words);
  const next = 'Correct what the tests name (system account, role, warehouse, or the bootstrap script did not run), then start again.';
  if (tests.length === 0) return fail('validation-failed', next);
  const lead = said.message === '' ? '' : `: ${words.show(said.message)}`;
  return fail('validation-failed', next, {}, `${lead}\n${tests.join('\n')}`);
}

function idIn(pattern: RegExp, message: string): number | undefined {
  const [, digits] = pattern.exec(message) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

interface ErrorBody {
  readonly message: string;
  readonly validation: z.infer<typeof Validation> | undefined;
}

const ApiError = z.looseObject({ message: z.string().catch('') });

function errorBody(answer: HttpAnswer): ErrorBody {
  const body = parsedJson(answer.text);
  const parsed = ApiError.safeParse(body);
  return { message: parsed.success ? parsed.data.message : '', validation: findValidation(body) };
}

/** `Retry-After` in seconds or as a date, between 0 and five minutes. */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : text.endsWith(' GMT') ? Date.parse(text) - Date.now() : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestWaitMs);
}
