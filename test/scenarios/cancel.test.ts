import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../domain/outcome.js';
import { outcomeOf, resolve } from './deregistering.js';
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

describe.each(platformNames)('cancelling a registration on %s', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('while it prepares gives up the call under way and ends it cancelled, with nothing asked of the platform that writes', async () => {
    await stage.control.faults([{ where: 'immuta:POST /integrations/scripts/create', nth: 1, kind: 'hang' }]);
    await stage.writeManifest('preparing');
    const following = stage.register('preparing');
    await until(async () => ((await requests('POST', '/integrations/scripts/create')) > 0 ? true : undefined));

    const cancel = await stage.mooring('cancel', 'preparing', '--json');

    expect(JSON.parse(cancel.stdout)).toEqual({ v: 1, accepted: true, phase: 'preparing', effect: expect.stringContaining('cancelled') });
    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect(exitCode).toBe(10);
    expect(await stage.control.statements()).toEqual([]);
    const { events } = await stage.handle('preparing').fetchHistory();
    expect(events?.some(({ activityTaskCanceledEventAttributes: attributes }) => attributes != null)).toBe(true);
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

  it('while the script runs needs a person when what it made cannot be undone, and ends cancelled once it is', async () => {
    const key = `undo_refused_${platform.toLowerCase()}`;
    const { statement, write, lacksPrivilege, drops } = platforms[platform];
    await stage.control.faults([
      { where: statement, nth: 0, kind: 'delay', delayMs: 60 },
      { where: write, nth: 1, kind: 'refuse', code: lacksPrivilege, matching: drops },
    ]);
    await stage.writeManifest(key);
    const following = stage.register(key);
    await until(async () => ((await executed(stage, 'bootstrap')).length > 8 ? true : undefined));

    await stage.handle(key).cancel();

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ phase: 'needs-attention', attention: { choices: ['retry', 'abandon'] } });
    expect(exitCode).toBe(6);
    await resolve(stage, key, 'retry');
    expect(await outcomeOf(stage, key)).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect((await stage.handle(key).describe()).status.name).toBe('CANCELLED');
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('while the connection is being created undoes what the script made when the POST never arrived', async () => {
    await stage.control.faults([{ where: 'immuta:POST /data/connection', nth: 1, kind: 'drop-before' }]);
    await stage.writeManifest('never_arrived');
    const following = stage.register('never_arrived');
    await until(async () => ((await requests('POST', '/data/connection')) > 0 ? true : undefined));
    await stage.control.faults([{ where: 'immuta:GET /data/connection/{key}', nth: 1, kind: 'delay', delayMs: 4_000 }]); // however slow the command starts

    const cancel = await stage.mooring('cancel', 'never_arrived', '--json');

    expect(JSON.parse(cancel.stdout)).toMatchObject({ accepted: true, phase: 'registering', effect: expect.stringContaining('too late') });
    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'cancelled', leftBehind: [] });
    expect(exitCode).toBe(10);
    expect(await requests('POST', '/data/connection')).toBe(1);
    expect((await executed(stage, 'cleanup')).length).toBeGreaterThan(0);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('while it undoes has no effect, by the command or by the button: the run ends compensated', async () => {
    await stage.control.faults([
      { where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 422 },
      { where: platforms[platform].write, nth: 0, kind: 'delay', delayMs: 1_500, matching: platforms[platform].drops },
    ]);
    await stage.writeManifest('undoing');
    const following = stage.register('undoing');
    await until(async () =>
      (
        await stage
          .handle('undoing')
          .query<RunView>('progress')
          .catch(() => undefined)
      )?.phase === 'undoing'
        ? true
        : undefined,
    );

    const cancel = await stage.mooring('cancel', 'undoing', '--json');
    await stage.handle('undoing').cancel();

    expect(JSON.parse(cancel.stdout)).toEqual({ v: 1, accepted: false, phase: 'undoing', effect: expect.stringContaining('undoing already') });
    expect(cancel.exitCode).toBe(0);
    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'compensated', failure: { kind: 'validation-failed' }, leftBehind: [] });
    expect(exitCode).toBe(1);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('while the connection is being created comes too late when it exists: the run goes on to registered', async () => {
    await stage.control.faults([{ where: 'immuta:POST /data/connection', nth: 1, kind: 'delay', delayMs: 1_500 }]);
    await stage.writeManifest('registering');
    const following = stage.register('registering');
    await until(async () =>
      (await executed(stage, 'bootstrap')).length >= 25 && (await requests('POST', '/data/connection/test')) > 0 ? true : undefined,
    );

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

/** How many such calls reached Immuta, those that a fault met too. */
async function requests(method: string, route: string): Promise<number> {
  const ledger = await stage.control.ledger();
  return ledger.filter((line) => line.kind === 'request' && line.method === method && line.route === route).length;
}
