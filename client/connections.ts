// Every call of the commands on Temporal, typed. Workflows are started by name: the command line never loads workflow code.
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client/lib/errors.js';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common/lib/failure.js';
import type { DecisionMessage, ResolveMessage, Verdict } from '../domain/decision.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Plan } from '../domain/plan.js';
import type { Purpose } from '../domain/script.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { readKeyRing } from '../secrets/key-ring.js';
import { SecretError } from '../secrets/secret-error.js';
import { connectionWorkflowId, immutaHost } from '../rules/workflow-id.js';
import { connectClient } from '../temporal/connect-client.js';
import { searchAttributes } from '../temporal/search-attributes.js';
import type { checkConnection, deregisterConnection, planConnection, registerConnection } from '../workflows/index.js';
import type { Answer } from '../workflows/messages.js';
import { approve, decide, reject, resolve, revealed } from '../workflows/messages.js';
import type { CheckAnswer } from './await-checks.js';
import { awaitChecks } from './await-checks.js';
import { newestPoll } from './check-workers.js';
import { CommandError } from './command-error.js';
import type { CommandConfig } from './config.js';
import { planOfRun, type PlannedScripts } from './plan-of-run.js';
import { operationOf, requestSha256 } from './request-hash.js';
import type { RunState } from './run-state.js';
import { stateOfDescription, stateOfInfo } from './run-state.js';
import { temporalError } from './temporal-errors.js';

const callTimeoutMs = 10_000; // a slow server across an ocean; what takes longer is not answering
const updateTimeoutMs = 8_000; // a busy worker's first task of a run that left its cache

/** A run that is named exactly; without a run ID the newest one of the workflow ID. */
export interface RunName {
  readonly workflowId: string;
  readonly runId?: string | undefined;
}

/** What became of a message: the workflow's own answer, or that no worker was there to give one. */
export type Delivery = Answer | { readonly accepted: 'unanswered' };

export type StartAnswer = { readonly kind: 'started'; readonly run: RunName } | { readonly kind: 'held'; readonly workflowId: string };

export type PlanResult = Awaited<ReturnType<typeof planConnection>>;

export type Connections = Awaited<ReturnType<typeof openConnections>>;

/** Connects as the configuration says. Throws a `CommandError`. Close it when done. */
export async function openConnections(config: CommandConfig) {
  const keys = await readCodecKeys(config.environment['MOORING_CODEC_KEYS']);
  const temporal = await connectClient(config.environment, keys).catch((error: unknown) => {
    throw temporalError(error, { address: '', namespace: '' });
  });
  const { client, address, namespace } = temporal;

  async function call<T>(ask: () => Promise<T>, timeoutMs = callTimeoutMs): Promise<T> {
    try {
      return await client.withDeadline(Date.now() + timeoutMs, ask);
    } catch (error) {
      throw temporalError(error, { address, namespace });
    }
  }

  const handleOf = ({ workflowId, runId }: RunName): WorkflowHandle => client.workflow.getHandle(workflowId, runId);

  return {
    address,
    namespace,

    /** Starts what is asked for, unless a run holds the connection: both operations share its workflow ID. The server is the lock. */
    async start(request: ConnectionRequest): Promise<StartAnswer> {
      const workflowId = connectionWorkflowId(request.immuta.url, request.connectionKey);
      const operation = operationOf(request);
      const options = {
        workflowId,
        taskQueue: config.taskQueue,
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        typedSearchAttributes: attributesOf(operation, request),
        memo: { requester: request.requester, requestSha256: requestSha256(request) },
        staticSummary: `${operation === 'register' ? 'Register' : 'Deregister'} ${request.target.technology} connection ${request.connectionKey}`,
      } as const;
      try {
        const handle = await client.withDeadline(Date.now() + callTimeoutMs, () =>
          'operation' in request
            ? client.workflow.start<typeof deregisterConnection>('deregisterConnection', { ...options, args: [request] })
            : client.workflow.start<typeof registerConnection>('registerConnection', { ...options, args: [request] }),
        );
        return { kind: 'started', run: { workflowId, runId: handle.firstExecutionRunId } };
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'held', workflowId };
        throw temporalError(error, { address, namespace });
      }
    },

    /** Starts `planConnection`, which writes nothing, and waits for what it found. Aborting the signal cancels it. */
    async plan(request: ConnectionRequest, signal: AbortSignal): Promise<PlanResult> {
      const workflowId = `plan/${immutaHost(request.immuta.url)}/${request.connectionKey.toLowerCase()}/${randomUUID()}`;
      const handle = await call(() =>
        client.workflow.start<typeof planConnection>('planConnection', {
          workflowId,
          taskQueue: config.taskQueue,
          args: [request],
          typedSearchAttributes: attributesOf('plan', request),
          staticSummary: `Plan ${request.target.technology} connection ${request.connectionKey}`,
        }),
      );
      const stop = (): void => void handle.cancel().catch(() => undefined); // it writes nothing: an orphan does no harm
      signal.addEventListener('abort', stop, { once: true });
      try {
        return await client.withAbortSignal(signal, () => handle.result());
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },

    /** Has workers look by `checkConnection`, which writes nothing. `labelled` is false where the namespace lacks our search attributes. */
    async check(request: ConnectionRequest, labelled: boolean, signal: AbortSignal): Promise<CheckAnswer> {
      const workflowId = `check/${immutaHost(request.immuta.url)}/${request.connectionKey.toLowerCase()}/${randomUUID()}`;
      const handle = await call(() =>
        client.workflow.start<typeof checkConnection>('checkConnection', {
          workflowId,
          taskQueue: config.taskQueue,
          args: [request],
          typedSearchAttributes: labelled ? attributesOf('check', request) : [],
          staticSummary: `Check ${request.target.technology} connection ${request.connectionKey}`,
        }),
      );
      return awaitChecks(client, handle, signal);
    },

    async describe(run: RunName): Promise<RunState> {
      return call(async () => stateOfDescription(client, await handleOf(run).describe()));
    },

    /** The plan that a run made, from its history; with a digest the one that an open question is about. */
    async planOf(run: { readonly workflowId: string; readonly runId: string }, digest?: string): Promise<Plan | undefined> {
      return (await call(() => planOfRun(client, run, digest)))?.plan;
    },

    /** The sealed scripts of the same plan. */
    async sealedOf(run: { readonly workflowId: string; readonly runId: string }, digest?: string): Promise<PlannedScripts['sealed']> {
      return (await call(() => planOfRun(client, run, digest)))?.sealed ?? {};
    },

    /** Runs of register and deregister that match, newest first, at most `limit`. `filter` is a visibility query of ours. */
    async list(filter: string, limit: number): Promise<RunState[]> {
      const query = ['MooringOperation IN ("register", "deregister")', filter].filter((part) => part !== '').join(' AND ');
      return call(async () => {
        const runs: RunState[] = [];
        for await (const info of client.workflow.list({ query, pageSize: Math.min(limit, 200) })) {
          runs.push(stateOfInfo(info));
          if (runs.length >= limit) break;
        }
        return runs;
      });
    },

    async decide(run: RunName, message: DecisionMessage & { readonly verdict: Verdict }): Promise<Delivery> {
      return answerOf(() => handleOf(run).executeUpdate(decide, { args: [message] }));
    },

    async resolve(run: RunName, message: ResolveMessage): Promise<Delivery> {
      return answerOf(() => handleOf(run).executeUpdate(resolve, { args: [message] }));
    },

    /** Has the run record who opens which sealed script. */
    async noteReveal(run: RunName, by: string, purpose: Purpose): Promise<Delivery> {
      return answerOf(() => handleOf(run).executeUpdate(revealed, { args: [{ by, purpose }] }));
    },

    /** The way that needs no worker: the run judges it when a worker is back. */
    async signalDecision(run: RunName, verdict: Verdict, message: DecisionMessage): Promise<void> {
      await call(() => handleOf(run).signal(verdict === 'approve' ? approve : reject, message));
    },

    async cancel(run: RunName): Promise<void> {
      await call(() => handleOf(run).cancel());
    },

    /** When workers last asked for work; long polls last a minute. */
    async newestPoll(queue: string, kind: 'workflow' | 'activity'): Promise<number | undefined> {
      return call(() => newestPoll(client.workflowService, namespace, queue, kind));
    },

    close: (): Promise<void> => temporal.close(),
  };

  async function answerOf(ask: () => Promise<Answer>): Promise<Delivery> {
    try {
      return await client.withDeadline(Date.now() + updateTimeoutMs, ask);
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) return { accepted: false, reason: error.cause?.message ?? error.message };
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { accepted: 'unanswered' };
      throw temporalError(error, { address, namespace });
    }
  }
}

async function readCodecKeys(file: string | undefined): Promise<KeyRing> {
  const next = 'Name a file with one keyId:base64(32 bytes) a line, the one the workers use; "mooring dev" makes its own.';
  if (file === undefined || file === '') {
    throw new CommandError('usage', 'MOORING_CODEC_KEYS is not set, so no payload could be read or written.', next);
  }
  return readKeyRing(file).catch((error: unknown) => {
    throw error instanceof SecretError ? new CommandError('usage', error.message, error.next) : error;
  });
}

function attributesOf(operation: string, { connectionKey, target }: ConnectionRequest) {
  return [
    { key: searchAttributes.phase, value: 'preparing' },
    { key: searchAttributes.platform, value: target.technology },
    { key: searchAttributes.operation, value: operation },
    { key: searchAttributes.connectionKey, value: connectionKey },
  ];
}
