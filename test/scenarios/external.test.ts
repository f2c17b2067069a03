import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asked, listed, reveal, runDirectly, runRevealed, say, written } from './elsewhere.js';
import { sharedStage } from './shared-stage.js';
import { leftBehind, until, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await sharedStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.platform = 'Snowflake';
  await stage.control.reset();
});

const external = (key: string, entry: object = {}): Promise<void> => stage.writeManifest(key, { policy: 'external', ...entry });
const status = async (key: string): Promise<Record<string, unknown>> =>
  JSON.parse((await stage.mooring('status', key, '--json')).stdout) as Record<string, unknown>;
/** The digest of a deregistration, once it waits for the decision on it. */
const awaitedRemoval = (key: string): Promise<string> =>
  until(async () => {
    const { operation, phase, digest } = await status(key);
    return operation === 'deregister' && phase === 'awaiting-decision' ? String(digest) : undefined;
  });
const create = 'immuta:POST /data/connection';

describe('a registration whose script a person runs elsewhere', () => {
  it('is registered when the objects were seen by login, and sends nothing but reads itself', async () => {
    await external('elsewhere');
    const following = stage.register('elsewhere');
    const { digest } = await asked(stage, 'elsewhere', 'external-bootstrap');
    expect(await listed(stage, 'elsewhere')).toMatchObject({
      kind: 'decision',
      digest,
      expiresAt: expect.any(String) as string,
      attention: { id: 'external-bootstrap', choices: ['ran'], digest },
    });
    expect(await status('elsewhere')).toMatchObject({ phase: 'awaiting-decision', digest });

    await runRevealed(stage, 'elsewhere');
    const answer = await say(stage, 'elsewhere', digest, '--query-id', '01b2-0001', '--query-id', '01b2-0002', '--json');

    expect(JSON.parse(answer.stdout)).toEqual({ v: 1, accepted: true });
    const { exitCode, json, stderr } = await following;
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      outcome: 'registered',
      decisions: [{ by: 'dba@example.com', verdict: 'approve', channel: 'update', queryIds: ['01b2-0001', '01b2-0002'] }],
      reveals: [{ by: 'dba@example.com', purpose: 'bootstrap' }],
      scripts: [{ purpose: 'bootstrap', ran: 0, skipped: 33, statements: 33 }],
    });
    expect(stderr).toContain('waits until somebody ran the bootstrap script elsewhere');
    expect(stderr).toContain(`mooring show elsewhere --script --reveal > bootstrap.sql`);
    expect(stderr).toContain(`mooring resolve elsewhere ran --digest ${digest.slice(0, 12)}`);
    expect(await written(stage)).toEqual([]);
  });

  it('needs a privileged user that can read, and no more', async () => {
    const { secretFolder } = stage.sandbox;
    const reader = `{ authenticationType: keyPair, username: MOORING_ADMIN, role: SYSADMIN, privateKey: 'file:${secretFolder}/admin.p8' }`;
    await external('reader', { privilegedUser: reader });
    const following = stage.register('reader');
    const { digest } = await asked(stage, 'reader', 'external-bootstrap');

    await runRevealed(stage, 'reader');
    await say(stage, 'reader', digest);

    expect((await following).json.outcome).toBe('registered');
  });

  it('asks again when what the script makes is not there, and never registers on a word alone', async () => {
    await external('unproved');
    const following = stage.register('unproved');
    const first = await asked(stage, 'unproved', 'external-bootstrap');
    const { digest } = first;

    expect((await say(stage, 'unproved', digest)).exitCode).toBe(0);
    const again = await asked(stage, 'unproved', 'external-bootstrap', first);

    expect(again.reason).toContain('database IMMUTA is not there');
    expect(again.digest).toBe(digest);
    expect((await stage.control.objects()).immuta.connections).toEqual([]);
    await runDirectly(stage, 'CREATE DATABASE IMMUTA'); // half of it
    await say(stage, 'unproved', digest);
    expect((await asked(stage, 'unproved', 'external-bootstrap', again)).reason).toContain('role IMMUTA_SYSTEM is not there');
    await runDirectly(stage, 'DROP DATABASE IMMUTA');
    await runRevealed(stage, 'unproved');
    await say(stage, 'unproved', digest);
    expect((await following).json).toMatchObject({ outcome: 'registered', decisions: [{ by: 'dba@example.com' }] });
  });

  it('asks again when the platform cannot be looked at', async () => {
    await external('unseen');
    const following = stage.register('unseen');
    const first = await asked(stage, 'unseen', 'external-bootstrap');
    await runRevealed(stage, 'unseen');
    await stage.control.faults([{ where: 'snowflake:login', nth: 1, kind: 'refuse', code: '390100' }]);

    await say(stage, 'unseen', first.digest);

    expect((await asked(stage, 'unseen', 'external-bootstrap', first)).reason).toContain('could not be looked at');
    await say(stage, 'unseen', first.digest);
    expect((await following).json.outcome).toBe('registered');
  });

  it('takes ran for exactly this plan: no other digest, none of an earlier run, no approval', async () => {
    await external('exact');
    const first = stage.register('exact');
    const old = await asked(stage, 'exact', 'external-bootstrap');
    await stage.mooring('cancel', 'exact');
    expect((await first).json.outcome).toBe('cancelled');
    const following = stage.register('exact');
    const { digest } = await asked(stage, 'exact', 'external-bootstrap', old);

    const stale = await say(stage, 'exact', old.digest, '--json');
    const bare = await stage.mooring('resolve', 'exact', 'ran', '--comment', 'ran it', '--json');
    const approved = await stage.mooring('approve', 'exact', '--digest', digest, '--json');
    await stage.handle('exact').signal('approve', { digest, by: 'approver@example.com' });

    for (const { exitCode, stdout } of [stale, bare, approved]) expect([exitCode, JSON.parse(stdout)]).toMatchObject([4, { accepted: false }]);
    expect(stale.stdout).toContain(digest.slice(0, 12));
    expect(approved.stdout).toContain('no effect');
    expect(await status('exact')).toMatchObject({ phase: 'awaiting-decision' });
    expect((await stage.mooring('reject', 'exact', '--comment', 'not now', '--json')).exitCode).toBe(0);
    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'rejected', decisions: [{ verdict: 'reject' }] });
    expect(exitCode).toBe(3);
  });

  it('expires when nobody says that it ran', async () => {
    await external('slow', { expiresAfter: '2s' });

    const { exitCode, json } = await stage.register('slow');

    expect(json.outcome).toBe('expired');
    expect(exitCode).toBe(5);
  });

  it('fails before anybody is asked where the database stands already', async () => {
    await runDirectly(stage, 'CREATE DATABASE IMMUTA');
    await external('taken');

    const { json } = await stage.register('taken');

    expect(json).toMatchObject({ outcome: 'failed', failure: { kind: 'already-exists' } });
  });
});

describe('what a person ran elsewhere and the run has to undo', () => {
  it('is asked for when it was rejected after it ran, and is never run here', async () => {
    await external('rejected_late');
    const following = stage.register('rejected_late');
    await asked(stage, 'rejected_late', 'external-bootstrap');
    await runRevealed(stage, 'rejected_late');
    await stage.mooring('reject', 'rejected_late', '--comment', 'the wrong account');

    const cleanup = await asked(stage, 'rejected_late', 'external-cleanup');
    const { digest } = cleanup;

    expect(await listed(stage, 'rejected_late')).toMatchObject({ kind: 'attention', attention: { choices: ['ran', 'abandon'], digest } });
    expect(cleanup.left).toEqual(['database IMMUTA', 'role IMMUTA_SYSTEM']);
    const cancelled = await stage.mooring('cancel', 'rejected_late', '--json');
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ accepted: false, phase: 'awaiting-decision' });
    await say(stage, 'rejected_late', digest);
    expect((await asked(stage, 'rejected_late', 'external-cleanup', cleanup)).reason).toContain('still there');
    await runRevealed(stage, 'rejected_late');
    await say(stage, 'rejected_late', digest);
    expect((await following).json).toMatchObject({ outcome: 'rejected', leftBehind: [], decisions: [{ verdict: 'reject' }, { verdict: 'approve' }] });
    expect(await leftBehind(stage)).toEqual([]);
    expect(await written(stage)).toEqual([]);
  });

  it('is taken out of Immuta by the run and off the platform by a person when the registration fails', async () => {
    await stage.control.switches({ creationEnding: 'createError' });
    await external('fails_late');
    const following = stage.register('fails_late');
    const { digest } = await asked(stage, 'fails_late', 'external-bootstrap');
    await runRevealed(stage, 'fails_late');
    await say(stage, 'fails_late', digest);

    const cleanup = await asked(stage, 'fails_late', 'external-cleanup');
    expect((await stage.control.objects()).immuta.connections).toEqual([]);
    await runRevealed(stage, 'fails_late');
    await say(stage, 'fails_late', cleanup.digest);

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'compensated', failure: { kind: 'validation-failed' }, leftBehind: [] });
    expect(exitCode).toBe(1);
    expect(await leftBehind(stage)).toEqual([]);
    expect(await written(stage)).toEqual([]);
  });

  it('does not hold what stood there before: that is left in front of a person, and nobody is asked to drop it', async () => {
    await runDirectly(stage, 'CREATE ROLE IMMUTA_SYSTEM');
    await stage.control.faults([{ where: create, nth: 0, kind: 'status', status: 422 }]);
    await external('foreign_role');
    const following = stage.register('foreign_role');
    const { digest } = await asked(stage, 'foreign_role', 'external-bootstrap');
    await runRevealed(stage, 'foreign_role');
    await say(stage, 'foreign_role', digest);

    const { exitCode, json } = await following;

    expect(json).toMatchObject({ phase: 'needs-attention', attention: { reason: expect.stringContaining('role IMMUTA_SYSTEM') as string } });
    expect(exitCode).toBe(6);
    await stage.mooring('resolve', 'foreign_role', 'abandon', '--comment', 'seen to');
  });

  it('can be abandoned, with what is left on the list', async () => {
    await external('given_up');
    const following = stage.register('given_up');
    await asked(stage, 'given_up', 'external-bootstrap');
    await runDirectly(stage, 'CREATE DATABASE IMMUTA');
    await stage.mooring('cancel', 'given_up');
    await asked(stage, 'given_up', 'external-cleanup');

    await stage.mooring('resolve', 'given_up', 'abandon', '--comment', 'kept on purpose');

    const { exitCode, json } = await following;
    expect(json).toMatchObject({ outcome: 'abandoned', leftBehind: expect.arrayContaining(['database IMMUTA']) as string[] });
    expect(exitCode).toBe(6);
  });
});

describe('a deregistration whose script a person runs elsewhere', () => {
  it('deletes after an approval, then waits for the cleanup script to be run, and looks', async () => {
    await stage.writeManifest('leaving');
    expect((await stage.register('leaving')).json.outcome).toBe('registered');
    const before = (await stage.control.statements()).length;
    await external('leaving');
    const following = stage.deregister('leaving');
    const digest = await awaitedRemoval('leaving');
    expect((await stage.mooring('approve', 'leaving', '--digest', digest, '--as', 'approver@example.com')).exitCode).toBe(0);

    const cleanup = await asked(stage, 'leaving', 'external-cleanup');
    expect((await stage.control.objects()).immuta.connections).toEqual([]);
    expect((await stage.mooring('reject', 'leaving', '--comment', 'too late')).exitCode).toBe(4);
    await stage.handle('leaving').cancel();
    await say(stage, 'leaving', digest);
    await asked(stage, 'leaving', 'external-cleanup', cleanup);
    await runRevealed(stage, 'leaving');
    await say(stage, 'leaving', digest, '--query-id', '01b2-0003');

    const { exitCode, json } = await following;
    expect(json).toMatchObject({
      outcome: 'deregistered',
      leftBehind: [],
      decisions: [{ by: 'approver@example.com' }, { by: 'dba@example.com', queryIds: ['01b2-0003'] }],
      scripts: [{ purpose: 'cleanup', ran: 0, skipped: 3 }],
    });
    expect(exitCode).toBe(0);
    expect(await leftBehind(stage)).toEqual([]);
    expect((await stage.control.statements()).length).toBe(before);
  });
});

describe('a Databricks connection whose scripts a person runs elsewhere', () => {
  it('is registered and deregistered, and Mooring sends nothing but reads', async () => {
    stage.platform = 'Databricks';
    await external('lake');
    const registering = stage.register('lake');
    const bootstrap = await asked(stage, 'lake', 'external-bootstrap');
    await say(stage, 'lake', bootstrap.digest);
    expect((await asked(stage, 'lake', 'external-bootstrap', bootstrap)).reason).toContain('catalog immuta is not there');
    await runRevealed(stage, 'lake');
    await say(stage, 'lake', bootstrap.digest);
    expect((await registering).json).toMatchObject({ outcome: 'registered', reveals: [{ purpose: 'bootstrap' }] });

    const deregistering = stage.deregister('lake');
    const digest = await awaitedRemoval('lake');
    expect((await stage.mooring('approve', 'lake', '--digest', digest, '--as', 'approver@example.com')).exitCode).toBe(0);
    await asked(stage, 'lake', 'external-cleanup');
    await runRevealed(stage, 'lake');
    await say(stage, 'lake', digest);

    expect((await deregistering).json).toMatchObject({ outcome: 'deregistered', leftBehind: [], reveals: [{ purpose: 'cleanup' }] });
    expect(await leftBehind(stage)).toEqual([]);
    expect(await stage.control.statements()).toEqual([]);
  });
});

describe('revealing a script', () => {
  it('gives the very bytes, to whoever holds the key, and only when the run recorded it', async () => {
    await external('sealed');
    const following = stage.register('sealed');
    await asked(stage, 'sealed', 'external-bootstrap');
    const plan = JSON.parse((await stage.mooring('show', 'sealed', '--json')).stdout) as { plan: { scripts: { purpose: string; sha256: string }[] } };

    const { stdout } = await reveal(stage, 'sealed');
    const cleanup = JSON.parse((await reveal(stage, 'sealed', '--purpose', 'cleanup', '--json')).stdout) as {
      script: { text: string; purpose: string };
    };

    expect(plan.plan.scripts.map(({ sha256 }) => sha256)).toEqual(
      [stdout, cleanup.script.text].map((text) => createHash('sha256').update(text).digest('hex')),
    );
    expect((await status('sealed'))['phase']).toBe('awaiting-decision');
    const without = await stage.mooring('show', 'sealed', '--script', '--reveal');
    expect([without.exitCode, without.stdout]).toEqual([64, '']);
    expect(without.stderr).toContain('MOORING_SCRIPT_KEYS');
    await stage.mooring('reject', 'sealed', '--comment', 'seen enough');
    expect((await following).json).toMatchObject({ outcome: 'rejected', reveals: [{ purpose: 'bootstrap' }, { purpose: 'cleanup' }] });
    const ended = await reveal(stage, 'sealed');
    expect([ended.exitCode, ended.stdout]).toEqual([4, '']);
  });
});
