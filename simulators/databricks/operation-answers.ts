// What an operation looks like on the wire: handle, status, rows. With `closeOperation` among the direct results a driver neither polls nor closes [src].
import { randomBytes } from 'node:crypto';
import { types } from './definitions.js';
import type { SqlError } from './errors.js';
import type { Operation } from './operation.js';
import { metadataOf, rowSetOf, success } from './row-set.js';

/** [src] what the drivers know a lost session or statement by. */
export function invalidHandle(what: 'Session' | 'Operation'): types.TStatus {
  return new types.TStatus({ statusCode: types.TStatusCode.INVALID_HANDLE_STATUS, sqlState: 'HY000', errorMessage: `Invalid ${what}Handle` });
}

export function handleOf(operation: Operation): types.TOperationHandle {
  return new types.TOperationHandle({
    operationId: identifierOf(operation.id),
    operationType: types.TOperationType.EXECUTE_STATEMENT,
    hasResultSet: hasResultSet(operation),
  });
}

export function directResultsOf(operation: Operation, maxRows: number): types.TSparkDirectResults {
  // The Node.js driver reads for ever on rows of an operation that says it has none
  const results = hasResultSet(operation) ? { resultSetMetadata: metadataOf(operation.result), resultSet: fetched(operation, maxRows, false) } : {};
  const isComplete = results.resultSet?.hasMoreRows !== true;
  return new types.TSparkDirectResults({
    operationStatus: statusOf(operation),
    ...results,
    ...(isComplete ? { closeOperation: new types.TCloseOperationResp({ status: success() }) } : {}),
  });
}

export function fetched(operation: Operation, maxRows: number, withMetadata: boolean): types.TFetchResultsResp {
  const all = operation.result?.rows.length ?? 0;
  const results = rowSetOf(operation.result, operation.fetched, maxRows);
  operation.fetched = Math.min(all, operation.fetched + maxRows);
  return new types.TFetchResultsResp({
    status: success(),
    hasMoreRows: operation.fetched < all,
    results,
    ...(withMetadata ? { resultSetMetadata: metadataOf(operation.result) } : {}),
  });
}

export function statusOf(operation: Operation): types.TGetOperationStatusResp {
  const { error } = operation;
  const failed = error === undefined || operation.status === 'CANCELED' ? {} : { errorCode: 0, ...messagesOf(error) };
  return new types.TGetOperationStatusResp({
    status: success(),
    operationState: stateOf(operation),
    hasResultSet: hasResultSet(operation),
    ...failed,
  });
}

/** [src] displayMessage becomes the message of the driver's error; errorMessage is what Spark said, with the exception around it. */
function messagesOf({ sqlState, message }: SqlError): { sqlState: string; errorMessage: string; displayMessage: string } {
  return { sqlState, errorMessage: `org.apache.hive.service.cli.HiveSQLException: Error running query: ${message}`, displayMessage: message };
}

function stateOf({ status, timedOut }: Operation): types.TOperationState {
  switch (status) {
    case 'RUNNING':
      return types.TOperationState.RUNNING_STATE;
    case 'FINISHED':
      return types.TOperationState.FINISHED_STATE;
    case 'CANCELED':
      return types.TOperationState.CANCELED_STATE;
    case 'FAILED':
      return timedOut ? types.TOperationState.TIMEDOUT_STATE : types.TOperationState.ERROR_STATE;
  }
}

/** What changes something answers no rows, yet a finished statement may always be fetched from: the set is empty. */
function hasResultSet({ result }: Operation): boolean {
  return result !== undefined;
}

/** [src] the bytes of a UUID: the drivers print statement ids from them. */
export function identifierOf(id: string): types.THandleIdentifier {
  return new types.THandleIdentifier({ guid: Buffer.from(id.replaceAll('-', ''), 'hex'), secret: randomBytes(16) });
}

export function uuidOf({ guid }: types.THandleIdentifier): string {
  return Buffer.from(guid)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
