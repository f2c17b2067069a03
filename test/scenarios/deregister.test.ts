import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../dev/simulator-control.js';
import { executed, leftBehind, openStage, pending, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

describe('deregistering a connection', () => {
  it('fetches the script, deletes in Immuta, then cleans the platform, and leaves nothing', async () => {
    await registered('happy');

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
  });

  it('waits for a decision on a plan that shows what goes, and does nothing before it', async () => {
    await registered('decided');
    await stage.writeManifest('decided', { policy: 'approval' });
    const following = stage.deregister('decided');
    const { digest, workflowId } = await pending(stage, 'decided');

    const shown = JSON.parse((await stage.mooring('show', 'decided', '--json')).stdout) as {
      plan: { digest: string; dangers: string[]; scripts: { purpose: string }[] };
    };
    expect(shown.plan.digest).toBe(digest);
    expect(shown.plan.scripts.map(({ purpose }) => purpose)).toEqual(['cleanup']);
    expect(shown.plan.dangers.join(' ')).toMatch(/data objects/);
    expect(await deletes()).toHaveLength(0);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await stage.temporal.client.workflow.getHandle(workflowId).signal('approve', { digest, by: 'approver@example.com' });

    expect((await following).json).toMatchObject({ outcome: 'deregistered', decisions: [{ by: 'approver@example.com', verdict: 'approve' }] });
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('is planned without writing anything', async () => {
    await registered('planned');

    const { exitCode, stdout } = await stage.mooring('plan', 'planned', '--deregister', '--json', '--detailed-exitcode');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ plan: { scripts: [{ purpose: 'cleanup' }] } });
    expect(await deletes()).toHaveLength(0);
  });

  it('needs its key said twice off a terminal', async () => {
    await stage.writeManifest('unconfirmed');

    const without = await stage.mooring('deregister', 'unconfirmed', '--json');
    const other = await stage.mooring('deregister', 'unconfirmed', '--confirm', 'Unconfirmed', '--json');

    expect([without.exitCode, other.exitCode]).toEqual([64, 64]);
    expect(JSON.parse(without.stdout)).toMatchObject({ error: { kind: 'usage', next: expect.stringContaining('--confirm unconfirmed') } });
  });

  it('finds the integration by host and database where Immuta does not name it', async () => {
    await registered('unlinked');
    await stage.control.switches({ nativeIntegrationId: false });

    const { json } = await stage.deregister('unlinked');

    expect(json).toMatchObject({ outcome: 'deregistered', integrationId: 1 });
  });

  it('shares the lock with registering: the other operation is refused and told who is at it', async () => {
    await registered('locked');
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

describe('a deregistration with nothing to delete', () => {
  it('is unchanged when neither side has anything', async () => {
    await stage.writeManifest('nothing');

    const { exitCode, json } = await stage.deregister('nothing');

    expect(json.outcome).toBe('unchanged');
    expect(exitCode).toBe(0);
  });

  it('fails when Immuta has no such connection but the database stands', async () => {
    await registered('right');
    await stage.writeManifest('wrong');

    const { exitCode, json } = await stage.deregister('wrong');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'not-found', message: expect.stringContaining('database IMMUTA') } });
    expect(exitCode).toBe(1);
  });
});

async function registered(key: string): Promise<void> {
  await stage.writeManifest(key);
  const { json } = await stage.register(key);
  expect(json.outcome).toBe('registered');
}

async function deletes(): Promise<LedgerLine[]> {
  return (await stage.control.ledger()).filter(
    ({ kind, method, route }) => kind === 'request' && method === 'DELETE' && route === '/data/object/{key}',
  );
}
