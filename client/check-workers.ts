import type { Client } from '@temporalio/client';
import { CommandError } from './command-error.js';

const patienceMs = 5_000; // a worker that starts beside us is there by then
const pauseMs = 250;
const freshMs = 75_000; // a long poll lasts a minute; what has not polled for longer is gone

/** When workers last asked for work on a queue; long polls last a minute. */
export type NewestPoll = (queue: string, kind: 'workflow' | 'activity') => Promise<number | undefined>;

/** Throws a `CommandError` of kind `no-worker` unless both task queues are served: a run nobody carries out would only hold its connection. */
export async function checkWorkers(connections: { readonly newestPoll: NewestPoll }, taskQueue: string): Promise<void> {
  const missing = await unservedQueues(connections.newestPoll, taskQueue);
  if (missing.length === 0) return;
  throw new CommandError(
    'no-worker',
    `No worker asks for work on the task queue${missing.length === 1 ? '' : 's'} ${missing.map((queue) => `"${queue}"`).join(' and ')}, so nothing was started.`,
    'Start one with "mooring worker" (or "mooring dev"), or use --no-worker-check to start the run and let it wait.',
  );
}

/** The task queues that no worker serves, after some seconds of looking; none if all is well. */
export async function unservedQueues(poll: NewestPoll, taskQueue: string, patience = patienceMs): Promise<readonly string[]> {
  const wanted = [
    { queue: taskQueue, kind: 'workflow' },
    { queue: taskQueue, kind: 'activity' },
    { queue: `${taskQueue}-platform`, kind: 'activity' },
  ] as const;
  const end = performance.now() + patience;
  for (;;) {
    const served = await Promise.all(wanted.map(async ({ queue, kind }) => ({ queue, at: await poll(queue, kind) })));
    const missing = [...new Set(served.filter(({ at }) => at === undefined || Date.now() - at > freshMs).map(({ queue }) => queue))];
    if (missing.length === 0 || performance.now() >= end) return missing;
    await new Promise((wake) => setTimeout(wake, pauseMs));
  }
}

export async function newestPoll(
  service: Client['workflowService'],
  namespace: string,
  queue: string,
  kind: 'workflow' | 'activity',
): Promise<number | undefined> {
  const answer = await service.describeTaskQueue({ namespace, taskQueue: { name: queue }, taskQueueType: kind === 'workflow' ? 1 : 2 });
  const times = (answer.pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000);
  return times.length === 0 ? undefined : Math.max(...times);
}
