import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answers, deletes, deletion, registered, reregisteredAs, vanished } from './deregistering.js';
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

describe.each(platformNames)('deregistering a %s connection', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('fetches the script, deletes in Immuta, then cleans the platform, and leaves nothing', async () => {
    await registered(stage, 'happy');

    const { exitCode, json } = await stage.deregister('happy');

    expect(json).toMatchObject({ outcome: 'deregistered', operation: 'deregister', integrationId: 1, leftBehind: [] });
    expect(exitCode).toBe(0);
    expect(await leftBehind(stage)).toEqual([]);
    const ledger = await stage.control.ledger();
    const fetched = ledger.findIndex(({ route }) => route === '/integrations/{id}/scripts/delete');
    const deleted = ledger.findIndex(({ method, route, kind }) => kind === 'request' && method === 'DELETE' && route === '/data/object/{key}');
    const vanished = ledger.findIndex(({ kind, object, change }) => kind === 'object' && object === 'integration' && change === 'vanished');
    const cleaned = ledger.findIndex(({ tag }) => tag?.includes('/cleanup/'));
    expect([fetched, deleted, vanished, cleaned].every((place) => place >= 0)).toBe(true);
    expect([fetched, deleted, vanished, cleaned]).toEqual([fetched, deleted, vanished, cleaned].toSorted((a, b) => a - b));
    expect(json['scripts']).toMatchObject([{ purpose: 'cleanup', skipped: 0 }]);
    const { events } = await stage.handle('happy').fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(38); // four steps; another one must be worth its events
  });

  it('finds the integration by host and database or catalog where Immuta does not name it', async () => {
    await registered(stage, 'unlinked');
    await stage.control.switches({ nativeIntegrationId: false });

    const { json } = await stage.deregister('unlinked');

    expect(json).toMatchObject({ outcome: 'deregistered', integrationId: 1 });
  });

  it('is unchanged when neither side has anything', async () => {
    await stage.writeManifest('nothing');

    const { exitCode, json } = await stage.deregister('nothing');

    expect(json.outcome).toBe('unchanged');
    expect(exitCode).toBe(0);
  });

  it('fails when Immuta has no such connection but its database or catalog stands', async () => {
    await registered(stage, 'right');
    await stage.writeManifest('wrong');

    const { exitCode, json } = await stage.deregister('wrong');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'not-found', message: expect.stringContaining(platforms[platform].database) } });
    expect(exitCode).toBe(1);
  });

  it('is settled by looking when the answer to the DELETE is lost', async () => {
    await registered(stage, 'lost');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'drop-after' }]);

    const { json } = await stage.deregister('lost');

    expect(json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await deletes(stage)).toHaveLength(1);
    expect(await leftBehind(stage)).toEqual([]);
  });
});

describe('deregistering a connection', () => {
  it('waits for a decision on a plan that shows what goes, and does nothing before it', async () => {
    await registered(stage, 'decided');
    await stage.writeManifest('decided', { policy: 'approval' });
    const following = stage.deregister('decided');
    const { digest, workflowId } = await pending(stage, 'decided');

    const shown = JSON.parse((await stage.mooring('show', 'decided', '--json')).stdout) as {
      plan: { digest: string; dangers: string[]; scripts: { purpose: string }[] };
    };
    expect(shown.plan.digest).toBe(digest);
    expect(shown.plan.scripts.map(({ purpose }) => purpose)).toEqual(['cleanup']);
    expect(shown.plan.dangers.join(' ')).toMatch(/at least 1 data object directly under it/);
    expect(await deletes(stage)).toHaveLength(0);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await stage.temporal.client.workflow.getHandle(workflowId).signal('approve', { digest, by: 'approver@example.com' });

    expect((await following).json).toMatchObject({ outcome: 'deregistered', decisions: [{ by: 'approver@example.com', verdict: 'approve' }] });
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('is planned without writing anything', async () => {
    await registered(stage, 'planned');

    const { exitCode, stdout } = await stage.mooring('plan', 'planned', '--deregister', '--json', '--detailed-exitcode');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ plan: { scripts: [{ purpose: 'cleanup' }] } });
    expect(await deletes(stage)).toHaveLength(0);
  });

  it('needs its key said twice off a terminal', async () => {
    await stage.writeManifest('unconfirmed');

    const without = await stage.mooring('deregister', 'unconfirmed', '--json');
    const other = await stage.mooring('deregister', 'unconfirmed', '--confirm', 'Unconfirmed', '--json');

    expect([without.exitCode, other.exitCode]).toEqual([64, 64]);
    expect(JSON.parse(without.stdout)).toMatchObject({ error: { kind: 'usage', next: expect.stringContaining('--confirm unconfirmed') } });
  });

  it('shares the lock with registering: the other operation is refused and told who is at it', async () => {
    await registered(stage, 'locked');
    await stage.writeManifest('locked', { policy: 'approval' });
    const following = stage.deregister('locked');
    await pending(stage, 'locked');

    const other = await stage.register('locked');
    const same = await stage.deregister('locked', '--no-wait');

    expect(other.exitCode).toBe(8);
    expect(other.json.error?.message).toMatch(/deregisters locked: asked for by requester@example.com/);
    expect(same.exitCode).toBe(7);
    expect(same.stderr).toMatch(/joined/);
    await stage.mooring('cancel', 'locked');
    expect((await following).exitCode).toBe(10);
  });
});

describe.each(platformNames)('a %s connection whose key only older tenants accepted', (platform) => {
  it.each(['Old key/v.1', 'Größe: 100%25 "ok"'])('is taken out by exactly that key: %s', async (oldKey) => {
    stage.platform = platform;
    await registered(stage, 'young');
    await reregisteredAs(stage, 'young', oldKey);
    await stage.writeManifest(JSON.stringify(oldKey));

    const refused = await stage.register(oldKey);
    const { exitCode, json } = await stage.deregister(oldKey);

    expect([refused.exitCode, refused.json.error?.message]).toEqual([64, expect.stringContaining('Use letters, digits')]);
    expect(json).toMatchObject({ outcome: 'deregistered', connectionKey: oldKey, leftBehind: [] });
    expect(exitCode).toBe(0);
    expect((await deletes(stage)).map(({ path }) => path)).toContain(`/data/object/${encodeURIComponent(oldKey)}`);
    expect(await leftBehind(stage)).toEqual([]);
  });
});

describe('a deregistration with nothing to delete', () => {
  it('takes a key that only older tenants accepted, and can be asked for by it', async () => {
    await stage.writeManifest('"Old key/v.1"');

    const { exitCode, json } = await stage.deregister('Old key/v.1');

    expect(json).toMatchObject({ outcome: 'unchanged', connectionKey: 'Old key/v.1' });
    expect(exitCode).toBe(0);
    expect((await stage.mooring('status', 'Old key/v.1', '--json')).stdout).toContain('"unchanged"');
    expect((await stage.control.ledger()).map(({ path }) => path)).toContain('/data/connection/Old%20key%2Fv.1');
  });
});

describe.each(platformNames)('a deregistration on %s that is refused before anything is deleted', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it.each([
    [
      'the integration is gone already',
      'not-found',
      /gone already/,
      [{ where: 'immuta:GET /integrations/{id}', nth: 0, kind: 'status', status: 404, body: '{"message":"No integration found"}' }],
    ],
    [
      'more data objects lie under it than were shown',
      'conflict',
      /40 data objects/,
      [
        answers(
          'immuta:POST /data/object/search/{key}',
          Array.from({ length: 40 }, () => ({})),
          2,
        ),
      ],
    ],
    [
      'Immuta answers about another key',
      'bad-answer',
      /is about another connection: "OTHER" instead of "immuta_answers/i,
      [answers('immuta:GET /data/connection/{key}', { connectionKey: 'OTHER', connection: { technology: platform } })],
    ],
    ['the cleanup script is empty', 'bad-answer', /empty script/, [answers('immuta:POST /integrations/{id}/scripts/delete', '')]],
    ['Immuta refuses the DELETE', 'permission-missing', /answered 403/, [{ where: deletion, nth: 0, kind: 'status', status: 403 }]],
    [
      'the connection must be inactive first',
      'conflict',
      /INACTIVE/,
      [{ where: deletion, nth: 0, kind: 'status', status: 409, body: '{"message":"must be INACTIVE to be deleted"}' }],
    ],
  ] as const)(
    'when %s',
    async (why, kind, message, faults) => {
      const key = why.replaceAll(/[^a-z]+/gi, '_');
      await registered(stage, key);
      await stage.control.faults(faults);

      const { exitCode, json } = await stage.deregister(key);

      expect(json).toMatchObject({ outcome: 'failed', failure: { kind, message: expect.stringMatching(message) }, leftBehind: [] });
      expect(exitCode).toBe(1);
      expect(await vanished(stage)).toEqual([]);
      expect(await executed(stage, 'cleanup')).toEqual([]);
    },
    40_000,
  );

  it('when the connection stands on another host', async () => {
    await registered(stage, 'foreign');
    const foreign = { connectionKey: 'foreign', connection: { technology: platform, hostname: 'other.example.com' }, nativeIntegrationId: 1 };
    await stage.control.faults([answers('immuta:GET /data/connection/{key}', foreign)]);

    const { json } = await stage.deregister('foreign');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'conflict', message: expect.stringMatching(/other\.example\.com/) } });
    expect(await deletes(stage)).toEqual([]);
  });

  it('when two integrations could be meant, and goes on with the one that is named by hand', async () => {
    await registered(stage, 'twins');
    await stage.control.switches({ nativeIntegrationId: false });
    const { host } = stage.sandbox.simulators.snowflake; // all simulators have the same
    const config = platform === 'Snowflake' ? { host, database: 'IMMUTA' } : { workspaceUrl: `https://${host}/`, catalog: 'IMMUTA' };
    const twin = (id: number): object => ({ id, type: platform, status: 'enabled', config });
    await stage.control.faults([answers('immuta:GET /integrations', [twin(1), twin(2)], 1)]);

    const { exitCode, json } = await stage.deregister('twins');

    expect(json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'conflict', message: expect.stringMatching(/1, 2/), next: expect.stringMatching(/--integration-id/) },
    });
    expect(exitCode).toBe(1);
    const mistyped = await stage.deregister('twins', '--integration-id', '7');
    expect(mistyped.json.failure).toMatchObject({ kind: 'not-found', message: 'Immuta has no integration 7. Nothing was deleted.' });
    expect((await stage.deregister('twins', '--integration-id', '1')).json).toMatchObject({ outcome: 'deregistered', integrationId: 1 });
  });
});
