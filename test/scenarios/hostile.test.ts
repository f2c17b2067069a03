// What somebody with access to Temporal, or bad luck, may do to a run.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxTiming } from '../../dev/sandbox.js';
import { sharedStage } from './shared-stage.js';
import { executed, leftBehind, pending, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
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
  });
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
  });

  it('whose login takes longer than a lease holds nobody up', async () => {
    await stage.control.faults([{ where: 'snowflake:login', nth: 0, kind: 'delay', delayMs: 4_000 }]);
    await stage.writeManifest('slow_login');

    const { json } = await stage.register('slow_login');

    expect(json).toMatchObject({ outcome: 'registered' });
  });
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

describe('an undo', () => {
  it('does not call clean what the cleanup script leaves: the role stands in front of a person until it is gone', async () => {
    await stage.control.faults([
      { where: 'immuta:POST /integrations/scripts/cleanup', nth: 0, kind: 'status', status: 200, body: 'DROP DATABASE IF EXISTS "IMMUTA";' },
      { where: 'immuta:POST /data/connection', nth: 0, kind: 'status', status: 422 },
    ]);
    await stage.writeManifest('forgotten_role');

    const { exitCode, json } = await stage.register('forgotten_role');

    expect(exitCode).toBe(6);
    expect(json).toMatchObject({ phase: 'needs-attention', attention: { left: ['role IMMUTA_SYSTEM'], choices: ['retry', 'abandon'] } });
    expect(await leftBehind(stage)).toEqual(['ROLE IMMUTA_SYSTEM']);
    await stage.mooring('resolve', 'forgotten_role', 'abandon', '--comment', 'the test is over', '--as', 'operator@example.com');
  });
});

describe('an integration that stays creating', () => {
  it('is put before a person at the verify deadline, not some attempts later', async () => {
    await stage.control.switches({ creatingMs: 60_000 });
    await writeFile(join(stage.folder, 'timing.json'), JSON.stringify({ ...sandboxTiming, verifyDeadline: '1s' }));
    await stage.writeManifest('creating');

    const { exitCode, json } = await stage.register('creating');

    expect(exitCode).toBe(6);
    expect(json).toMatchObject({ attention: { id: 'verify-1', choices: ['retry', 'undo', 'abandon'] } });
    const posts = (await stage.control.ledger()).filter(({ route }) => route === '/data/connection/test');
    expect(posts).toHaveLength(1);
    const { events } = await stage.handle('creating').fetchHistory();
    expect(events?.some((event) => (event.activityTaskStartedEventAttributes?.attempt ?? 0) > 1)).toBe(false);
    await stage.mooring('resolve', 'creating', 'abandon', '--comment', 'the test is over', '--as', 'operator@example.com');
  });
});

describe('a cancel while a person is asked', () => {
  it('does not make us forget that the connection is ours', async () => {
    await stage.control.switches({ creatingMs: 60_000 });
    await writeFile(join(stage.folder, 'timing.json'), JSON.stringify({ ...sandboxTiming, verifyDeadline: '1s' }));
    await stage.writeManifest('asked');
    expect((await stage.register('asked')).exitCode).toBe(6);

    await stage.handle('asked').cancel();
    await stage.mooring('resolve', 'asked', 'undo', '--comment', 'no longer wanted', '--as', 'operator@example.com');

    const { attention } = await until(async () => {
      const found = await pending(stage, 'asked');
      return found.attention?.id.startsWith('undo') === true ? found : undefined;
    });
    expect(attention).toMatchObject({ left: expect.arrayContaining(['connection asked']) });
    await stage.mooring('resolve', 'asked', 'abandon', '--comment', 'the test is over', '--as', 'operator@example.com');
  });

  it('and who says to wait on gets the registration', async () => {
    await stage.control.switches({ creatingMs: 4_000 });
    await stage.writeManifest('waited');
    const { exitCode, json } = await stage.register('waited');
    expect([exitCode, json]).toMatchObject([6, {}]);

    await stage.handle('waited').cancel();
    await until(async () => {
      await stage.mooring('resolve', 'waited', 'retry', '--comment', 'it takes its time', '--as', 'operator@example.com');
      return (await stage.handle('waited').describe()).status.name === 'RUNNING' ? undefined : true;
    });

    expect(await stage.handle('waited').result()).toMatchObject({ outcome: 'registered' });
    await writeFile(join(stage.folder, 'timing.json'), JSON.stringify(sandboxTiming));
  });
});
