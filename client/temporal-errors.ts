// What Temporal answers, as errors of ours. gRPC's own messages are not passed on: they may carry metadata.
import { isGrpcServiceError } from '@temporalio/client/lib/errors.js';
import { WorkflowNotFoundError } from '@temporalio/common/lib/errors.js';
import { searchAttributeNames } from '../rules/search-attributes.js';
import { TemporalUnavailable } from '../temporal/connect-client.js';
import { TemporalRefused } from '../temporal/connection-options.js';
import { searchAttributeCure } from '../temporal/search-attributes.js';
import { CommandError } from './command-error.js';

const grpc = { invalidArgument: 3, deadlineExceeded: 4, notFound: 5, permissionDenied: 7, unavailable: 14, unauthenticated: 16 } as const;

/** The error to show for one that a call to Temporal threw; what is none of Temporal's comes back as it is. */
export function temporalError(error: unknown, { address, namespace }: { readonly address: string; readonly namespace: string }): unknown {
  if (error instanceof CommandError) return error;
  if (error instanceof TemporalUnavailable) return new CommandError('temporal-unreachable', error.message, error.next);
  if (error instanceof TemporalRefused) return new CommandError('usage', error.message, error.next);
  if (error instanceof WorkflowNotFoundError) return new CommandError('not-found', 'There is no such run.', 'See "mooring list".');
  const cause = isGrpcServiceError(error) ? error : error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : undefined;
  if (cause === undefined) return error;
  const code: number = cause.code;
  if (code === grpc.unavailable || code === grpc.deadlineExceeded) {
    return new CommandError(
      'temporal-unreachable',
      `Temporal at ${address} did not answer in time.`,
      'Look whether the server runs, then try again.',
    );
  }
  if (code === grpc.unauthenticated || code === grpc.permissionDenied) {
    return new CommandError(
      'temporal-refused',
      `Temporal at ${address} refused the credential for namespace ${namespace}.`,
      'Check TEMPORAL_API_KEY or the TEMPORAL_TLS_* certificate, and TEMPORAL_NAMESPACE.',
    );
  }
  const missing = Object.values(searchAttributeNames).filter((name) => cause.details.includes(name));
  if (code === grpc.invalidArgument && missing.length > 0) {
    return new CommandError(
      'temporal-refused',
      `Namespace ${namespace} does not know the search attribute ${missing.join(', ')}.`,
      `Create them once:\n${searchAttributeCure(namespace, Object.values(searchAttributeNames))}`,
    );
  }
  if (code === grpc.notFound) {
    return new CommandError('temporal-refused', `Temporal at ${address} has no namespace ${namespace}, or no such run.`, 'Check TEMPORAL_NAMESPACE.');
  }
  return new CommandError('temporal-refused', `Temporal at ${address} refused the call (gRPC status ${code}).`, "Look at the server's log.");
}
