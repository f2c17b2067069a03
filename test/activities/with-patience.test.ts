import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { applicationFailure, refusal } from '../../activities/application-failure.js';
import { withPatience } from '../../activities/with-patience.js';
import type { FailureKind } from '../../rules/failure-kind.js';
import { request } from './script-on-platform.js';

/** The failure of an attempt, of a run whose verify deadline is a minute. */
async function failureOf(
  kind: FailureKind,
  { attempt, elapsedMs }: { readonly attempt: number; readonly elapsedMs: number },
): Promise<ApplicationFailure> {
  const step = withPatience(async (_input: { readonly request: typeof request }): Promise<never> => {
    expect(activityInfo().attempt).toBe(attempt);
    throw applicationFailure(refusal(kind, 'It is away.', 'Wait.'), 'runScript', { sent: { at: '2026-12-01T12:00:00.000Z' } });
  });
  const logger = new DefaultLogger('ERROR', () => undefined);
  const environment = new MockActivityEnvironment({ attempt, scheduledTimestampMs: Date.now() - elapsedMs }, { logger });
  const failure = await environment.run(step, { request }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error('It did not fail as a step fails.');
}

describe('a step with patience', () => {
  it('is tried again while the verify deadline lasts', async () => {
    expect((await failureOf('unreachable', { attempt: 8, elapsedMs: 26_000 })).nonRetryable).toBe(false);
  });

  it('ends with the same failure, for good, when the next attempt would come too late', async () => {
    const [first, last] = [
      await failureOf('unreachable', { attempt: 1, elapsedMs: 0 }),
      await failureOf('unreachable', { attempt: 9, elapsedMs: 52_000 }),
    ];

    expect(last).toMatchObject({ nonRetryable: true, type: first.type, message: first.message, details: first.details });
  });

  it('is not tried again for what time does not cure', async () => {
    expect((await failureOf('permission-missing', { attempt: 1, elapsedMs: 0 })).nonRetryable).toBe(true);
  });
});
