import { expect, test } from 'vitest';
import { findRun } from '../../client/find-run.js';
import type { RunState } from '../../client/run-state.js';

const acme = 'connection/acme.example.com/snow_prod';
const run = (runId: string, change: Partial<RunState> = {}): RunState => ({
  workflowId: acme,
  runId,
  operation: 'register',
  connectionKey: 'snow_prod',
  status: 'COMPLETED',
  phase: 'ended',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: undefined,
  requester: undefined,
  requestSha256: undefined,
  gate: undefined,
  digest: undefined,
  outcome: undefined,
  unreadable: false,
  steps: [],
  ...change,
});
/** A Temporal that has these runs, newest first; without a run ID it describes the newest of a workflow ID, which is the open one where there is one. */
const temporalWith = (...runs: readonly RunState[]) => ({
  list: async (filter: string) => runs.filter(({ connectionKey, runId }) => filter.includes(`"${connectionKey}"`) || filter.includes(`"${runId}"`)),
  describe: async ({ workflowId, runId }: { readonly workflowId: string; readonly runId?: string | undefined }) => {
    const found = runs.find((each) => each.workflowId === workflowId && (runId === undefined || each.runId === runId));
    if (found === undefined) throw new Error('unknown to this Temporal');
    return found;
  },
});

test('A connectionKey is its newest run', async () => {
  expect((await findRun(temporalWith(run('open', { status: 'RUNNING' }), run('last')), 'snow_prod')).runId).toBe('open');
});

test('A workflow ID is its newest run, a run ID just that run', async () => {
  const temporal = temporalWith(run('newest'), run('first'));

  expect((await findRun(temporal, acme)).runId).toBe('newest');
  expect((await findRun(temporal, 'first')).runId).toBe('first');
});

test('A connectionKey that several tenants know is refused with their workflow IDs', async () => {
  const other = 'connection/other.example.com/snow_prod';

  await expect(findRun(temporalWith(run('a'), run('b', { workflowId: other })), 'snow_prod')).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(`${acme}, ${other}`),
  });
});

test('A key that differs from another only in case finds its own run', async () => {
  const temporal = temporalWith(run('theirs', { connectionKey: 'Snow_Prod' }), run('ours'));

  expect((await findRun(temporal, 'snow_prod')).runId).toBe('ours');
});

test('A name that no run has is said to be unknown', async () => {
  await expect(findRun(temporalWith(), 'snow_prod')).rejects.toMatchObject({ kind: 'not-found', message: 'There is no run of "snow_prod".' });
});
