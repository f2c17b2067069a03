// The POST of a connection: sent once, and after an answer that was lost looked for before anything is decided.
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../activities/clock.js';
import { createCreateConnection, type CreateConnectionInput, type Sent } from '../../activities/create-connection.js';
import type { ImmutaConnection, ImmutaPort } from '../../activities/ports.js';
import { portError, request } from './script-on-platform.js';

const quietPeriodMs = 30_000;
const requestMs = 100;
const timing = { quietPeriod: '30s', heartbeatTimeout: '5s', verifyDeadline: '1m', pollInterval: '1s' } as const;
const integration = { id: 7, type: 'Snowflake', status: 'enabled', host: 'acme.example', database: 'IMMUTA', complaints: [] };

interface Tenant {
  /** What it answers to each POST, and when the connection appears after it; `Infinity` never. */
  readonly posts: readonly { readonly error?: Error; readonly appearsAfterMs: number }[];
  readonly standing?: Partial<ImmutaConnection>;
  readonly clockSkewMs?: number;
}

/** One or more attempts at a time that passes by itself. */
async function attempts(tenant: Tenant, count = 1, input: Partial<CreateConnectionInput> = {}) {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const began = now;
  const clock: Clock = { ...systemClock, now: () => now, sleep: async (ms) => void (now += ms), every: () => () => undefined };
  let appears = tenant.standing === undefined ? Infinity : now;
  let posts = 0;
  const stored: (Sent | undefined)[] = [];
  const immuta = {
    clockSkewMs: tenant.clockSkewMs ?? 0,
    testConnection: async () => 'passed',
    async createConnection() {
      const answer = tenant.posts[posts++] ?? { appearsAfterMs: 0 };
      expect(stored.at(-1)?.at).toBeDefined(); // on record before it leaves
      now += requestMs;
      if (appears <= now) throw portError('conflict', false);
      appears = Math.min(appears, now + answer.appearsAfterMs);
      if (answer.error !== undefined) throw answer.error;
    },
    getConnection: async () =>
      appears <= now
        ? {
            connectionKey: 'snow',
            host: 'acme.example',
            integrationId: 7,
            createdAt: new Date(appears + (tenant.clockSkewMs ?? 0)).toISOString(),
            ...tenant.standing,
          }
        : undefined,
    listIntegrations: async () => [integration],
    getIntegration: async () => integration,
  } as unknown as ImmutaPort;
  const create = createCreateConnection({ openImmuta: () => immuta, clock });
  const client = {
    activity: { heartbeat: async (_token: unknown, details: Sent | undefined) => void stored.push(details) },
    withAbortSignal: (_signal: AbortSignal, call: () => unknown) => call(),
  } as unknown as Client;
  let outcome: unknown;
  for (let attempt = 1; attempt <= count; attempt++) {
    const heartbeatDetails = stored.at(-1);
    const environment = new MockActivityEnvironment(
      { attempt, ...(heartbeatDetails === undefined ? {} : { heartbeatDetails }) },
      { client, logger: new DefaultLogger('ERROR', () => undefined) },
    );
    outcome = await environment.run(create, { request: { ...request, timing }, ...input }).then(
      (created: unknown) => ({ created }),
      (error: unknown) => ({ error }),
    );
  }
  return { outcome, posts, waitedMs: now - began };
}

const lost = portError('unreachable', true);

describe('the POST of a connection', () => {
  it('is sent once, and what it made is read back', async () => {
    expect(await attempts({ posts: [{ appearsAfterMs: 0 }] })).toMatchObject({ posts: 1, outcome: { created: { integrationId: 7 } } });
  });

  it('whose answer was lost is not sent again where the connection stands after the quiet period', async () => {
    const { outcome, posts, waitedMs } = await attempts({ posts: [{ error: lost, appearsAfterMs: 20_000 }] });

    expect(outcome).toMatchObject({ created: { integrationId: 7 } });
    expect(posts).toBe(1);
    expect(waitedMs).toBeGreaterThanOrEqual(quietPeriodMs);
  });

  it('is sent again by another attempt, which reads back first, where it is certainly absent', async () => {
    const { outcome, posts } = await attempts({ posts: [{ error: lost, appearsAfterMs: Infinity }, { appearsAfterMs: 0 }] }, 2);

    expect(outcome).toMatchObject({ created: { integrationId: 7 } });
    expect(posts).toBe(2);
  });

  it('that arrives later than anything may is found by the 409 of the next one, and is ours', async () => {
    const arrives = 2 * quietPeriodMs + requestMs; // after it was looked for twice, while the next one is on its way
    const { outcome, posts } = await attempts({ posts: [{ error: lost, appearsAfterMs: arrives }] }, 2);

    expect(outcome).toMatchObject({ created: { integrationId: 7 } });
    expect(posts).toBe(2);
  });

  it.each<[string, Partial<ImmutaConnection>]>([
    ['made before our POST', { createdAt: '2025-12-31T23:00:00.000Z' }],
    ['on another host', { host: 'other.example' }],
    ['of an unknown time', { createdAt: undefined }],
  ])('after a lost answer finds a connection that is not ours, and touches nothing: %s', async (_what, standing) => {
    const { outcome, posts } = await attempts({ posts: [], standing }, 1, { sent: { at: '2026-01-01T00:00:00.000Z' } });

    expect(outcome).toMatchObject({ error: { type: 'conflict', nonRetryable: true } });
    expect(posts).toBe(0);
  });

  it('answered by 409 at the first try is a conflict: nothing of ours can stand there', async () => {
    const { outcome, posts } = await attempts({ posts: [], standing: {} });

    expect(outcome).toMatchObject({ error: { type: 'conflict', nonRetryable: true } });
    expect(posts).toBe(1);
  });

  it.each([600_000, -600_000])('is told from others by Immuta’s clock, %i ms from ours', async (clockSkewMs) => {
    expect(await attempts({ posts: [{ error: lost, appearsAfterMs: 0 }], clockSkewMs })).toMatchObject({ posts: 1, outcome: { created: {} } });
  });

  it('whose integration is gone already is ours all the same', async () => {
    const { outcome } = await attempts({ posts: [], standing: { integrationId: 8 } }, 1, { sent: { at: '2025-12-31T23:59:59.000Z' } });

    expect(outcome).toMatchObject({ created: {} });
  });
});
