import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { platformNames, platforms } from './platforms.js';
import { sharedStage } from './shared-stage.js';
import { executed, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

describe('a worker that is killed', () => {
  it.each([
    ['SIGKILL', 'Snowflake'],
    ['SIGTERM', 'Snowflake'],
    ['SIGKILL', 'Databricks'],
  ] as const)('in mid-script by %s is followed by another that repeats no acknowledged statement and skips none (%s)', async (signal, platform) => {
    const key = `crash_${signal.toLowerCase()}`;
    stage.platform = platform;
    await stage.control.faults([{ where: platforms[platform].statement, nth: 0, kind: 'delay', delayMs: 40 }]);
    await stage.writeManifest(key);
    const following = stage.register(key);
    await until(async () => ((await executed(stage, 'bootstrap')).length >= 10 ? true : undefined));

    stage.worker.process.kill(signal);
    stage.worker = await stage.sandbox.startWorker();

    const { json } = await following;
    expect(json.outcome).toBe('registered');
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(json['scripts']).toMatchObject([{ statements: places.length }]);
  });

  it('while it prepares is noticed by its silence, and another prepares anew', async () => {
    await stage.control.faults([{ where: 'immuta:POST /integrations/scripts/create', nth: 1, kind: 'hang' }]);
    await stage.writeManifest('silent');
    const following = stage.register('silent');
    await until(async () => ((await stage.control.ledger()).some(({ route }) => route === '/integrations/scripts/create') ? true : undefined));

    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json.outcome).toBe('registered');
    const { events } = await stage.handle('silent').fetchHistory();
    const attempts = (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) => (started == null ? [] : [started]));
    expect(attempts.map(({ lastFailure }) => lastFailure?.message)).toContain('activity Heartbeat timeout');
  });

  it('restores role and database in the new session before the script goes on', async () => {
    await stage.control.faults([{ where: 'snowflake:query', nth: 0, kind: 'delay', delayMs: 40 }]);
    await stage.writeManifest('restored');
    const following = stage.register('restored');
    await until(async () => ((await executed(stage, 'bootstrap')).length >= 12 ? true : undefined));

    stage.worker.process.kill('SIGKILL');
    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json.outcome).toBe('registered');
    const restoring = (await stage.control.ledger()).filter(({ tag }) => tag?.includes('/bootstrap/restore/'));
    expect(restoring.length).toBeGreaterThan(0);
  });
});

describe.each(platformNames)('a statement on %s whose answer is lost', (platform) => {
  const { write } = platforms[platform];
  beforeEach(() => {
    stage.platform = platform;
  });

  it('is looked up by its tag and not sent again', async () => {
    await stage.control.faults([{ where: write, nth: 9, kind: 'drop-after' }]);
    await stage.writeManifest('lost_answer');

    const { json } = await stage.register('lost_answer');

    expect(json.outcome).toBe('registered');
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
  });

  it('is sent again when it never arrived', async () => {
    await stage.control.faults([{ where: write, nth: 9, kind: 'drop-before' }]);
    await stage.writeManifest('lost_request');

    const { json } = await stage.register('lost_request');

    expect(json.outcome).toBe('registered');
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
  });
});

describe.each(platformNames)('two workers on %s, one of which is asked to end', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('hands the script over: nothing is lost, nothing repeated, and nobody has to look what became of a statement', async () => {
    await stage.control.faults([{ where: platforms[platform].statement, nth: 0, kind: 'delay', delayMs: 1_000 }]);
    await stage.writeManifest('handed_over');
    const following = stage.register('handed_over');
    await until(async () => ((await executed(stage, 'bootstrap')).length >= 2 ? true : undefined));
    const first = stage.worker;
    stage.worker = await stage.sandbox.startWorker();
    const looksBefore = await looks();

    first.process.kill('SIGTERM');
    await stage.control.forgetFaults();

    const { json } = await following;
    expect(json).toMatchObject({ outcome: 'registered', scripts: [{ skipped: 0 }] });
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(await looks()).toBe(looksBefore); // the record that it left said exactly how far it had come
    const attempts = new Set((await stage.control.statements()).map(({ tag }) => tag?.split('/').at(-1)));
    expect(attempts.size).toBe(2);
  });

  /** How often the history was asked: only for what nobody knows. */
  async function looks(): Promise<number> {
    const ledger = await stage.control.ledger();
    return ledger.filter((line) => JSON.stringify(line).includes(platform === 'Snowflake' ? 'QUERY_HISTORY_BY_USER' : '/sql/history/queries')).length;
  }
});
