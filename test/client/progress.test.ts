import { describe, expect, test } from 'vitest';
import { effectOfCancel } from '../../client/commands/cancel.js';
import { decidable } from '../../client/decide-run.js';
import { errorExitCode, outcomeExitCode, phaseExitCode } from '../../client/exit-code.js';
import { progressOf, shortDuration } from '../../client/progress.js';
import type { RunState } from '../../client/run-state.js';
import { words } from '../../client/safe-text.js';
import { TaskList } from '../../client/task-list.js';
import { phases } from '../../rules/phase.js';

const digest = 'ab12cd34ef56'.padEnd(64, '0');
const waiting: RunState = {
  workflowId: 'connection/acme.example.com/snow_prod',
  runId: 'run',
  operation: 'register',
  connectionKey: 'snow_prod',
  status: 'RUNNING',
  phase: 'awaiting-decision',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: undefined,
  requester: 'asks@example.com',
  requestSha256: undefined,
  gate: {
    kind: 'decision',
    digest,
    requestedBy: 'asks@example.com',
    requestedAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-01T02:03:00.000Z',
    summary: '',
    classes: {},
  },
  digest,
  outcome: undefined,
  unreadable: false,
  steps: [],
};
const statement = (index: number, text: string) => ({ index, line: index + 1, class: 'create' as const, text, sha256: '', repeatable: false });
const running: RunState = {
  ...waiting,
  phase: 'running',
  gate: undefined,
  plan: {
    planSha256: '',
    summary: '',
    target: { platform: 'Snowflake', host: 'h', database: 'd' },
    privilegedUser: 'a',
    dangers: [],
    classes: {},
    scripts: [
      {
        purpose: 'bootstrap',
        sha256: '',
        statements: [statement(0, 'CREATE ROLE A'), statement(1, 'CREATE\n  ROLE   B'), statement(2, 'CREATE ROLE C')],
      },
    ],
  },
  steps: [
    {
      activity: 'runScript',
      attempt: 1,
      journal: { acknowledgedThrough: 0, mayHaveSentThrough: 2, creations: [], skipped: 0 },
      sent: false,
      lastFailure: undefined,
    },
  ],
};

describe('Progress', () => {
  test('says how long is left to decide', () => {
    expect(progressOf(waiting, Date.parse('2026-01-01T00:00:00Z'))).toMatchObject({
      phase: 'awaiting-decision',
      message: 'waits for a decision on the plan with digest ab12cd34ef56, 2 h 3 m left',
    });
  });

  test('names the statement under way by its number and first words', () => {
    expect(progressOf(running, 0)).toEqual({ phase: 'running', statement: 2, of: 3, message: 'statement 2 of 3: CREATE ROLE B' });
  });

  test('says which attempt it is and why the last one failed', () => {
    const again = { ...running, steps: running.steps.map((step) => ({ ...step, attempt: 3, lastFailure: 'the worker went away' })) };

    expect(progressOf(again, 0).message).toContain('(attempt 3; the one before: the worker went away)');
  });

  test('says of a run that was terminated that nobody undid anything', () => {
    expect(progressOf({ ...waiting, status: 'TERMINATED' }, 0)).toMatchObject({ phase: 'ended', message: 'ended from outside (terminated)' });
  });
});

describe('The task list', () => {
  const plain = (_style: unknown, text: ReturnType<typeof words>) => text;

  test('marks what is done, what is under way with a bar, and what is to come', () => {
    const list = new TaskList('register');
    list.update({ phase: 'preparing', message: 'prepares' }, 0);
    list.update(progressOf(running, 0), 5_000);

    const lines = list.lines(100, 8_000, plain).map(String);

    expect(lines[0]).toMatch(/^✔ Prepare the plan/);
    expect(lines[2]).toMatch(/^. Run the bootstrap script {2}\[█+░+\] statement 2 of 3: CREATE ROLE B, 3 s$/);
    expect(lines[3]).toMatch(/^· Register/);
  });

  test('asks for a cleanup script that is run elsewhere where it is due, not at the decision that lies behind', () => {
    const gate = { ...waiting.gate, attention: { id: 'external-cleanup', reason: '', since: '', choices: ['ran'], left: [] } } as RunState['gate'];
    const asked = progressOf({ ...waiting, operation: 'deregister', gate }, 0);
    const [out, undo] = [new TaskList('deregister'), new TaskList('register')];
    out.update(asked, 0);
    undo.update(progressOf(running, 0), 0);
    undo.update(progressOf({ ...waiting, gate }, 0), 1_000);

    expect(out.lines(120, 0, plain).map((line) => String(line).slice(0, 1))).toEqual(['✔', '✔', '✔', '!']);
    expect(out.lines(120, 0, plain).map(String).at(-1)).toMatch(
      /^! Run the cleanup script, verify {2}waits until somebody ran the cleanup script elsewhere/,
    );
    expect(undo.lines(120, 1_000, plain).map(String).at(-1)).toMatch(/^! Undo {2}waits until somebody ran the cleanup script elsewhere/);
  });

  test('marks every step as done when a run was registered between two looks', () => {
    const list = new TaskList('register');
    list.update(progressOf(running, 0), 0);
    list.update({ phase: 'ended', message: 'registered' }, 1_000);

    expect(list.lines(100, 1_000, plain).map((line) => String(line).slice(0, 1))).toEqual(['✔', '✔', '✔', '✔']);
  });

  test('marks no step as done that a rejected run never came to', () => {
    const list = new TaskList('register');
    list.update({ phase: 'awaiting-decision', message: 'waits' }, 0);
    list.update({ phase: 'ended', message: 'rejected' }, 1_000);

    expect(list.lines(100, 1_000, plain).map((line) => String(line).slice(0, 1))).toEqual(['✔', '✔', '·', '·']);
  });

  test('shows the step that failed as failed while the run undoes', () => {
    const list = new TaskList('register');
    list.update(progressOf(running, 0), 0);
    list.update({ phase: 'undoing', message: 'looks' }, 1_000);

    const lines = list.lines(100, 2_000, plain).map(String);

    expect(lines.find((line) => line.includes('bootstrap'))).toMatch(/^✖/);
    expect(lines.at(-1)).toContain('Undo');
  });

  test('blames no step for an undo that had begun when it looked again', () => {
    const list = new TaskList('register');
    list.update({ phase: 'preparing', message: 'prepares' }, 0);
    list.update({ phase: 'undoing', message: 'looks' }, 1_000);

    expect(list.lines(100, 2_000, plain).map((line) => String(line).slice(2, 18))).toEqual(['Prepare the plan', 'Undo  looks, 1 s']);
    expect(String(list.lines(100, 2_000, plain)[0])).toMatch(/^✔/);
  });

  test('shows how long a step takes, however long its words are', () => {
    const list = new TaskList('register');
    list.update({ phase: 'running', statement: 2, of: 3, message: `statement 2 of 3: ${'CREATE '.repeat(20)}` }, 0);

    for (const width of [60, 80, 100]) expect(String(list.lines(width, 65_000, plain)[2])).toMatch(/CRE.*…, 1 m 5 s$|…, 1 m 5 s$/);
  });

  test('never writes a line wider than the terminal', () => {
    const list = new TaskList('register');
    list.update({ phase: 'preparing', message: 'x'.repeat(300) }, 0);

    for (const line of list.lines(60, 0, plain)) expect(Array.from(String(line)).length).toBeLessThanOrEqual(60);
  });
});

describe('A decision', () => {
  test('sends all digits for the first twelve', () => {
    expect(decidable(waiting, digest.slice(0, 12))).toBe(digest);
    expect(decidable(waiting, digest)).toBe(digest);
  });

  test.each([
    ['another digest', waiting, '000000000000', 'has the digest ab12cd34ef56, not 000000000000'],
    ['a run that goes on already', running, digest, 'not waiting for a decision now; its phase is running'],
    ['a run that ended', { ...waiting, status: 'COMPLETED' as const }, digest, 'The run ended'],
    ['a run that needs attention', { ...waiting, gate: { ...waiting.gate, kind: 'attention' } as RunState['gate'] }, digest, 'mooring resolve'],
  ])('is refused for %s', (_case, state, typed, reason) => {
    expect(decidable(state, typed)).toEqual({ reason: expect.stringContaining(reason) as string });
  });
});

test('Cancel has an effect exactly where the table says so', () => {
  const accepted = phases.filter((phase) => effectOfCancel(phase).accepted);

  expect(accepted).toEqual(['preparing', 'awaiting-decision', 'running', 'registering']);
});

test('Every exit code is the one of the table', () => {
  const outcomes = ['registered', 'deregistered', 'unchanged', 'rejected', 'expired', 'cancelled', 'failed', 'compensated', 'abandoned'] as const;

  expect(outcomes.map(outcomeExitCode)).toEqual([0, 0, 0, 3, 5, 10, 1, 1, 6]);
  expect([phaseExitCode('needs-attention'), phaseExitCode('running')]).toEqual([6, 7]);
  expect((['usage', 'manifest', 'refused', 'no-worker', 'temporal-unreachable', 'connection-held'] as const).map(errorExitCode)).toEqual([
    64, 64, 4, 9, 9, 8,
  ]);
});

test('A duration shows its two largest units', () => {
  expect([0, 59_999, 61_000, 3_600_000, 100_000_000].map(shortDuration)).toEqual(['0 s', '59 s', '1 m 1 s', '1 h', '1 d 3 h']);
});
