// The calls of the Thrift service. A call answers with a status inside the answer, whatever became of the statement; a failed statement is told by its
// operation [src: databricks-sql-nodejs 2.1.0, databricks-sql-connector 4.x].
//
// The generated processor answers only handlers that declare exactly one parameter.
import { randomUUID } from 'node:crypto';
import { Access } from './access.js';
import { types } from './definitions.js';
import type { SqlError } from './errors.js';
import { metadataAnswer, metadataCalls } from './metadata-calls.js';
import type { MetadataCall } from './metadata-calls.js';
import type { Metastore } from './metastore.js';
import type { Operation } from './operation.js';
import { directResultsOf, fetched, handleOf, identifierOf, invalidHandle, statusOf, uuidOf } from './operation-answers.js';
import { parametersOf } from './parameters.js';
import type { Principal, Principals } from './principals.js';
import { metadataOf, success } from './row-set.js';
import type { Session } from './session.js';
import type { Disturbance, StatementRunner } from './statement-runner.js';
import type { Result } from './statement.js';

/** One life of the simulated workspace, from one reset to the next. */
export interface Workspace {
  readonly metastore: Metastore;
  readonly principals: Principals;
  readonly sessions: Map<string, Session>;
  readonly runner: StatementRunner;
}

/** After so long the answer of ExecuteStatement says that the statement still runs. The vendor waits some seconds [known]; nobody wants to in a test. */
const directResultsWithinMs = 200;

/** [src] the newest that both drivers know and that needs no Arrow. */
const serverProtocolVersion = types.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V8;

type Call = (request: never) => unknown;

/** The calls as one caller makes them. `refusal` answers any of them, `disturbance` befalls the statement of ExecuteStatement. */
export function thriftService(
  workspace: Workspace,
  caller: Principal,
  { refusal, disturbance }: { readonly refusal?: SqlError; readonly disturbance?: Disturbance },
): Readonly<Record<string, Call>> {
  const { metastore, principals, sessions, runner } = workspace;

  const sessionOf = ({ sessionId }: types.TSessionHandle): Session | undefined => {
    const session = sessions.get(uuidOf(sessionId));
    return session?.principal === caller ? session : undefined;
  };
  const operationOf = ({ operationId }: types.TOperationHandle): Operation | undefined => {
    const operation = runner.find(uuidOf(operationId));
    return operation?.session.principal === caller ? operation : undefined;
  };
  const metadataCall = (session: Session | undefined, make: (access: Access) => Result): Answered => {
    if (session === undefined) return { status: invalidHandle('Session') };
    const operation = runner.answered(session, make(new Access(metastore, principals, caller)));
    return { status: success(), operationHandle: handleOf(operation), directResults: directResultsOf(operation, Number.POSITIVE_INFINITY) };
  };

  const calls: Record<string, Call> = {
    OpenSession(request: types.TOpenSessionReq) {
      const id = randomUUID();
      const { catalogName, schemaName } = request.initialNamespace ?? {}; // on the wire what is optional is null, whatever the types say
      const parameters = new Map(Object.entries(request.configuration ?? {}).map(([name, value]) => [name.toUpperCase(), value]));
      sessions.set(id, { id, principal: caller, catalog: catalogName ?? 'main', schema: schemaName ?? 'default', parameters });
      return new types.TOpenSessionResp({
        status: success(),
        serverProtocolVersion,
        sessionHandle: new types.TSessionHandle({ sessionId: identifierOf(id) }),
        configuration: {},
        canUseMultipleCatalogs: true,
      });
    },

    CloseSession({ sessionHandle }: types.TCloseSessionReq) {
      const session = sessionOf(sessionHandle);
      if (session === undefined) return new types.TCloseSessionResp({ status: invalidHandle('Session') });
      sessions.delete(session.id);
      runner.endSession(session);
      return new types.TCloseSessionResp({ status: success() });
    },

    async ExecuteStatement(request: types.TExecuteStatementReq) {
      const session = sessionOf(request.sessionHandle);
      if (session === undefined) return new types.TExecuteStatementResp({ status: invalidHandle('Session') });
      const operation = runner.start(
        session,
        request.statement,
        { tags: request.confOverlay?.['query_tags'], parameters: parametersOf(request.parameters) },
        disturbance,
      );
      await settledWithin(operation, directResultsWithinMs);
      const isDirect = request.getDirectResults !== null && request.getDirectResults !== undefined && operation.status !== 'RUNNING';
      return new types.TExecuteStatementResp({
        status: success(),
        operationHandle: handleOf(operation),
        ...(isDirect ? { directResults: directResultsOf(operation, Number(request.getDirectResults?.maxRows)) } : {}),
      });
    },

    GetOperationStatus({ operationHandle }: types.TGetOperationStatusReq) {
      const operation = operationOf(operationHandle);
      return operation === undefined ? new types.TGetOperationStatusResp({ status: invalidHandle('Operation') }) : statusOf(operation);
    },

    GetResultSetMetadata({ operationHandle }: types.TGetResultSetMetadataReq) {
      const operation = operationOf(operationHandle);
      return operation === undefined ? new types.TGetResultSetMetadataResp({ status: invalidHandle('Operation') }) : metadataOf(operation.result);
    },

    FetchResults({ operationHandle, orientation, maxRows, includeResultSetMetadata }: types.TFetchResultsReq) {
      const operation = operationOf(operationHandle);
      if (operation === undefined) return new types.TFetchResultsResp({ status: invalidHandle('Operation') });
      if (orientation === types.TFetchOrientation.FETCH_FIRST) operation.fetched = 0;
      return fetched(operation, Number(maxRows), includeResultSetMetadata === true);
    },

    CancelOperation({ operationHandle }: types.TCancelOperationReq) {
      const operation = operationOf(operationHandle);
      operation?.interrupt();
      return new types.TCancelOperationResp({ status: operation === undefined ? invalidHandle('Operation') : success() });
    },

    CloseOperation({ operationHandle }: types.TCloseOperationReq) {
      const operation = operationOf(operationHandle);
      operation?.interrupt();
      return new types.TCloseOperationResp({ status: operation === undefined ? invalidHandle('Operation') : success() });
    },
  };

  for (const name of Object.keys(metadataCalls) as MetadataCall[])
    calls[name] = (request: types.TGetTablesReq) =>
      metadataAnswer(
        name,
        metadataCall(sessionOf(request.sessionHandle), (access) => metadataCalls[name](request, access, metastore)),
      );
  for (const name of callNames) calls[name] ??= (_request: unknown) => unavailable(name);
  if (refusal !== undefined) for (const name of callNames) calls[name] = (_request: unknown) => refused(name, refusal);
  return calls;
}

interface Answered {
  readonly status: types.TStatus;
  readonly operationHandle?: types.TOperationHandle;
  readonly directResults?: types.TSparkDirectResults;
}

const callNames = [
  'OpenSession',
  'CloseSession',
  'GetInfo',
  'ExecuteStatement',
  'GetTypeInfo',
  'GetCatalogs',
  'GetSchemas',
  'GetTables',
  'GetTableTypes',
  'GetColumns',
  'GetFunctions',
  'GetPrimaryKeys',
  'GetCrossReference',
  'GetOperationStatus',
  'CancelOperation',
  'CloseOperation',
  'GetResultSetMetadata',
  'FetchResults',
  'GetDelegationToken',
  'CancelDelegationToken',
  'RenewDelegationToken',
] as const;
type CallName = (typeof callNames)[number];

function unavailable(name: CallName): unknown {
  return withStatus(name, failure('0A000', `${name} is not simulated.`));
}

function refused(name: CallName, { sqlState, message }: SqlError): unknown {
  return withStatus(name, failure(sqlState, message));
}

function failure(sqlState: string, errorMessage: string): types.TStatus {
  return new types.TStatus({ statusCode: types.TStatusCode.ERROR_STATUS, sqlState, errorCode: 0, errorMessage, displayMessage: errorMessage });
}

/** Some answers have to hold more than a status, even when it says that all went wrong. */
function withStatus(name: CallName, status: types.TStatus): unknown {
  if (name === 'OpenSession') return new types.TOpenSessionResp({ status, serverProtocolVersion });
  if (name === 'GetInfo') return new types.TGetInfoResp({ status, infoValue: new types.TGetInfoValue({ stringValue: '' }) });
  return new types[`T${name}Resp`]({ status });
}

async function settledWithin(operation: Operation, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([operation.settled, late]);
  clearTimeout(timer);
}
