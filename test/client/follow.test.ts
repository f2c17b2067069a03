import { expect, test } from 'vitest';
import { CommandError } from '../../client/command-error.js';
import { followRun } from '../../client/follow.js';
import type { RunState } from '../../client/run-state.js';

const waiting = { workflowId: 'w', runId: 'r', status: 'RUNNING', phase: 'awaiting-decision' } as RunState;
const stuck = { ...waiting, phase: 'needs-attention' } as RunState;
const ended = { ...waiting, status: 'COMPLETED', phase: 'ended' } as RunState;

/** A run that is in these states one after the other, and then stays in the last. */
function runThrough(...states: readonly (RunState | CommandError)[]) {
  let at = 0;
  return {
    describe: async () => {
      const state = states[Math.min(at++, states.length - 1)];
      if (state === undefined || state instanceof Error) throw state ?? new Error('no state');
      return state;
    },
    planOf: async () => undefined,
  };
}
const follow = (run: ReturnType<typeof runThrough>, options: { stay?: boolean; limitMs?: number; signal?: AbortSignal } = {}) => {
  const told: string[] = [];
  const followed = followRun(run, waiting, {
    signal: new AbortController().signal,
    stay: false,
    onState: ({ phase }) => told.push(phase ?? 'unknown'),
    onSilence: () => told.push('silence'),
    ...options,
  });
  return followed.then(({ because }) => ({ because, told }));
};

test('A run is followed to its end, past every decision', async () => {
  expect(await follow(runThrough(waiting, ended))).toEqual({ because: 'ended', told: ['awaiting-decision', 'ended'] });
});

test('A run that needs a person is left, unless somebody stays', async () => {
  expect((await follow(runThrough(stuck, ended))).because).toBe('needs-attention');
  expect((await follow(runThrough(stuck, ended), { stay: true })).because).toBe('ended');
});

test('A time to wait ends the following, and none looks once', async () => {
  expect(await follow(runThrough(waiting), { limitMs: 0 })).toEqual({ because: 'waited', told: ['awaiting-decision'] });
  expect((await follow(runThrough(waiting), { stay: true, limitMs: 30 })).because).toBe('waited');
});

test('Whoever lets go is detached', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);

  expect((await follow(runThrough(waiting), { signal: controller.signal })).because).toBe('detached');
});

test('A server that is silent for a moment is told of once and asked again', async () => {
  const silent = new CommandError('temporal-unreachable', 'gone', 'wait');

  expect((await follow(runThrough(waiting, silent, silent, ended))).told).toEqual(['awaiting-decision', 'silence', 'ended']);
});

test('A server that refuses ends it at once', async () => {
  await expect(follow(runThrough(new CommandError('temporal-refused', 'no', 'ask')))).rejects.toMatchObject({ kind: 'temporal-refused' });
});
