import { createHash } from 'node:crypto';
import type { RegistrationRequest } from '../domain/registration-request.js';

/**
 * SHA-256 of what is asked: operation, tenant and manifest entry after defaults, references included. Who asks and the timing are not part of
 * it: a second person asking for the same thing joins the run.
 */
export function requestSha256(operation: 'register' | 'deregister', { connectionKey, immuta, target, script }: RegistrationRequest): string {
  return createHash('sha256').update(canonicalJson({ operation, connectionKey, immuta, target, script })).digest('hex');
}

/** JSON with sorted keys and without absent values: equal content gives equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
