import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { JsonValue } from '../sql/digest.js';
import { digestOf } from '../sql/digest.js';

/** Which of the two operations a request asks for. */
export function operationOf(request: ConnectionRequest): 'register' | 'deregister' {
  return 'operation' in request ? request.operation : 'register';
}

/**
 * SHA-256 of what is asked: operation, tenant and manifest entry after defaults, references included. Who asks and the timing are not part of
 * it: a second person asking for the same thing joins the run.
 */
export function requestSha256(request: ConnectionRequest): string {
  const { requester: _who, timing: _waits, ...asked } = request;
  // Through JSON, because an absent option may be `undefined`, which is not JSON and means the same.
  return digestOf(JSON.parse(JSON.stringify({ ...asked, operation: operationOf(request) })) as JsonValue);
}
