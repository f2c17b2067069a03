import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../workflows/messages.js';
import { sharedStage } from './shared-stage.js';
import { pending, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(() => stage.control.reset());

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('messages that anyone may send', () => {
  it('a Signal that cannot be decrypted does not freeze the run: a good one still counts', async () => {
    await stage.writeManifest('undecodable', { policy: 'approval' });
    const following = stage.register('undecodable');
    const { digest, workflowId } = await pending(stage, 'undecodable');

    const { client, namespace } = stage.temporal;
    await client.workflowService.signalWorkflowExecution({
      namespace,
      workflowExecution: { workflowId },
      signalName: 'approve',
      input: {
        payloads: [
          { metadata: { encoding: bytes('binary/mooring-aes256gcm-v1'), 'encryption-key-id': bytes('stolen') }, data: bytes('x'.repeat(64)) },
        ],
      },
    });
    await stage.handle('undecodable').signal('approve', { digest, by: 'approver@example.com' });

    expect((await following).json).toMatchObject({ outcome: 'registered', decisions: [{ by: 'approver@example.com' }] });
  });

  it('a Signal in clear counts, as one sent by hand from the Temporal UI or CLI', async () => {
    await stage.writeManifest('in_clear', { policy: 'approval' });
    const following = stage.register('in_clear');
    const { digest, workflowId } = await pending(stage, 'in_clear');

    const { client, namespace } = stage.temporal;
    await client.workflowService.signalWorkflowExecution({
      namespace,
      workflowExecution: { workflowId },
      signalName: 'approve',
      input: { payloads: [{ metadata: { encoding: bytes('json/plain') }, data: bytes(JSON.stringify({ digest, by: 'by-hand' })) }] },
    });

    expect((await following).json).toMatchObject({ outcome: 'registered', decisions: [{ by: 'by-hand' }] });
  });

  it('a decision on another plan is refused at once and leaves nothing in history', async () => {
    await stage.writeManifest('other_plan', { policy: 'approval' });
    const following = stage.register('other_plan');
    const { digest } = await pending(stage, 'other_plan');
    const handle = stage.handle('other_plan');

    const refused = handle.executeUpdate(decide, { args: [{ digest: 'f'.repeat(64), by: 'ada', verdict: 'approve' }] });

    await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringContaining('digest') } });
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toBe(false);
    await handle.executeUpdate(decide, { args: [{ digest, by: 'ada', verdict: 'reject', comment: 'enough' }] });
    expect((await following).json.outcome).toBe('rejected');
  });

  it('an old decision is worth nothing in another run of the same plan', async () => {
    await stage.writeManifest('again', { policy: 'approval' });
    const first = stage.register('again');
    const { digest: old } = await pending(stage, 'again');
    await stage.handle('again').signal('reject', { digest: old, by: 'ada', comment: 'not now' });
    await first;
    const second = stage.register('again');
    const { digest } = await pending(stage, 'again');

    await stage.handle('again').signal('approve', { digest: old, by: 'bob' });
    await stage.handle('again').signal('reject', { digest, by: 'ada', comment: 'still not' });

    expect(digest).not.toBe(old);
    expect((await second).json).toMatchObject({ outcome: 'rejected', decisions: [{ by: 'ada' }] });
  });
});
