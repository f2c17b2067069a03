import { DeregistrationRequest, type ConnectionRequest } from '../domain/deregistration-request.js';
import { RegistrationRequest } from '../domain/registration-request.js';
import { durationMs } from '../rules/duration.js';
import { refusal } from './application-failure.js';

/** Anyone may start a workflow, so an activity believes its input only after it parsed it. Throws a `PortError` of kind `invalid-request`. */
export function readRequest(request: unknown): RegistrationRequest {
  return parsed(RegistrationRequest, request);
}

/** As `readRequest`, for the steps that both operations share. */
export function readConnectionRequest(request: unknown): ConnectionRequest {
  const deregisters = typeof request === 'object' && request !== null && 'operation' in request;
  return deregisters ? parsed(DeregistrationRequest, request) : parsed(RegistrationRequest, request);
}

/** What is used of a zod schema. */
interface Schema<Request> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Request }
    | {
        readonly success: false;
        readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };
      };
}

function parsed<Request extends ConnectionRequest>(schema: Schema<Request>, request: unknown): Request {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'The request' : first.path.join('.');
  throw refusal(
    'invalid-request',
    `${where}: ${first?.message ?? 'not a request'}.`,
    'Start the run with `mooring register` or `mooring deregister`, which check the manifest first.',
  );
}

// A sender needs this long to be certainly silent, and a worker this long to be noticed missing, on real networks.
const shortestQuietPeriodMs = 30_000;
const shortestHeartbeatTimeoutMs = 5_000;

/** Refuses waits that are safe only against simulators, unless this worker may talk to loopback. */
export function refuseShortTiming(request: ConnectionRequest, allowShortTiming: boolean): void {
  if (allowShortTiming) return;
  const { quietPeriod, heartbeatTimeout } = request.timing;
  if (durationMs(quietPeriod) < shortestQuietPeriodMs || durationMs(heartbeatTimeout) < shortestHeartbeatTimeoutMs) {
    throw refusal(
      'invalid-request',
      `The timing asks for a quiet period of ${quietPeriod} and a heartbeat timeout of ${heartbeatTimeout}; this worker takes no less than 30s and 5s.`,
      'Leave MOORING_TIMING unset, or start the worker with MOORING_ALLOW_LOOPBACK=1 if it serves simulators only.',
    );
  }
}
