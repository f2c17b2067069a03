import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sharedStage } from './shared-stage.js';
import { executed, leftBehind, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.control.reset();
  // This role may not read the query history: after a crash nobody but a person can tell what became of the statement in flight.
  await stage.control.faults([
    { where: 'snowflake:history', nth: 0, kind: 'refuse', code: '003001' },
    // Nothing that can be looked for: no SHOW of ours tells whose it is, and when it was made.
    { where: 'snowflake:write', nth: 1, kind: 'delay', delayMs: 2_000, matching: 'CURRENT_VERSION' },
  ]);
});

/** Registers, kills the worker while its bare CREATE PROCEDURE is in flight, and lets another one find what it left. */
async function asked(key: string): Promise<void> {
  await stage.writeManifest(key);
  const following = stage.register(key);
  await until(async () => ((await written()) >= 11 ? true : undefined));
  await sleep(300);
  stage.worker.process.kill('SIGKILL');
  stage.worker = await stage.sandbox.startWorker();
  const { exitCode, json } = await following;
  expect(json).toMatchObject({
    phase: 'needs-attention',
    attention: { choices: ['ran', 'not-run', 'retry', 'undo', 'abandon'], statement: { text: expect.any(String) } },
  });
  expect(exitCode).toBe(6);
}

async function written(): Promise<number> {
  return (await stage.control.statements()).filter(({ read, status }) => read !== true && status === 'success').length;
}

const answer = (key: string, choice: string) =>
  stage.mooring('resolve', key, choice, '--comment', 'looked at SHOW PROCEDURES', '--as', 'operator@example.com');

describe('a statement of which nobody can know whether it ran', () => {
  it('waits for a person, and goes on behind it when it ran', async () => {
    await asked('it_ran');

    expect((await answer('it_ran', 'ran')).exitCode).toBe(0);

    expect(await stage.handle('it_ran').result()).toMatchObject({ outcome: 'registered' });
    const places = await executed(stage, 'bootstrap');
    expect(new Set(places).size).toBe(places.length);
  });

  it('is undone with everything else when the person says so', async () => {
    await asked('undo_it');

    await answer('undo_it', 'undo');

    await expect(stage.handle('undo_it').result()).rejects.toMatchObject({ cause: { type: 'outcome-unknown' } });
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('is undone too when the run was cancelled while the question was open, whatever the answer', async () => {
    await asked('cancelled_meanwhile');
    await stage.handle('cancelled_meanwhile').cancel();

    await answer('cancelled_meanwhile', 'ran');

    await expect(stage.handle('cancelled_meanwhile').result()).rejects.toMatchObject({ message: expect.stringMatching(/cancel/i) });
    expect(await leftBehind(stage)).toEqual([]);
  });
});
