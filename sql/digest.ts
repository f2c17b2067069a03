// Fingerprints. A digest is over RFC 8785 text, so that the same facts give the same 64 digits whatever order they were written in, and over
// nothing that JSON cannot hold: a value that is silently dropped would be a value nobody decided on.
import { hash } from 'node:crypto';
import type { DurationText } from '../rules/duration.js';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** SHA-256 of the UTF-8 bytes, 64 hex digits. Throws a `TypeError` for half a surrogate pair: UTF-8 would hide which one it was. */
export function sha256Hex(text: string): string {
  refuseBrokenText(text, 'the text');
  return hash('sha256', text);
}

/** RFC 8785: keys in the order of their UTF-16 units, no blanks, numbers as ECMAScript writes them. Throws a `TypeError` for what is not JSON. */
export function canonicalJson(value: JsonValue): string {
  return written(value, '$', []);
}

export function digestOf(value: JsonValue): string {
  return sha256Hex(canonicalJson(value));
}

/** What is going to be done, whoever asks and in whatever run. */
export interface PlanContent {
  readonly operation: 'register' | 'deregister';
  readonly immutaHost: string;
  /** Null for deregister. */
  readonly bootstrapSha256: string | null;
  /** Null when Immuta gives none. */
  readonly cleanupSha256: string | null;
  readonly statementHashes: { readonly bootstrap: readonly string[]; readonly cleanup: readonly string[] };
  readonly target: { readonly platform: string; readonly host: string; readonly database: string };
  /** As the manifest writes it, references included. */
  readonly privilegedUser: JsonValue;
  /** The registration payload without secrets; null for deregister. */
  readonly registration: JsonValue;
  /** Deregister only, else null. */
  readonly integrationId: number | null;
  /** The most data objects that may go with the connection; deregister only, else null. */
  readonly childCeiling: number | null;
}

/** What a person decides on: the content, in one run, asked for by one person, for so long. */
export interface DecidedPlan extends PlanContent {
  readonly namespace: string;
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly requester: string;
  readonly expiresAfter: DurationText;
}

const version = 1;

/** The digest that decisions carry: any change voids them, and they are worth nothing in another run. */
export function planDigest(plan: DecidedPlan): string {
  const { namespace, workflowId, firstRunId, requester, expiresAfter } = plan;
  return digestOf({ ...content(plan), version, namespace, workflowId, firstRunId, requester, expiresAfter });
}

/** The fingerprint of content alone: the same in `plan` and in a later run of the same content. */
export function planSha256(plan: PlanContent): string {
  return digestOf({ ...content(plan), version });
}

/** Named one by one: a field that a caller adds must not slip into a digest, nor a digest into a digest. */
function content(plan: PlanContent): { readonly [key: string]: JsonValue } {
  return {
    operation: plan.operation,
    immutaHost: plan.immutaHost,
    bootstrapSha256: plan.bootstrapSha256,
    cleanupSha256: plan.cleanupSha256,
    statementHashes: { bootstrap: plan.statementHashes.bootstrap, cleanup: plan.statementHashes.cleanup },
    target: { platform: plan.target.platform, host: plan.target.host, database: plan.target.database },
    privilegedUser: plan.privilegedUser,
    registration: plan.registration,
    integrationId: plan.integrationId,
    childCeiling: plan.childCeiling,
  };
}

function written(value: unknown, path: string, above: readonly object[]): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return writtenObject(value, path, above);
  if (typeof value === 'string') refuseBrokenText(value, path);
  else if (typeof value !== 'number') return refuse(path, typeof value);
  else if (!Number.isFinite(value)) return refuse(path, `the number ${value}`);
  return JSON.stringify(value);
}

function writtenObject(value: object, path: string, above: readonly object[]): string {
  if (above.includes(value)) return refuse(path, 'an object that holds itself');
  const below = [...above, value];
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown, index) => written(item, `${path}[${index}]`, below)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return refuse(path, 'an instance of a class');
  if (Object.getOwnPropertySymbols(value).length > 0) return refuse(path, 'a symbol as key');
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${written(key, `${path} (key)`, below)}:${written(member, `${path}.${key}`, below)}`).join(',')}}`;
}

function refuseBrokenText(text: string, path: string): void {
  if (/\p{Surrogate}/u.test(text)) refuse(path, 'half a surrogate pair');
}

function refuse(path: string, found: string): never {
  throw new TypeError(`Expected JSON to fingerprint, but ${path} is ${found}. Leave it out or write null.`);
}
