import type { RegistrationRequest } from '../domain/registration-request.js';
import type { JsonValue } from '../sql/digest.js';
import { digestOf } from '../sql/digest.js';

/**
 * SHA-256 of what is asked: operation, tenant and manifest entry after defaults, references included. Who asks and the timing are not part of
 * it: a second person asking for the same thing joins the run.
 */
export function requestSha256(operation: 'register' | 'deregister', { connectionKey, immuta, target, script }: RegistrationRequest): string {
  // Through JSON, because an absent option may be `undefined`, which is not JSON and means the same.
  return digestOf(JSON.parse(JSON.stringify({ operation, connectionKey, immuta, target, script })) as JsonValue);
}
