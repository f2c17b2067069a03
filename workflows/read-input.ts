import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { FailureKind } from '../rules/failure-kind.js';
import { holdsLock, obstacleToStart } from '../rules/judge-start.js';
import { readable } from './activity-options.js';

/** The request of a run. One that nobody can carry out ends the run; one that cannot be decoded here waits for the key. */
export function readInput<Request extends ConnectionRequest>(input: Request): Request {
  const request = readable(input);
  const obstacle = obstacleToStart(request);
  if (obstacle !== undefined) throw refused(`This is not a request that a run can begin with: ${obstacle}`);
  return request;
}

/** The server allows one open run under a workflow ID, and that is the lock of a connection. */
export function refuseWithoutLock(request: ConnectionRequest): void {
  const { workflowId } = workflowInfo();
  if (!holdsLock(workflowId, request)) throw refused('The workflow ID is not the one of this connection, and another run could change it meanwhile.');
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${message} Start the run with \`mooring register\` or \`mooring deregister\`.`,
    'invalid-request' satisfies FailureKind,
  );
}
