import { ActivityCancellationDetails } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { openRecord, type HeartbeatRecord } from '../../activities/awaited-heartbeat.js';

/** An activity that has opened its record and waits; the SDK tells it of a cancellation as it does: from outside of the activity. */
async function waiting(): Promise<{ readonly environment: MockActivityEnvironment; readonly record: HeartbeatRecord<string> }> {
  const client = { activity: { heartbeat: async () => undefined }, withAbortSignal: (_signal: AbortSignal, call: () => unknown) => call() };
  const environment = new MockActivityEnvironment({}, { client: client as unknown as Client, logger: new DefaultLogger('ERROR', () => undefined) });
  const open = async (): Promise<HeartbeatRecord<string>> => openRecord<string>((details) => details);
  const record = (await environment.run(open)) as HeartbeatRecord<string>;
  return { environment, record };
}

describe('an activity with a record', () => {
  it('hears from the SDK that its run was cancelled', async () => {
    const { environment, record } = await waiting();

    environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));

    expect([record.stop.aborted, record.cancelled()]).toEqual([true, true]);
  });

  it('hears that its worker shuts down, and does not take it for a cancellation', async () => {
    const { environment, record } = await waiting();

    environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));

    expect([record.stop.aborted, record.cancelled()]).toEqual([true, false]);
  });
});
