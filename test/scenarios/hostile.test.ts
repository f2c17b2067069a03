// What somebody with access to Temporal, or bad luck, may do to a run.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { executed, leftBehind, openStage, pending, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a Signal that no payload converter can read', () => {
  it.each([
    ['of an unknown encoding', { encoding: bytes('binary/nonsense') }, bytes('x')],
    ['of broken text', { encoding: bytes('json/plain') }, bytes('{"digest":')],
  ])(
    'does not freeze the run: %s',
    async (name, metadata, data) => {
      const key = `unreadable_${name.replaceAll(/\W/g, '_')}`;
      await stage.writeManifest(key, { policy: 'approval' });
      const following = stage.register(key);
      const { digest, workflowId } = await pending(stage, key);

      const { client, namespace } = stage.temporal;
      await client.workflowService.signalWorkflowExecution({
        namespace,
        workflowExecution: { workflowId },
        signalName: 'approve',
        input: { payloads: [{ metadata, data }] },
      });
      await stage.handle(key).signal('reject', { digest, by: 'ada', comment: 'enough' });

      expect((await following).json).toMatchObject({ outcome: 'rejected', decisions: [{ by: 'ada' }] });
    },
    20_000,
  );

  it.each(['__temporal_x', 'nobody_knows'])(
    'does not freeze the run: the Signal %s',
    async (signalName) => {
      const key = `named${signalName}`;
      await stage.writeManifest(key, { policy: 'approval' });
      const following = stage.register(key);
      const { digest, workflowId } = await pending(stage, key);

      const { client, namespace } = stage.temporal;
      await client.workflowService.signalWorkflowExecution({ namespace, workflowExecution: { workflowId }, signalName });
      await stage.handle(key).signal('reject', { digest, by: 'ada', comment: 'enough' });

      expect((await following).json).toMatchObject({ outcome: 'rejected', decisions: [{ by: 'ada' }] });
    },
    20_000,
  );
});

describe('a run that was started by hand', () => {
  it.each([
    ['without input', []],
    ['with an empty object', [{}]],
    ['with an absurd wait', [{ connectionKey: 'k', timing: { heartbeatTimeout: 'banana' } }]],
  ])(
    'fails when its input is no request: %s',
    async (name, args) => {
      const handle = await stage.temporal.client.workflow.start('registerConnection', {
        workflowId: `connection/hand/${name.replaceAll(/\W/g, '_')}`,
        taskQueue: 'mooring',
        args,
      });

      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'invalid-request' } });
    },
    15_000,
  );

  it('fails under a workflow ID that is not the lock of its connection', async () => {
    await stage.writeManifest('unlocked', { policy: 'approval' });
    const following = stage.register('unlocked');
    const { digest } = await pending(stage, 'unlocked');
    const { events } = await stage.handle('unlocked').fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];

    const { client, namespace } = stage.temporal;
    await client.workflowService.startWorkflowExecution({
      namespace,
      workflowId: 'by-hand',
      workflowType: { name: 'registerConnection' },
      taskQueue: { name: 'mooring' },
      requestId: 'by-hand',
      input: { payloads: input },
    });

    await expect(client.workflow.getHandle('by-hand').result()).rejects.toMatchObject({ cause: { type: 'invalid-request' } });
    await stage.handle('unlocked').signal('reject', { digest, by: 'ada', comment: 'enough' });
    await following;
  });
});

describe('two decisions at the same moment', () => {
  it('the first one counts, and the run goes on by it', async () => {
    await stage.writeManifest('at_once', { policy: 'approval' });
    const following = stage.register('at_once');
    const { digest } = await pending(stage, 'at_once');
    await stage.worker.stop();
    await stage.handle('at_once').signal('approve', { digest, by: 'ada' });
    await stage.handle('at_once').signal('reject', { digest, by: 'bob', comment: 'too late' });

    stage.worker = await stage.sandbox.startWorker();

    expect((await following).json).toMatchObject({ outcome: 'registered', decisions: [{ by: 'ada', verdict: 'approve' }] });
  }, 30_000);
});

describe('a slow Snowflake', () => {
  it('whose history takes longer than a lease holds nobody up', async () => {
    await stage.control.faults([
      { where: 'snowflake:write', nth: 9, kind: 'drop-after' },
      { where: 'snowflake:history', nth: 0, kind: 'delay', delayMs: 4_000 },
    ]);
    await stage.writeManifest('slow_history');

    const { json } = await stage.register('slow_history');

    expect(json).toMatchObject({ outcome: 'registered' });
    const places = await executed(stage, 'bootstrap');
    expect(places).toEqual(places.map((_place, index) => index));
  }, 60_000);

  it('whose login takes longer than a lease holds nobody up', async () => {
    await stage.control.faults([{ where: 'snowflake:login', nth: 0, kind: 'delay', delayMs: 4_000 }]);
    await stage.writeManifest('slow_login');

    const { json } = await stage.register('slow_login');

    expect(json).toMatchObject({ outcome: 'registered' });
  }, 60_000);
});

describe('a statement that fails', () => {
  it.each([1, 3, 12, 24])(
    'at write %i is undone',
    async (nth) => {
      await stage.control.faults([{ where: 'snowflake:write', nth, kind: 'refuse', code: '003001' }]);
      await stage.writeManifest(`write_${nth}`);

      const { json } = await stage.register(`write_${nth}`);

      expect(['failed', 'compensated']).toContain(json.outcome);
      expect(await leftBehind(stage)).toEqual([]);
      expect((await executed(stage, 'cleanup')).length > 0).toBe(json.outcome === 'compensated');
    },
    30_000,
  );
});
