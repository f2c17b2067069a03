import { openConnections } from '../client/connections.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { connectionWorkflowId } from '../rules/workflow-id.js';
import { deregistrationRequest, registrationRequest } from './request.js';
import type { Stage } from './stage.js';

export interface ProductSide {
  /** From the start by a Temporal client to the result. */
  register(key: string): Promise<void>;
  /** The same, of a connection that stands. */
  deregister(key: string): Promise<void>;
  /** Of the newest run. */
  historyEvents(): Promise<number>;
  close(): Promise<void>;
}

/** The product in a worker of its own. */
export async function startProduct({ sandbox, temporal }: Stage): Promise<ProductSide> {
  const worker = await sandbox.startWorker();
  const connections = await openConnections({
    environment: { ...sandbox.commandEnvironment },
    taskQueue: 'mooring',
    timing: registrationRequest(sandbox, 'timing').timing,
    dev: undefined,
  });
  let newest = '';
  const run = async (request: ConnectionRequest, expected: string): Promise<void> => {
    const { kind } = await connections.start(request);
    if (kind !== 'started') throw new Error(`The run of ${request.connectionKey} was not started.`);
    newest = connectionWorkflowId(request.immuta.url, request.connectionKey);
    const { outcome } = (await temporal.client.workflow.getHandle(newest).result()) as { readonly outcome?: string };
    if (outcome !== expected) throw new Error(`The run of ${request.connectionKey} ended as ${outcome}, not ${expected}.`);
  };
  return {
    register: (key) => run(registrationRequest(sandbox, key), 'registered'),
    deregister: (key) => run(deregistrationRequest(sandbox, key), 'deregistered'),
    async historyEvents() {
      return (await temporal.client.workflow.getHandle(newest).fetchHistory()).events?.length ?? Number.NaN;
    },
    async close() {
      await connections.close();
      await worker.stop();
    },
  };
}
