import { CommandError } from './command-error.js';
import type { Connections } from './connections.js';

const patienceMs = 5_000; // a worker that starts beside us is there by then
const pauseMs = 250;
const freshMs = 75_000; // a long poll lasts a minute; what has not polled for longer is gone

/** Throws a `CommandError` of kind `no-worker` unless both task queues are served: a run nobody carries out would only hold its connection. */
export async function checkWorkers(connections: Pick<Connections, 'newestPoll'>, taskQueue: string): Promise<void> {
  const wanted = [
    { queue: taskQueue, kind: 'workflow' },
    { queue: taskQueue, kind: 'activity' },
    { queue: `${taskQueue}-platform`, kind: 'activity' },
  ] as const;
  const end = performance.now() + patienceMs;
  let missing: readonly string[] = [];
  do {
    const served = await Promise.all(wanted.map(async ({ queue, kind }) => ({ queue, at: await connections.newestPoll(queue, kind) })));
    missing = [...new Set(served.filter(({ at }) => at === undefined || Date.now() - at > freshMs).map(({ queue }) => queue))];
    if (missing.length === 0) return;
    await new Promise((wake) => setTimeout(wake, pauseMs));
  } while (performance.now() < end);
  throw new CommandError(
    'no-worker',
    `No worker asks for work on the task queue ${missing.map((queue) => `"${queue}"`).join(' and ')}, so nothing was started.`,
    'Start one with "mooring worker" (or "mooring dev"), or use --no-worker-check to start the run and let it wait.',
  );
}
