// What must be true of Temporal before any run: a server that answers, a namespace, our search attributes, workers on both queues. It needs no key.
import type { Connection } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client/lib/errors.js';
import type { Check } from '../rules/check.js';
import { failed, passed, skipped } from '../rules/check.js';
import type { FailureKind } from '../rules/failure-kind.js';
import { searchAttributeNames } from '../rules/search-attributes.js';
import { connectTemporal } from '../temporal/connect-client.js';
import { searchAttributeCure } from '../temporal/search-attributes.js';
import { newestPoll, unservedQueues } from './check-workers.js';
import { CommandError } from './command-error.js';
import type { CommandConfig } from './config.js';
import { temporalError } from './temporal-errors.js';

export interface TemporalCheckup {
  readonly checks: readonly Check[];
  /** Whether a run of ours would be taken by a worker. */
  readonly served: boolean;
  /** Whether the namespace is known to have our search attributes. */
  readonly labelled: boolean;
}

const callTimeoutMs = 10_000; // as for every call of a command
const patienceMs = 2_000; // somebody looks on; a worker that is still starting is not there yet
const grpcNotFound = 5;
const keyword = 2; // IndexedValueType of the search attributes' API

/** Connects once. What fails is a check that failed. */
export async function checkTemporal({ environment, taskQueue }: CommandConfig): Promise<TemporalCheckup> {
  let temporal: Awaited<ReturnType<typeof connectTemporal>>;
  try {
    temporal = await connectTemporal(environment);
  } catch (error) {
    const rest = ['namespace', 'search attributes', 'workers'].map((name) => skipped(name, 'Temporal was not reached.'));
    return { checks: [failedToAsk('Temporal', error, { address: '', namespace: '' }), ...rest], served: false, labelled: false };
  }
  const { connection, address, namespace } = temporal;
  const ask = async (name: string, work: () => Promise<Check>): Promise<Check> => {
    try {
      return await connection.withDeadline(Date.now() + callTimeoutMs, work);
    } catch (error) {
      return failedToAsk(name, error, { address, namespace });
    }
  };
  try {
    const reached = await ask('Temporal', async () => {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      return passed('Temporal', `Server ${serverVersion ?? ''} answers at ${address}.`);
    });
    const space = await ask('namespace', async () => {
      const found = await connection.workflowService.describeNamespace({ namespace }).catch((error: unknown) => {
        if (isGrpcServiceError(error) && Number(error.code) === grpcNotFound) return undefined;
        throw error;
      });
      return found === undefined ? noNamespace(namespace) : passed('namespace', `The namespace "${namespace}" is there.`);
    });
    if (space.status === 'failed') {
      const rest = ['search attributes', 'workers'].map((name) => skipped(name, 'They belong to a namespace.'));
      return { checks: [reached, space, ...rest], served: false, labelled: false };
    }
    const attributes = await checkSearchAttributes(connection, namespace);
    const workers = await ask('workers', () => checkQueues(connection, namespace, taskQueue));
    return { checks: [reached, space, attributes, workers], served: workers.status === 'passed', labelled: attributes.status === 'passed' };
  } finally {
    await connection.close();
  }
}

function noNamespace(namespace: string): Check {
  const create = `temporal operator namespace create --namespace ${namespace} --retention 30d`;
  return failed(
    'namespace',
    'not-found',
    `The server has no namespace "${namespace}".`,
    `Correct TEMPORAL_NAMESPACE, or have it created:\n${create}`,
  );
}

async function checkSearchAttributes(connection: Connection, namespace: string): Promise<Check> {
  const name = 'search attributes';
  const names = Object.values(searchAttributeNames);
  const known = await connection
    .withDeadline(Date.now() + callTimeoutMs, () => connection.operatorService.listSearchAttributes({ namespace }))
    .catch(() => undefined);
  // Not everybody may ask, and Temporal Cloud answers elsewhere.
  if (known === undefined) return skipped(name, `This server does not list them to us. It must have ${names.join(', ')}, all Keyword.`);
  const missing = names.filter((each) => !(each in known.customAttributes));
  const strange = names.filter((each) => !missing.includes(each) && known.customAttributes[each] !== keyword);
  if (missing.length === 0 && strange.length === 0) return passed(name, `The namespace has ${names.join(', ')}.`);
  if (missing.length > 0)
    return failed(
      name,
      'not-found',
      `The namespace "${namespace}" lacks ${missing.join(', ')}: the server refuses every run.`,
      `Run once, as an operator of the server:\n${searchAttributeCure(namespace, missing)}`,
    );
  const remove = strange.map((each) => `temporal operator search-attribute remove --namespace ${namespace} --name ${each} --yes`).join('\n');
  return failed(
    name,
    'conflict',
    `${strange.join(', ')} must be of type Keyword and ${strange.length === 1 ? 'is' : 'are'} of another.`,
    `Run once, as an operator of the server:\n${remove}\n${searchAttributeCure(namespace, strange)}`,
  );
}

async function checkQueues(connection: Connection, namespace: string, taskQueue: string): Promise<Check> {
  const poll = (queue: string, kind: 'workflow' | 'activity') => newestPoll(connection.workflowService, namespace, queue, kind);
  const missing = await unservedQueues(poll, taskQueue, patienceMs);
  if (missing.length === 0) return passed('workers', `Workers serve the task queues ${taskQueue} and ${taskQueue}-platform.`);
  const role = missing.length > 1 ? '' : missing[0] === taskQueue ? ' --role workflows' : ' --role platform';
  return failed(
    'workers',
    'unreachable',
    `No worker asks for work on the task queue ${missing.map((queue) => `"${queue}"`).join(' and ')}.`,
    `Start one where its secrets are (and look at MOORING_TASK_QUEUE, which must be the same for all):\nmooring worker${role}`,
  );
}

const kinds: Partial<Record<CommandError['kind'], FailureKind>> = { 'temporal-unreachable': 'unreachable', usage: 'invalid-request' };

function failedToAsk(name: string, error: unknown, at: { readonly address: string; readonly namespace: string }): Check {
  const told = temporalError(error, at);
  if (!(told instanceof CommandError)) throw error;
  return failed(name, kinds[told.kind] ?? 'credential-refused', told.message, told.next);
}
