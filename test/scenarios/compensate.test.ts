import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answers, deletes, outcomeOf, resolve } from './deregistering.js';
import { runDirectly } from './elsewhere.js';
import { platformNames, platforms } from './platforms.js';
import { sharedStage } from './shared-stage.js';
import { executed, leftBehind, pending, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

const create = 'immuta:POST /data/connection';

describe.each(platformNames)('a registration on %s that fails', (platform) => {
  const { write, lacksPrivilege, database, foreign } = platforms[platform];
  beforeEach(() => {
    stage.platform = platform;
  });

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
    await stage.control.faults([{ where: write, nth: 15, kind: 'refuse', code: lacksPrivilege }]);
    await stage.writeManifest('middle');

    const { exitCode, json } = await stage.register('middle');

    expect(json).toMatchObject({
      outcome: 'compensated',
      failure: {
        kind: 'permission-missing',
        message: expect.stringMatching(/^Statement \d+ of \d+ of the bootstrap script \(line \d+, .*\) did not succeed: /),
      },
    });
    const acknowledged = (await executed(stage, 'bootstrap')).length;
    expect(json['scripts']).toContainEqual(expect.objectContaining({ purpose: 'bootstrap', ran: acknowledged, skipped: 0 }));
    expect(exitCode).toBe(1);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('takes out its connection, in the order of a deregistration, when the integration ends in an error', async () => {
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.writeManifest('create_error');

    const { exitCode, json } = await stage.register('create_error');

    expect(json).toMatchObject({ outcome: 'compensated', failure: { kind: 'validation-failed' }, leftBehind: [] });
    expect(exitCode).toBe(1);
    expect(await leftBehind(stage)).toEqual([]);
    const ledger = await stage.control.ledger();
    const fetched = ledger.findIndex(({ route }) => route === '/integrations/{id}/scripts/delete');
    const deleted = ledger.findIndex(({ method, route }) => method === 'DELETE' && route === '/data/object/{key}');
    const cleaned = ledger.findIndex(({ tag }) => tag?.includes('/cleanup/'));
    expect(0 <= fetched && fetched < deleted && deleted < cleaned).toBe(true);
  });

  it('removes an integration that was left in an error without its connection: the next registration is not refused', async () => {
    await stage.control.switches({ creationEnding: 'createError', connectionAfterCreateError: 'removed' });
    await stage.writeManifest('remnant');

    const { json } = await stage.register('remnant');

    expect(json).toMatchObject({ outcome: 'compensated', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
    await stage.control.switches({ creationEnding: 'enabled', connectionAfterCreateError: 'kept' });
    expect((await stage.register('remnant')).json.outcome).toBe('registered');
  });

  it('asks before it cleans up behind an integration that ended in another way without its connection (row 5), and then removes both', async () => {
    const key = `disabled_${platform.toLowerCase()}`;
    await stage.control.switches({ creationEnding: 'disabled', connectionAfterCreateError: 'removed' });
    await stage.writeManifest(key);

    const { exitCode, json } = await stage.register(key);

    expect(json).toMatchObject({
      phase: 'needs-attention',
      attention: {
        choices: ['undo', 'retry', 'abandon'],
        left: ['integration 1 (disabled)', database, ...(platform === 'Snowflake' ? ['role IMMUTA_SYSTEM'] : [])],
      },
    });
    expect(exitCode).toBe(6);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    const { digest } = await pending(stage, key);
    const answer = ['resolve', key, 'undo', '--comment', 'it is what we made', '--as', 'operator@example.com', '--digest', digest];
    expect((await stage.mooring(...answer)).exitCode).toBe(0);
    expect(await outcomeOf(stage, key)).toMatchObject({ outcome: 'compensated', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('shows a person what it made where Immuta has no cleanup script (row 6), and ends when that is gone', async () => {
    const key = `no_cleanup_${platform.toLowerCase()}`;
    await stage.control.switches({ cleanupScript: false });
    await stage.control.faults([{ where: create, nth: 0, kind: 'status', status: 422 }]);
    await stage.writeManifest(key);
    const following = stage.register(key); // automatic was asked for, and is not given without a cleanup script
    const { digest } = await pending(stage, key);
    const { stdout } = await stage.mooring('show', key);
    expect(stdout.match(/^danger +Immuta gives no cleanup script: /gm)).toHaveLength(1);
    expect(stdout).toMatch(/^danger +Asked for "automatic", but Immuta gives no cleanup script/m);

    await stage.handle(key).signal('approve', { digest, by: 'approver@example.com' });

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    const { left } = json['attention'] as { left: string[] };
    expect(left).toContain(database);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await runDirectly(stage, platforms[platform].drop);
    await resolve(stage, key, 'retry');
    expect(await outcomeOf(stage, key)).toMatchObject({ outcome: 'compensated', leftBehind: [] });
  });

  it('never drops a database or catalog of the same name that was there before', async () => {
    await stage.writeManifest('first');
    await stage.register('first');
    const before = await leftBehind(stage);
    await stage.control.faults([
      { where: 'immuta:GET /integrations', nth: 0, kind: 'status', status: 200, body: '[]', headers: { 'content-type': 'application/json' } },
    ]);
    await stage.writeManifest('second');

    const { exitCode, json } = await stage.register('second');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'already-exists', message: expect.stringMatching(new RegExp(database, 'i')) } });
    expect(exitCode).toBe(1);
    expect(await leftBehind(stage)).toEqual(before);
  });

  it('leaves alone what appeared after its plan, and has nothing to undo (row 1)', async () => {
    const [slow, quick] = [`slow_${platform.toLowerCase()}`, `quick_${platform.toLowerCase()}`];
    await stage.writeManifest(slow, { policy: 'approval' });
    const following = stage.register(slow);
    const { digest } = await pending(stage, slow);
    await stage.writeManifest(quick);
    expect((await stage.register(quick)).json.outcome).toBe('registered');
    const before = await leftBehind(stage);

    await stage.handle(slow).signal('approve', { digest, by: 'approver@example.com' });

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'already-exists' }, leftBehind: [] });
    expect(exitCode).toBe(1);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    expect(await leftBehind(stage)).toEqual(before);
  });

  it('asks a person when its cleanup script would drop what is not proved to be its own (row 2)', async () => {
    const key = `foreign_${platform.toLowerCase()}`;
    await stage.control.faults([
      answers('immuta:POST /integrations/scripts/cleanup', foreign.drop),
      { where: write, nth: 15, kind: 'refuse', code: lacksPrivilege },
    ]);
    await stage.writeManifest(key, { policy: 'approval' });
    const following = stage.register(key);
    const { digest } = await pending(stage, key);

    await stage.handle(key).signal('approve', { digest, by: 'approver@example.com' });

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
    expect(JSON.stringify(json['attention'])).toContain(`would drop ${foreign.object}, and it is not proved`);
    expect(exitCode).toBe(6);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await stage.mooring('resolve', key, 'abandon', '--comment', 'test is over', '--as', 'operator@example.com');
  });

  it('asks a person when a connection with its key appeared that it did not create (row 3)', async () => {
    const key = `taken_${platform.toLowerCase()}`;
    await stage.writeManifest(key, { policy: 'approval' });
    const following = stage.register(key);
    const { digest } = await pending(stage, key);
    const other = {
      connectionKey: key,
      connection: { technology: platform, hostname: 'other.example.com' },
      createdAt: '2020-01-01T00:00:00Z',
    };
    await stage.control.faults([{ where: create, nth: 0, kind: 'status', status: 500 }, answers('immuta:GET /data/connection/{key}', other)]);

    await stage.handle(key).signal('approve', { digest, by: 'approver@example.com' });

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
    expect(JSON.stringify(json['attention'])).toContain('did not create');
    const ran = (await executed(stage, 'bootstrap')).length;
    expect(json).toMatchObject({ scripts: [{ purpose: 'bootstrap', statements: ran, ran, skipped: 0 }] });
    expect(exitCode).toBe(6);
    expect(await deletes(stage)).toEqual([]);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await stage.mooring('resolve', key, 'abandon', '--comment', 'test is over', '--as', 'operator@example.com');
  });
});

describe('a registration that fails', () => {
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

  it('is undone although its cleanup script drops what cannot be looked for, in the database that it made', async () => {
    const procedure = 'DROP PROCEDURE IF EXISTS "IMMUTA"."IMMUTA_PROCEDURES"."REFRESH_PROFILES"()';
    const cleanup = `USE ROLE ACCOUNTADMIN;\n${procedure};\nDROP DATABASE IF EXISTS "IMMUTA";\nDROP ROLE IF EXISTS "IMMUTA_SYSTEM";\n`;
    await stage.control.faults([
      answers('immuta:POST /integrations/scripts/cleanup', cleanup),
      { where: create, nth: 0, kind: 'status', status: 422 },
    ]);
    await stage.writeManifest('unseen');

    const { exitCode, json } = await stage.register('unseen');

    expect(json).toMatchObject({ outcome: 'compensated', leftBehind: [] });
    expect(exitCode).toBe(1);
    expect(await executed(stage, 'cleanup')).toEqual([0, 1, 2, 3]);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('asks before it runs a cleanup script that was not decided on, and runs it for its digest alone', async () => {
    const other =
      'USE ROLE ACCOUNTADMIN;\nDROP DATABASE IF EXISTS "IMMUTA";\nDROP ROLE IF EXISTS "IMMUTA_SYSTEM";\nDROP ROLE IF EXISTS "IMMUTA_MORE";\n';
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.control.faults([{ where: 'immuta:POST /integrations/{id}/scripts/delete', nth: 0, kind: 'status', status: 200, body: other }]);
    await stage.writeManifest('new_plan');

    const { exitCode, json } = await stage.register('new_plan');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['undo', 'retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    expect(await leftBehind(stage)).toContain('connection');
    const { digest } = await pending(stage, 'new_plan');
    const shown = JSON.parse((await stage.mooring('show', 'new_plan', '--json')).stdout) as { plan: { digest: string; scripts: object[] } };
    expect(shown.plan.digest).toBe(digest);
    expect(JSON.stringify(shown.plan.scripts)).toContain('IMMUTA_MORE');
    const answer = ['resolve', 'new_plan', 'undo', '--comment', 'the role is ours too', '--as', 'operator@example.com'];
    expect((await stage.mooring(...answer)).exitCode).toBe(4);
    expect((await stage.mooring(...answer, '--digest', digest.slice(0, 12))).exitCode).toBe(0);
    await expect(stage.handle('new_plan').result()).rejects.toThrow('Workflow execution failed');
    expect(JSON.parse((await stage.mooring('status', 'new_plan', '--json')).stdout)).toMatchObject({ outcome: 'compensated', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('stays with a person when Immuta will not delete the connection, and can be abandoned with what is left', async () => {
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.control.faults([{ where: 'immuta:DELETE /data/object/{key}', nth: 0, kind: 'status', status: 403 }]);
    await stage.writeManifest('undeletable');

    const { exitCode, json } = await stage.register('undeletable');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    expect((await pending(stage, 'undeletable')).attention?.id).toBe('undo-1');
    const abandon = ['resolve', 'undeletable', 'abandon', '--comment', 'will see to it by hand', '--as', 'operator@example.com'];
    expect((await stage.mooring(...abandon)).exitCode).toBe(0);
    const result = (await stage.handle('undeletable').result()) as { outcome: string; leftBehind: string[] };
    expect(result.outcome).toBe('abandoned');
    expect(result.leftBehind).toContain('connection undeletable');
  });
});
