// Bad luck at bad moments: a worker that dies while it registers or undoes, two runs on one database.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

async function killAndReplaceWorker(): Promise<void> {
  stage.worker.process.kill('SIGKILL');
  stage.worker = await stage.sandbox.startWorker();
}

async function posts(): Promise<number> {
  const ledger = await stage.control.ledger();
  return ledger.filter(({ kind, method, route }) => kind === 'request' && method === 'POST' && route === '/data/connection').length;
}

describe('a worker that dies', () => {
  it('after its POST is followed by one that sends no second', async () => {
    await stage.control.switches({ creatingMs: 4_000 });
    await stage.writeManifest('after_post');
    const following = stage.register('after_post');
    await until(async () => ((await posts()) > 0 ? true : undefined));

    await killAndReplaceWorker();

    expect((await following).json.outcome).toBe('registered');
    expect(await posts()).toBe(1);
  });

  it('while it undoes is followed by one that finishes the undo', async () => {
    await stage.control.faults([
      { where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 422 },
      { where: 'snowflake:query', nth: 0, kind: 'delay', delayMs: 60 },
    ]);
    await stage.writeManifest('undoing');
    const following = stage.register('undoing');
    await until(async () => ((await executed(stage, 'cleanup')).length > 0 ? true : undefined), 40_000);

    await killAndReplaceWorker();

    expect((await following).json.outcome).toBe('compensated');
    expect(await leftBehind(stage)).toEqual([]);
  });
});

describe.each(platformNames)('two keys on one database or catalog of %s, at the same time', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('never cost the first one its objects', async () => {
    const [first, second] = [`one_${platform.toLowerCase()}`, `two_${platform.toLowerCase()}`];
    await stage.control.faults([{ where: platforms[platform].write, nth: 0, kind: 'delay', delayMs: 50 }]);
    await stage.writeManifest(first);
    const one = stage.register(first);
    await until(async () =>
      (await stage
        .handle(first)
        .describe()
        .catch(() => undefined)) === undefined
        ? undefined
        : true,
    );
    await stage.writeManifest(second);
    const two = stage.register(second);

    const ends = (await Promise.all([one, two])).map(({ json }) => json.outcome ?? json.phase);

    expect(ends).toContain('registered');
    expect(ends).toSatisfy((all: string[]) => all.some((end) => ['failed', 'needs-attention'].includes(end)));
    expect(await leftBehind(stage)).toEqual(expect.arrayContaining(['connection', 'integration', ...platforms[platform].standing]));
  });
});

describe('a key in another letter case', () => {
  it('is the same connection: its run is the only one', async () => {
    await stage.writeManifest('snow', { policy: 'approval' });
    const following = stage.register('snow');
    const { digest } = await pending(stage, 'snow');
    await stage.writeManifest('Snow', { policy: 'approval' });

    const second = await stage.mooring('register', 'Snow', '--json');

    expect(second.exitCode).toBe(8);
    await stage.handle('snow').signal('reject', { digest, by: 'ada', comment: 'enough' });
    await following;
  });
});
