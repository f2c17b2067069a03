import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runMooring } from '../../dev/command-line.js';
import { platformNames } from './platforms.js';
import { sharedStage } from './shared-stage.js';
import { executed, leftBehind, pending, type RunResult, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

const connected = async (key: string): Promise<boolean> => JSON.stringify((await stage.control.objects()).immuta.connections).includes(`"${key}"`);

describe.each(platformNames)('registering a %s connection', (platform) => {
  beforeEach(() => {
    stage.platform = platform;
  });

  it('as a process, runs every statement once, in order, and ends registered', async () => {
    await stage.writeManifest('automatic');

    const { folder, sandbox } = stage;
    const { exitCode, stdout } = await runMooring(['register', 'automatic', '--json'], { folder, environment: sandbox.commandEnvironment });

    const json = JSON.parse(stdout) as RunResult['json'];
    expect(json).toMatchObject({
      v: 1,
      outcome: 'registered',
      operation: 'register',
      connectionKey: 'automatic',
      integrationId: expect.any(Number),
      leftBehind: [],
    });
    expect(exitCode).toBe(0);
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
    expect(places.length).toBeGreaterThanOrEqual(25);
    expect(json['scripts']).toMatchObject([{ purpose: 'bootstrap', statements: places.length, ran: places.length, skipped: 0 }]);
    expect(await connected('automatic')).toBe(true);
  });

  it('finds a second registration of the same unchanged', async () => {
    await stage.writeManifest('twice');
    await stage.register('twice');
    const before = (await stage.control.statements()).length;

    const { exitCode, json } = await stage.register('twice');

    expect(json.outcome).toBe('unchanged');
    expect(exitCode).toBe(0);
    expect((await stage.control.statements()).length).toBe(before);
  });

  it('refuses a key that stands in Immuta with something else, naming the field', async () => {
    await stage.writeManifest('taken');
    await stage.register('taken');
    await stage.writeManifest('taken', { database: 'OTHER' });

    const { exitCode, json } = await stage.register('taken');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'conflict', message: expect.stringMatching(/another (database|catalog)/) } });
    expect(exitCode).toBe(1);
  });
});

describe('registering a connection', () => {
  it('takes at most 34 history events when automatic, and no Query', async () => {
    await stage.writeManifest('lean');

    await stage.register('lean');

    const { events } = await stage.handle('lean').fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(34);
  });

  it('waits for a person: a Signal from any Temporal client approves, and nothing ran before it', async () => {
    await stage.writeManifest('by_signal', { policy: 'approval' });
    const following = stage.register('by_signal');
    const { digest } = await pending(stage, 'by_signal');
    expect(await stage.control.statements()).toEqual([]);

    await stage.handle('by_signal').signal('approve', { digest, by: 'approver@example.com' });

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'registered', decisions: [{ by: 'approver@example.com', verdict: 'approve', channel: 'signal' }] });
    expect(exitCode).toBe(0);
    const { events } = await stage.handle('by_signal').fetchHistory();
    expect(events?.length).toBeLessThanOrEqual(40);
  });

  it('is approved from the command line with the first digits of the digest', async () => {
    await stage.writeManifest('by_command', { policy: 'approval' });
    const following = stage.register('by_command');
    const { digest } = await pending(stage, 'by_command');

    const refused = await stage.mooring('approve', 'by_command', '--digest', 'ffffffffffff', '--as', 'approver@example.com');
    const accepted = await stage.mooring('approve', 'by_command', '--digest', digest.slice(0, 12), '--as', 'approver@example.com', '--json');

    expect(refused.exitCode).toBe(4);
    expect(accepted.exitCode).toBe(0);
    expect(JSON.parse(accepted.stdout)).toEqual({ v: 1, accepted: true });
    expect((await following).json).toMatchObject({ outcome: 'registered', decisions: [{ channel: 'update' }] });
  });

  it('ends rejected, and nothing that writes reached the platform', async () => {
    await stage.writeManifest('rejected', { policy: 'approval' });
    const following = stage.register('rejected');
    const { digest } = await pending(stage, 'rejected');

    await stage.mooring('reject', 'rejected', '--digest', digest, '--comment', 'not this week', '--as', 'approver@example.com');

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'rejected', decisions: [{ verdict: 'reject', comment: 'not this week' }] });
    expect(exitCode).toBe(3);
    expect(await stage.control.statements()).toEqual([]);
    expect(await leftBehind(stage)).toEqual([]);
  });

  it('expires when nobody decides: that means no', async () => {
    await stage.writeManifest('expired', { policy: 'approval', expiresAfter: '1s' });

    const { exitCode, json } = await stage.register('expired');

    expect(json.outcome).toBe('expired');
    expect(exitCode).toBe(5);
    expect(await stage.control.statements()).toEqual([]);
  });

  it('joins a run that does the same, and refuses one that does something else', async () => {
    await stage.writeManifest('shared', { policy: 'approval' });
    const first = stage.register('shared');
    const { digest } = await pending(stage, 'shared');
    const joined = stage.register('shared', '--no-wait');

    expect((await joined).exitCode).toBe(7);
    await stage.writeManifest('shared', { policy: 'approval', database: 'OTHER' });
    const other = await stage.register('shared');

    expect(other.exitCode).toBe(8);
    expect(other.json.error?.message).toContain('requester@example.com');
    await stage.handle('shared').signal('approve', { digest, by: 'approver@example.com' });
    expect((await first).json['runId']).toBe((await joined).json['runId']);
    expect(await executed(stage, 'bootstrap')).toHaveLength(new Set(await executed(stage, 'bootstrap')).size);
  });

  it('asks for approval, not automatic, when the script holds code that only the platform can read', async () => {
    await stage.control.switches({ opaqueStatements: true });
    await stage.writeManifest('opaque');
    const following = stage.register('opaque');
    const { digest } = await pending(stage, 'opaque');

    await stage.handle('opaque').signal('approve', { digest, by: 'approver@example.com' });

    expect((await following).json.outcome).toBe('registered');
    await stage.control.switches({ opaqueStatements: false });
  });
});
