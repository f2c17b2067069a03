import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../dev/simulator-control.js';
import { executed, leftBehind, openStage, pending, until, type Stage } from './stage.js';

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
    const { events } = await stage.handle('happy').fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(38); // four steps; another one must be worth its events
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

  it('takes a key that only older tenants accepted, and can be asked for by it', async () => {
    await stage.writeManifest('"Old key/v.1"');

    const { exitCode, json } = await stage.deregister('Old key/v.1');

    expect(json).toMatchObject({ outcome: 'unchanged', connectionKey: 'Old key/v.1' });
    expect(exitCode).toBe(0);
    expect((await stage.mooring('status', 'Old key/v.1', '--json')).stdout).toContain('"unchanged"');
    expect((await stage.control.ledger()).map(({ path }) => path)).toContain('/data/connection/Old%20key%2Fv.1');
  });

  it('fails when Immuta has no such connection but the database stands', async () => {
    await registered('right');
    await stage.writeManifest('wrong');

    const { exitCode, json } = await stage.deregister('wrong');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'not-found', message: expect.stringContaining('database IMMUTA') } });
    expect(exitCode).toBe(1);
  });
});

const deletion = 'immuta:DELETE /data/object/{key}';
const answers = (where: string, body: object | string, nth = 0): object => ({
  where,
  nth,
  kind: 'status',
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' },
});

describe('a DELETE whose answer is not the truth', () => {
  it.each(['drop-after', 'drop-before'] as const)('is settled by looking when the connection breaks (%s)', async (kind) => {
    const key = kind.replace('-', '_');
    await registered(key);
    await stage.control.faults([{ where: deletion, nth: 1, kind }]);

    const { json } = await stage.deregister(key);

    expect(json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
    expect((await vanished()).length).toBe(1);
  });

  it('is sent again when Immuta answered 200 and did nothing', async () => {
    await registered('untrue');
    await stage.control.faults([answers(deletion, { connectionKey: 'untrue', childCount: 12 }, 1)]);

    const { json } = await stage.deregister('untrue');

    expect(json.outcome).toBe('deregistered');
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('is done when Immuta answered 500 and the connection is gone', async () => {
    await registered('gone_all_the_same');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'status', status: 500 }]);

    const following = stage.deregister('gone_all_the_same');
    await until(async () => ((await deletes()).length > 0 ? true : undefined));
    await deleteDirectly('gone_all_the_same');

    expect((await following).json.outcome).toBe('deregistered');
    expect(await leftBehind(stage)).toEqual([]);
    expect((await deletes()).length).toBe(2); // ours, and the one that stands for what Immuta did behind its 500
  });

  it('is repeated while Immuta is busy with the integration', async () => {
    await registered('busy');
    const busy = JSON.stringify({ message: 'Unable to edit integration with ID 1 in current state editing' });
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'status', status: 409, body: busy }]);

    const { json } = await stage.deregister('busy');

    expect(json.outcome).toBe('deregistered');
  });

  it('needs a person when Immuta cannot let go, and goes on when it did', async () => {
    await registered('stuck');
    await stage.control.switches({ deletionEnding: 'deleteError' });

    const { exitCode, json } = await stage.deregister('stuck');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { id: 'delete-1', choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await stage.control.switches({ deletionEnding: 'gone' });
    await removeIntegrationDirectly(1);
    await resolve('stuck', 'retry');
    expect(await outcomeOf('stuck')).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
  });
});

describe('a deregistration that is refused before anything is deleted', () => {
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
      await registered(key);
      await stage.control.faults(faults);

      const { exitCode, json } = await stage.deregister(key);

      expect(json).toMatchObject({ outcome: 'failed', failure: { kind, message: expect.stringMatching(message) }, leftBehind: [] });
      expect(exitCode).toBe(1);
      expect(await vanished()).toEqual([]);
      expect(await executed(stage, 'cleanup')).toEqual([]);
    },
    40_000,
  );

  it('when the connection stands on another host', async () => {
    await registered('foreign');
    const foreign = { connectionKey: 'foreign', connection: { technology: 'Snowflake', hostname: 'other.example.com' }, nativeIntegrationId: 1 };
    await stage.control.faults([answers('immuta:GET /data/connection/{key}', foreign)]);

    const { json } = await stage.deregister('foreign');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'conflict', message: expect.stringMatching(/other\.example\.com/) } });
    expect(await deletes()).toEqual([]);
  });

  it('when two integrations could be meant, and goes on with the one that is named by hand', async () => {
    await registered('twins');
    await stage.control.switches({ nativeIntegrationId: false });
    const { host } = stage.sandbox.simulators.snowflake;
    const twin = (id: number): object => ({ id, type: 'Snowflake', status: 'enabled', config: { host, database: 'IMMUTA' } });
    await stage.control.faults([answers('immuta:GET /integrations', [twin(1), twin(2)], 1)]);

    const { exitCode, json } = await stage.deregister('twins');

    expect(json).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'conflict', message: expect.stringMatching(/1, 2/), next: expect.stringMatching(/--integration-id/) },
    });
    expect(exitCode).toBe(1);
    expect((await stage.deregister('twins', '--integration-id', '1')).json).toMatchObject({ outcome: 'deregistered', integrationId: 1 });
  });
});

describe('a cleanup that does not end well', () => {
  it('needs a person when a statement fails, and goes on behind what was acknowledged', async () => {
    await registered('half_clean');
    await stage.control.faults([{ where: 'snowflake:write', nth: 3, kind: 'refuse', code: '003001' }]);

    const { exitCode, json } = await stage.deregister('half_clean');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { id: 'cleanup-1', choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    expect((await stage.mooring('cancel', 'half_clean', '--json')).stdout).toMatch(/"accepted":\s*false/);
    await resolve('half_clean', 'retry');
    expect(await outcomeOf('half_clean')).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    const places = await executed(stage, 'cleanup');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('counts a DROP of what is not there as done', async () => {
    await registered('dropped_already');
    const script = 'USE ROLE ACCOUNTADMIN;\nDROP DATABASE "IMMUTA";\nDROP ROLE "IMMUTA_SYSTEM";\nDROP ROLE "IMMUTA_SYSTEM";\n';
    await stage.control.faults([answers('immuta:POST /integrations/{id}/scripts/delete', script)]);

    const { json } = await stage.deregister('dropped_already');

    expect(json).toMatchObject({ outcome: 'deregistered', scripts: [{ statements: 4, ran: 3, skipped: 1 }] });
  });

  it('is finished by another worker when its worker is killed', async () => {
    await registered('killed');
    await stage.control.faults([{ where: 'snowflake:query', nth: 0, kind: 'delay', delayMs: 400 }]);
    const following = stage.deregister('killed');
    await until(async () => ((await executed(stage, 'cleanup')).length >= 2 ? true : undefined));

    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    const places = await executed(stage, 'cleanup');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(await leftBehind(stage)).toEqual([]);
  }, 40_000);
});

describe('a worker that is killed while its DELETE is under way', () => {
  it('is followed by another that looks before it sends', async () => {
    await registered('killed_deleting');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'delay', delayMs: 1_000 }]);
    const following = stage.deregister('killed_deleting');
    await until(async () => ((await deletes()).length > 0 ? true : undefined));

    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await vanished()).toHaveLength(1);
    expect(await leftBehind(stage)).toEqual([]);
  }, 40_000);
});

describe('cancelling a deregistration', () => {
  it('before the DELETE ends it cancelled, with everything in its place', async () => {
    await registered('kept');
    await stage.writeManifest('kept', { policy: 'approval' });
    const following = stage.deregister('kept');
    await pending(stage, 'kept');

    await stage.mooring('cancel', 'kept');

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'cancelled', operation: 'deregister' });
    expect(exitCode).toBe(10);
    expect(await deletes()).toEqual([]);
  });

  it('while Immuta is too busy for the DELETE ends it cancelled', async () => {
    await registered('never_sent');
    const busy = JSON.stringify({ message: 'Unable to edit integration with ID 1 in current state editing' });
    await stage.control.faults([{ where: deletion, nth: 0, kind: 'status', status: 409, body: busy }]);
    const following = stage.deregister('never_sent');
    await until(async () => ((await deletes()).length > 1 ? true : undefined));

    await until(async () => ((await stage.mooring('cancel', 'never_sent', '--json')).stdout.includes('"accepted":true') ? true : undefined));

    expect((await following).json).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect(await vanished()).toEqual([]);
  });

  it('after the DELETE has no effect: it goes on to the end', async () => {
    await registered('too_late');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'delay', delayMs: 1_500 }]);
    const following = stage.deregister('too_late');
    await until(async () => ((await deletes()).length > 0 ? true : undefined));

    await stage.handle('too_late').cancel();

    expect((await following).json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
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

async function vanished(): Promise<LedgerLine[]> {
  return (await stage.control.ledger()).filter(({ object, change }) => object === 'connection' && change === 'vanished');
}

async function resolve(key: string, choice: string): Promise<void> {
  const answer = await stage.mooring('resolve', key, choice, '--comment', 'looked at it', '--as', 'operator@example.com');
  expect(answer.exitCode).toBe(0);
}

async function outcomeOf(key: string): Promise<unknown> {
  await stage.handle(key).result();
  return JSON.parse((await stage.mooring('status', key, '--json')).stdout);
}

/** What Immuta does behind Mooring's back. */
async function deleteDirectly(key: string): Promise<void> {
  await immuta(`/data/object/${key}`);
}

async function removeIntegrationDirectly(id: number): Promise<void> {
  await immuta(`/integrations/${id}`);
}

async function immuta(path: string): Promise<void> {
  const authorization = await readFile(join(stage.sandbox.secretFolder, 'immuta.api-key'), 'utf8');
  const response = await fetch(`${stage.sandbox.simulators.immuta.url}${path}`, { method: 'DELETE', headers: { authorization } });
  expect(response.ok).toBe(true);
}
