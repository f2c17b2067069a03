import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { Plan } from '../../domain/plan.js';
import { readKeyRing } from '../../secrets/key-ring.js';
import { createDataConverter } from '../../temporal/data-converter.js';
import type { Finished } from '../client/run-mooring.js';
import { runMooring, startMooring } from '../client/run-mooring.js';
import { runCommand } from './run-command.js';

// The product's workflows on a real server, with activities that only say what the real ones would: the command line is what is judged here.
const digest = 'ab12cd34ef56'.padEnd(64, '0');
const plan: Plan = {
  digest,
  planSha256: 'f'.repeat(64),
  summary: 'Creates one database.',
  target: { platform: 'Snowflake', host: '127.0.0.1', database: 'IMMUTA' },
  privilegedUser: 'MOORING_ADMIN as ACCOUNTADMIN',
  dangers: ['Grants MANAGE GRANTS: account-wide.'],
  classes: { create: 1, grant: 1, drop: 1 },
  scripts: [
    {
      purpose: 'bootstrap',
      sha256: 'a'.repeat(64),
      statements: [
        { index: 0, line: 1, class: 'create', text: 'CREATE DATABASE IMMUTA', sha256: 'b'.repeat(64), repeatable: false },
        { index: 1, line: 2, class: 'grant', text: 'GRANT MANAGE GRANTS\nON ACCOUNT TO ROLE X', sha256: 'c'.repeat(64), repeatable: true },
      ],
    },
    {
      purpose: 'cleanup',
      sha256: 'd'.repeat(64),
      statements: [{ index: 0, line: 1, class: 'drop', text: 'DROP DATABASE IMMUTA', sha256: 'e'.repeat(64), repeatable: true }],
    },
  ],
};
const sealed = { platform: 'Snowflake', sha256: 'a'.repeat(64), statementHashes: ['b'.repeat(64), 'c'.repeat(64)], sealed: 'k:AA==' } as const;

let folder: string;
let environment: Record<string, string>;
let connection: NativeConnection;
let workers: Worker[];
let running: Promise<unknown>;
let createFails: boolean;
let keys = 0;
let key: string;
const taskQueue = `command-line-${process.pid}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-command-line-'));
  const codecKeys = join(folder, 'codec.keys');
  await writeFile(codecKeys, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const timing = join(folder, 'timing.json');
  await writeFile(timing, JSON.stringify({ quietPeriod: '1ms', heartbeatTimeout: '10s', verifyDeadline: '1m', pollInterval: '50ms' }));
  const address = inject('temporalAddress');
  environment = {
    TEMPORAL_ADDRESS: address,
    MOORING_CODEC_KEYS: codecKeys,
    MOORING_TIMING: timing,
    MOORING_TASK_QUEUE: taskQueue,
    MOORING_ACTOR: 'asks@example.com',
  };
  connection = await NativeConnection.connect({ address });
  const common = { connection, dataConverter: createDataConverter(await readKeyRing(codecKeys), 'default') };
  const journal = { acknowledgedThrough: 1, mayHaveSentThrough: 1, creations: [], skipped: 0 };
  const immuta = {
    preparePlan: () => ({
      kind: 'plan',
      plan,
      policy: { asked: 'approval', effective: 'approval', because: 'asked for' },
      bootstrap: { ...sealed, purpose: 'bootstrap' },
    }),
    createConnection: () => {
      const failure = { kind: 'conflict', message: 'Immuta refused the connection.', next: 'Choose another key.', step: 'createConnection' };
      if (createFails) throw ApplicationFailure.create({ type: failure.kind, message: failure.message, nonRetryable: true, details: [{ failure }] });
      return { integrationId: 7, sentAt: new Date().toISOString() };
    },
    inspectRegistration: () => ({ connection: 'absent', integration: 'absent' }),
  };
  const platform = {
    preflightPlatform: () => ({ identity: { user: 'MOORING_ADMIN', role: 'ACCOUNTADMIN' }, checks: [], existing: [] }),
    runScript: () => ({ statements: 2, ran: 2, skipped: 0, journal, queryIds: [] }),
    inspectPlatform: () => [{ object: { kind: 'database', name: 'IMMUTA' }, exists: true }],
  };
  const workflowBundle = { codePath: fileURLToPath(new URL('../../workflow-bundle.cjs', import.meta.url)) };
  workers = await Promise.all([
    Worker.create({ ...common, taskQueue, activities: immuta, workflowBundle }),
    Worker.create({ ...common, taskQueue: `${taskQueue}-platform`, activities: platform }),
  ]);
  running = Promise.all(workers.map((worker) => worker.run()));
});

afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await connection.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  createFails = false;
  key = `key_${process.pid}_${++keys}`;
  await writeFile(join(folder, 'mooring.yaml'), manifest(key));
});

const mooring = (...args: string[]): Promise<Finished> => runMooring(args, { folder, environment });
const json = (finished: Finished): Record<string, unknown> => JSON.parse(finished.stdout) as Record<string, unknown>;

/** What leads up to the command that is judged, or looks at what it did: without a process of its own, which takes a third of a second of a core. */
const aside = (...args: string[]): Promise<Finished> => runCommand(args, { folder, environment });

async function registered(): Promise<void> {
  expect((await aside('register', key, '--no-wait')).exitCode).toBe(7);
  await expect.poll(async () => json(await aside('status', key, '--json'))['phase'], { timeout: 15_000 }).toBe('awaiting-decision');
}

describe('a run that waits for a decision', () => {
  test('is listed as pending, shown with its plan, and registered once it is approved by twelve digits', async () => {
    await registered();

    const pending = json(await mooring('pending', '--json'))['pending'] as Record<string, unknown>[];
    const shown = await mooring('show', key);
    const approved = await mooring('approve', key, '--digest', digest.slice(0, 12), '--as', 'decides@example.com', '--json');
    const watched = await mooring('watch', key);

    expect(pending.find(({ connectionKey }) => connectionKey === key)).toMatchObject({ kind: 'decision', digest, requestedBy: 'asks@example.com' });
    expect(shown.stdout).toContain('Grants MANAGE GRANTS');
    expect(shown.stdout).toMatch(/ 2 {2}grant {3}GRANT MANAGE GRANTS\n +ON ACCOUNT TO ROLE X\n/);
    expect(shown.stderr).toContain(`mooring approve ${key} --digest ${digest.slice(0, 12)}`);
    expect(json(approved)).toEqual({ v: 1, accepted: true });
    expect(watched.exitCode).toBe(0);
    expect(
      watched.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { phase: string }).phase),
    ).toContain('ended');
    const status = json(await mooring('status', key, '--json'));
    expect(status).toMatchObject({
      v: 1,
      outcome: 'registered',
      connectionKey: key,
      integrationId: 7,
      decisions: [{ by: 'decides@example.com', verdict: 'approve' }],
    });
  });

  test('refuses another digest with exit code 4 and goes on waiting', async () => {
    await registered();

    const refused = await mooring('approve', key, '--digest', '000000000000', '--json');

    expect(refused.exitCode).toBe(4);
    expect(json(refused)).toMatchObject({ v: 1, accepted: false });
    expect(json(await aside('status', key, '--json'))['phase']).toBe('awaiting-decision');
  });

  test('ends as rejected, and the command that follows it with exit code 3', async () => {
    await registered();

    await mooring('reject', key, '--comment', 'not this week');
    const followed = await mooring('watch', key, '--json');

    expect(followed.exitCode).toBe(3);
  });

  test('ends as cancelled with exit code 10 for who follows it', async () => {
    await registered();

    const cancelled = await mooring('cancel', key, '--json');
    const followed = await mooring('watch', key);

    expect(cancelled.exitCode).toBe(0);
    expect(json(cancelled)).toMatchObject({ v: 1, accepted: true, phase: 'awaiting-decision' });
    expect(followed.exitCode).toBe(10);
    expect(json(await mooring('cancel', key, '--json'))).toMatchObject({ accepted: false, phase: 'ended' });
  });

  test('is joined by the same request of another person, and holds the connection against a different one', async () => {
    await registered();

    const joined = await mooring('register', key, '--no-wait', '--as', 'other@example.com');
    await writeFile(join(folder, 'mooring.yaml'), manifest(key).replace('IMMUTA_WH', 'OTHER_WH'));
    const held = await mooring('register', key, '--json');

    expect(joined.exitCode).toBe(7);
    expect(joined.stderr).toContain('joined');
    expect(held.exitCode).toBe(8);
    expect(held.stdout).toContain('asks@example.com');
    expect(held.stdout).toContain('awaiting-decision');
  });

  test('goes on when the person who follows it presses Ctrl-C', async () => {
    await registered();
    const following = startMooring(['register', key], { folder, environment });
    await following.heard('mooring approve');

    following.process.kill('SIGINT');
    const detached = await following.ended;

    expect(detached.exitCode).toBe(130);
    expect(detached.stderr).toContain(`mooring watch ${key}`);
    expect(json(await aside('status', key, '--json'))['phase']).toBe('awaiting-decision');
  });
});

test('A run that needs attention ends the following command with exit code 6, and resolve settles it', async () => {
  createFails = true;
  await registered();
  await aside('approve', key, '--digest', digest);

  const followed = await mooring('watch', key);
  const status = json(await mooring('status', key, '--json'));
  const wrong = await mooring('resolve', key, 'ran', '--comment', 'guessing', '--json');
  const resolved = await mooring('resolve', key, 'abandon', '--comment', 'removed by hand', '--json');
  const ended = await mooring('watch', key);

  expect(followed.exitCode).toBe(6);
  expect(status).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
  expect(wrong.exitCode).toBe(4);
  expect(json(resolved)).toEqual({ v: 1, accepted: true });
  expect(ended.exitCode).toBe(6);
  expect(json(await aside('status', key, '--json'))).toMatchObject({ outcome: 'abandoned' });
});

test('Plan shows what would run and starts nothing that list shows', async () => {
  const planned = await mooring('plan', key, '--json', '--detailed-exitcode');
  const listed = json(await mooring('list', '--json'))['runs'] as { connectionKey: string }[];

  expect(planned.exitCode).toBe(2);
  expect(json(planned)).toMatchObject({
    v: 1,
    plan: { summary: 'Creates one database.', scripts: [{ purpose: 'bootstrap' }, { purpose: 'cleanup' }] },
  });
  expect(listed.filter(({ connectionKey }) => connectionKey === key)).toEqual([]);
});

test('Nothing is started while no worker asks for work', async () => {
  const finished = await runMooring(['register', key, '--json'], { folder, environment: { ...environment, MOORING_TASK_QUEUE: 'nobody-here' } });

  expect(finished.exitCode).toBe(9);
  expect(finished.stdout).toContain('no-worker');
});

test('A run nobody knows is said to be unknown', async () => {
  const finished = await mooring('status', 'never_heard_of', '--json');

  expect(finished.exitCode).toBe(1);
  expect(finished.stdout).toContain('not-found');
});

function manifest(connectionKey: string): string {
  return `immuta: { url: 'https://acme.hosted.immutacloud.com', secret: 'env:IMMUTA_API_KEY' }
connections:
  ${connectionKey}:
    technology: Snowflake
    host: acme.snowflakecomputing.com
    warehouse: IMMUTA_WH
    database: IMMUTA
    systemAccount: { authenticationType: userPassword, username: A, password: 'env:IMMUTA_A', role: R }
    privilegedUser: { authenticationType: userPassword, username: B, password: 'env:SNOWFLAKE_B', role: ACCOUNTADMIN }
`;
}
