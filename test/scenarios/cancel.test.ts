import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { platformNames, platforms } from './platforms.js';
import { executed, leftBehind, openStage, pending, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 120_000);
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

describe.each(platformNames)('cancelling a registration on %s', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('while it waits for a decision ends it cancelled, with nothing left', async () => {
    await stage.writeManifest('waiting', { policy: 'approval' });
    const following = stage.register('waiting');
    await pending(stage, 'waiting');

    const cancel = await stage.mooring('cancel', 'waiting', '--json');

    expect(cancel.exitCode).toBe(0);
    expect(JSON.parse(cancel.stdout)).toMatchObject({ v: 1, accepted: true, phase: 'awaiting-decision' });
    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect(exitCode).toBe(10);
    expect((await stage.handle('waiting').describe()).status.name).toBe('CANCELLED');
    expect(await stage.control.statements()).toEqual([]);
  });

  it('while the script runs undoes what it made, and ends it cancelled', async () => {
    await stage.control.faults([{ where: platforms[platform].statement, nth: 0, kind: 'delay', delayMs: 60 }]);
    await stage.writeManifest('running');
    const following = stage.register('running');
    await until(async () => ((await executed(stage, 'bootstrap')).length > 8 ? true : undefined));

    await stage.handle('running').cancel();

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect(exitCode).toBe(10);
    expect(await leftBehind(stage)).toEqual([]);
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
  });

  it('while the connection is being created comes too late when it exists: the run goes on to registered', async () => {
    await stage.control.faults([{ where: 'immuta:POST /data/connection', nth: 1, kind: 'delay', delayMs: 1_500 }]);
    await stage.writeManifest('registering');
    const following = stage.register('registering');
    await until(async () => ((await executed(stage, 'bootstrap')).length >= 25 && (await posted()) ? true : undefined));

    await stage.handle('registering').cancel();

    expect((await following).json.outcome).toBe('registered');
    expect(await stage.handle('registering').result()).toMatchObject({ outcome: 'registered' });
    expect((await stage.handle('registering').describe()).status.name).toBe('COMPLETED');
    expect(await executed(stage, 'cleanup')).toEqual([]);
  });

  it('has no effect while a person is needed', async () => {
    await stage.control.switches({ creationEnding: 'createError' });
    await stage.control.faults([{ where: 'immuta:DELETE /data/object/{key}', nth: 0, kind: 'status', status: 403 }]);
    await stage.writeManifest('needing');
    expect((await stage.register('needing')).exitCode).toBe(6);

    const cancel = await stage.mooring('cancel', 'needing', '--json');

    expect(JSON.parse(cancel.stdout)).toMatchObject({ phase: 'needs-attention', effect: expect.stringMatching(/resolve/) });
    expect((await stage.handle('needing').describe()).status.name).toBe('RUNNING');
    await stage.mooring('resolve', 'needing', 'abandon', '--comment', 'test is over', '--as', 'operator@example.com');
  });
});

async function posted(): Promise<boolean> {
  return (await stage.control.ledger()).some(({ route, method, kind }) => kind !== 'fault' && method === 'POST' && route === '/data/connection/test');
}
