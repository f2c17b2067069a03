import { ActivityCancellationDetails } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { openRecord, type HeartbeatRecord } from '../../activities/awaited-heartbeat.js';

/** An activity that has opened its record and waits; the SDK tells it of a cancellation as it does: from outside of the activity. */
async function waiting(
  heartbeat: (token: unknown, details: unknown) => Promise<void> = async () => undefined,
): Promise<{ readonly environment: MockActivityEnvironment; readonly record: HeartbeatRecord<string> }> {
  const client = { activity: { heartbeat }, withAbortSignal: (_signal: AbortSignal, call: () => unknown) => call() };
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

  it('stores one record after the other, so that none takes the place of a later one', async () => {
    const answers: (() => void)[] = [];
    const sent: unknown[] = [];
    const heartbeat = (_token: unknown, details: unknown): Promise<void> => {
      sent.push(details);
      return new Promise((resolve) => answers.push(resolve));
    };
    const { environment } = await waiting(heartbeat);
    const stored = environment.run(async () => {
      const record = openRecord<string>((details) => details);
      await Promise.all([record.store('first'), record.store('second')]);
    });

    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual(['first']);
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toEqual(['first', 'second']);
    answers[1]?.();
    await stored;
  });
});
