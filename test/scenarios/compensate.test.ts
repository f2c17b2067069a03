import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executed, leftBehind, openStage, pending, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 120_000);
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

const create = 'immuta:POST /data/connection';

describe('a registration that fails', () => {
  it('is undone when Immuta refuses it with 422: the cleanup script runs and nothing is left', async () => {
    await stage.control.faults([{ where: create, nth: 0, kind: 'status', status: 422 }]);
    await stage.writeManifest('refused');

    const { exitCode, json } = await stage.register('refused');

    expect(json).toMatchObject({ outcome: 'compensated', failure: { kind: 'validation-failed' }, leftBehind: [] });
    expect(exitCode).toBe(1);
    expect((await executed(stage, 'cleanup')).length).toBeGreaterThan(0);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('is undone when a statement fails in the middle', async () => {
    await stage.control.faults([{ where: 'snowflake:write', nth: 15, kind: 'refuse', code: '003001' }]);
    await stage.writeManifest('middle');

    const { exitCode, json } = await stage.register('middle');

    expect(json).toMatchObject({
      outcome: 'compensated',
      failure: { kind: 'permission-missing', message: expect.stringMatching(/Statement \d+ of \d+/) },
    });
    expect(exitCode).toBe(1);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('registers once when the answer to the POST is lost', async () => {
    await stage.control.faults([{ where: create, nth: 1, kind: 'drop-after' }]);
    await stage.writeManifest('lost');

    const { exitCode, json } = await stage.register('lost');

    expect(json.outcome).toBe('registered');
    expect(exitCode).toBe(0);
    const posts = (await stage.control.ledger()).filter(
      ({ kind, method, route }) => kind === 'request' && method === 'POST' && route === '/data/connection',
    );
    expect(posts).toHaveLength(1);
  });

  it('sends the POST again when the first one never arrived', async () => {
    await stage.control.faults([{ where: create, nth: 1, kind: 'drop-before' }]);
    await stage.writeManifest('dropped');

    const { json } = await stage.register('dropped');

    expect(json.outcome).toBe('registered');
  });

  it('needs a person when the integration of our connection ends in an error, and never deletes by itself', async () => {
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.writeManifest('create_error');

    const { exitCode, json } = await stage.register('create_error');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    const { attention } = await pending(stage, 'create_error');
    expect(attention?.id).toBe('undo-1');
    const answer = await stage.mooring(
      'resolve',
      'create_error',
      'abandon',
      '--comment',
      'will see to it by hand',
      '--as',
      'operator@example.com',
      '--json',
    );
    expect(answer.exitCode).toBe(0);
    const result = (await stage.handle('create_error').result()) as { outcome: string; leftBehind: string[] };
    expect(result.outcome).toBe('abandoned');
    expect(result.leftBehind).toContain('connection create_error');
    await stage.control.switches({ creationEnding: 'enabled' });
  });

  it('never drops a database that was there before', async () => {
    await stage.writeManifest('first');
    await stage.register('first');
    const before = (await stage.control.objects()).snowflake.length;
    await stage.control.faults([
      { where: 'immuta:GET /integrations', nth: 0, kind: 'status', status: 200, body: '[]', headers: { 'content-type': 'application/json' } },
    ]);
    await stage.writeManifest('second');

    const { exitCode, json } = await stage.register('second');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'already-exists', message: expect.stringContaining('IMMUTA') } });
    expect(exitCode).toBe(1);
    expect((await stage.control.objects()).snowflake).toHaveLength(before);
  });
});
