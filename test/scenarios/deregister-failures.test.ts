import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../domain/outcome.js';
import { answers, deleteDirectly, deletes, deletion, outcomeOf, registered, removeIntegrationDirectly, resolve, vanished } from './deregistering.js';
import { platformNames, platforms } from './platforms.js';
import { sharedStage } from './shared-stage.js';
import { executed, leftBehind, pending, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

describe('a DELETE whose answer is not the truth', () => {
  it.each(['drop-after', 'drop-before'] as const)('is settled by looking when the connection breaks (%s)', async (kind) => {
    const key = kind.replace('-', '_');
    await registered(stage, key);
    await stage.control.faults([{ where: deletion, nth: 1, kind }]);

    const { json } = await stage.deregister(key);

    expect(json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
    expect((await vanished(stage)).length).toBe(1);
  });

  it('is sent again when Immuta answered 200 and did nothing', async () => {
    await registered(stage, 'untrue');
    await stage.control.faults([answers(deletion, { connectionKey: 'untrue', childCount: 12 }, 1)]);

    const { json } = await stage.deregister('untrue');

    expect(json.outcome).toBe('deregistered');
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('is done when Immuta answered 500 and the connection is gone', async () => {
    await registered(stage, 'gone_all_the_same');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'status', status: 500 }]);

    const following = stage.deregister('gone_all_the_same');
    await until(async () => ((await deletes(stage)).length > 0 ? true : undefined));
    await deleteDirectly(stage, 'gone_all_the_same');

    expect((await following).json.outcome).toBe('deregistered');
    expect(await leftBehind(stage)).toEqual([]);
    expect((await deletes(stage)).length).toBe(2); // ours, and the one that stands for what Immuta did behind its 500
  });

  it('is repeated while Immuta is busy with the integration', async () => {
    await registered(stage, 'busy');
    const busy = JSON.stringify({ message: 'Unable to edit integration with ID 1 in current state editing' });
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'status', status: 409, body: busy }]);

    const { json } = await stage.deregister('busy');

    expect(json.outcome).toBe('deregistered');
  });

  it('needs a person when Immuta cannot let go, and goes on when it did', async () => {
    await registered(stage, 'stuck');
    await stage.control.switches({ deletionEnding: 'deleteError' });

    const { exitCode, json } = await stage.deregister('stuck');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { id: 'delete-1', choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    expect(await executed(stage, 'cleanup')).toEqual([]);
    await stage.control.switches({ deletionEnding: 'gone' });
    await removeIntegrationDirectly(stage, 1);
    await resolve(stage, 'stuck', 'retry');
    expect(await outcomeOf(stage, 'stuck')).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
  });
});

describe.each(platformNames)('a cleanup on %s that does not end well', (platform) => {
  const { write, lacksPrivilege, drops, bareDrops } = platforms[platform];
  beforeEach(() => {
    stage.platform = platform;
  });

  it('needs a person when a statement fails, and goes on behind what was acknowledged', async () => {
    await registered(stage, 'half_clean');
    await stage.control.faults([{ where: write, nth: 1, kind: 'refuse', code: lacksPrivilege, matching: drops }]);

    const { exitCode, json } = await stage.deregister('half_clean');

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { id: 'cleanup-1', choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    expect((await stage.mooring('cancel', 'half_clean', '--json')).stdout).toMatch(/"accepted":\s*false/);
    await resolve(stage, 'half_clean', 'retry');
    expect(await outcomeOf(stage, 'half_clean')).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    const places = await executed(stage, 'cleanup');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('counts a DROP of what is not there as done', async () => {
    await registered(stage, 'dropped_already');
    await stage.control.faults([answers('immuta:POST /integrations/{id}/scripts/delete', bareDrops)]);

    const { json } = await stage.deregister('dropped_already');

    expect(json).toMatchObject({ outcome: 'deregistered', scripts: [{ skipped: 1 }] });
  });

  it('is finished by another worker when its worker is killed', async () => {
    await registered(stage, 'killed');
    await stage.control.faults([{ where: write, nth: 1, kind: 'delay', delayMs: 4_000, matching: drops }]);
    const following = stage.deregister('killed');
    await until(async () =>
      (
        await stage
          .handle('killed')
          .query<RunView>('progress')
          .catch(() => undefined)
      )?.phase === 'cleaning'
        ? true
        : undefined,
    );
    await sleep(1_500); // the last statement is in flight

    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    const places = await executed(stage, 'cleanup');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(await leftBehind(stage)).toEqual([]);
  });
});

describe('a worker that is killed while its DELETE is under way', () => {
  it('is followed by another that looks before it sends', async () => {
    await registered(stage, 'killed_deleting');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'delay', delayMs: 1_000 }]);
    const following = stage.deregister('killed_deleting');
    await until(async () => ((await deletes(stage)).length > 0 ? true : undefined));

    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await vanished(stage)).toHaveLength(1);
    expect(await leftBehind(stage)).toEqual([]);
  });
});

describe('cancelling a deregistration', () => {
  it('while Immuta is too busy for the DELETE ends it cancelled', async () => {
    await registered(stage, 'never_sent');
    const busy = JSON.stringify({ message: 'Unable to edit integration with ID 1 in current state editing' });
    await stage.control.faults([{ where: deletion, nth: 0, kind: 'status', status: 409, body: busy }]);
    const following = stage.deregister('never_sent');
    await until(async () => ((await deletes(stage)).length > 1 ? true : undefined));

    await until(async () => ((await stage.mooring('cancel', 'never_sent', '--json')).stdout.includes('"accepted":true') ? true : undefined));

    expect((await following).json).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect(await vanished(stage)).toEqual([]);
  });

  it('while Immuta is away asks, because nobody can tell whether the DELETE left, and sends none', async () => {
    await registered(stage, 'away');
    await stage.writeManifest('away', { policy: 'approval' });
    const following = stage.deregister('away');
    const { digest } = await pending(stage, 'away');
    await stage.control.faults([{ where: 'immuta:GET /data/connection/{key}', nth: 0, kind: 'status', status: 503 }]);
    await stage.mooring('approve', 'away', '--digest', digest, '--as', 'approver@example.com');
    const refused = async (): Promise<number> => (await stage.control.ledger()).filter(({ status }) => status === 503).length;
    await until(async () => ((await refused()) >= 4 ? true : undefined)); // the next attempt is more than a second away

    await stage.handle('away').cancel();
    await until(async () => ((await refused()) >= 9 ? true : undefined), 30_000); // five looks more, which is all there are before it asks
    await stage.control.forgetFaults();

    const { exitCode, json } = await following;
    expect(json).toMatchObject({
      phase: 'needs-attention',
      attention: { choices: ['retry', 'abandon'], reason: expect.stringContaining('cancelled') },
    });
    expect(exitCode).toBe(6);
    await resolve(stage, 'away', 'abandon');
    expect(await outcomeOf(stage, 'away')).toMatchObject({ outcome: 'abandoned' });
    expect(await deletes(stage)).toEqual([]);
  });
});

describe.each(platformNames)('cancelling a deregistration on %s', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('before the DELETE ends it cancelled, with everything in its place', async () => {
    await registered(stage, 'kept');
    await stage.writeManifest('kept', { policy: 'approval' });
    const following = stage.deregister('kept');
    await pending(stage, 'kept');

    await stage.mooring('cancel', 'kept');

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'cancelled', operation: 'deregister' });
    expect(exitCode).toBe(10);
    expect(await deletes(stage)).toEqual([]);
  });

  it('after the DELETE has no effect: it goes on to the end', async () => {
    await registered(stage, 'too_late');
    await stage.control.faults([{ where: deletion, nth: 1, kind: 'delay', delayMs: 1_500 }]);
    const following = stage.deregister('too_late');
    await until(async () => ((await deletes(stage)).length > 0 ? true : undefined));

    await stage.handle('too_late').cancel();

    expect((await following).json).toMatchObject({ outcome: 'deregistered', leftBehind: [] });
    expect(await leftBehind(stage)).toEqual([]);
  });
});
