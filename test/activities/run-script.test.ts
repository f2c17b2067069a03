import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../domain/decision.js';
import { emptyJournal, type Journal } from '../../rules/journal.js';
import { planScript } from '../../sql/plan-script.js';
import { approved, given, portError, run, runId, sealed, tagged, text } from './script-on-platform.js';

describe('running a script', () => {
  it('sends every statement once, in order, byte for byte', async () => {
    const platform = given();

    const { result } = await run(platform);

    expect(await result).toMatchObject({ statements: 4, ran: 4, skipped: 0, queryIds: ['q0', 'q1', 'q2', 'q3'] });
    expect(platform.sent.map(({ text: statement }) => statement)).toEqual(planScript(text, 'Snowflake', 'bootstrap').statements);
  });

  it('goes on behind what the last attempt acknowledged, after it set the session again', async () => {
    const platform = given();

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 1, mayHaveSentThrough: 1 } });

    expect((await result).queryIds).toEqual(['q2', 'q3']);
    expect(platform.sent.map(({ index, tag }) => [index, tag.includes('restore')])).toEqual([
      [0, true],
      [2, false],
      [3, false],
    ]);
  });

  it.each([2, 1])(
    'does not send again what the history shows as applied, at attempt %i: an operator may have set the count back',
    async (attempt) => {
      const platform = given();
      platform.history = [tagged(1, 'succeeded')];

      const { result } = await run(platform, { attempt, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 3 } });

      expect(await result).toMatchObject({ skipped: 1, journal: { creations: [{ object: { name: 'IMMUTA' }, made: true }] } });
      expect(platform.sent.filter(({ tag }) => !tag.includes('restore')).map(({ index }) => index)).toEqual([2, 3]);
    },
  );

  it.each(['failed', 'absent'] as const)('sends again what the history shows as %s', async (state) => {
    const platform = given();
    platform.history = state === 'failed' ? [tagged(1, 'failed')] : [];

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 3 } });

    await result;
    expect(platform.sent.filter(({ tag }) => !tag.includes('restore')).map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('asks a person when the history cannot be read and repeating could do harm', async () => {
    const platform = given();
    platform.history = 'unavailable';

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 3 } });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown', nonRetryable: true, details: [{ statement: { index: 1 } }] });
    expect(platform.sent.filter(({ tag }) => !tag.includes('restore'))).toEqual([]);
  });

  it('asks a history that could be read before again, and nobody, when it fails for a moment', async () => {
    const platform = given();
    platform.history = [tagged(1, 'succeeded')];
    platform.hiccups = 3;

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 1 } });

    expect((await result).queryIds).toEqual(['q2', 'q3']);
    expect(platform.asked).toBe(4);
  });

  it('asks a history that could not be read before once', async () => {
    const platform = given();
    platform.history = 'unavailable';
    const journal = { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 1 };

    const { result } = await run(platform, { attempt: 2, journal, input: { historyReadable: false } });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown' });
    expect(platform.asked).toBe(1);
  });

  it('repeats what is harmless to repeat when the history cannot be read', async () => {
    const platform = given();
    platform.history = 'unavailable';

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 1, mayHaveSentThrough: 2 } });

    expect((await result).queryIds).toEqual(['q2', 'q3']);
  });

  it('cancels by its id what has run longer than any statement may, and sends it again once it has certainly failed', async () => {
    const platform = given();
    platform.history = [tagged(1, 'running')];
    platform.historyAfterCancel = [tagged(1, 'failed')];

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 3 } });

    await result;
    expect(platform.cancelled).toEqual(['q1']);
    expect(platform.sent.filter(({ tag }) => !tag.includes('restore')).map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('waits for what runs and still may, and cancels nothing of it', async () => {
    const platform = given();
    platform.history = [{ ...tagged(1, 'running'), startedAt: new Date().toISOString() }];
    setTimeout(() => {
      platform.history = [tagged(1, 'succeeded')];
    }, 300);

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 3 } });

    await result;
    expect(platform.cancelled).toEqual([]);
    expect(platform.sent.filter(({ tag }) => !tag.includes('restore')).map(({ index }) => index)).toEqual([2, 3]);
  });

  it('does not take for absent what the history shows under a tag that was cut short', async () => {
    const platform = given();
    platform.history = [{ ...tagged(1, 'succeeded'), tag: `mooring/${runId}/bootstrap/1` }];

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 3 } });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown' });
    expect(platform.sent.filter(({ tag }) => !tag.includes('restore'))).toEqual([]);
  });

  it('asks about what may do harm even when something harmless stands before it', async () => {
    const platform = given();
    platform.history = 'unavailable';

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 1, mayHaveSentThrough: 3 } });

    await expect(result).rejects.toMatchObject({ type: 'outcome-unknown', nonRetryable: true, details: [{ statement: { index: 3 } }] });
    expect(platform.sent.filter(({ tag }) => !tag.includes('restore'))).toEqual([]);
  });

  it('does not start over when it cannot read what earlier attempts left on record', async () => {
    const platform = given();

    const { result } = await run(platform, { attempt: 2, journal: { undecodable: 'encrypted with the key "new"' } as unknown as Journal });

    await expect(result).rejects.toMatchObject({
      nonRetryable: false,
      details: [{ journal: undefined, failure: { next: expect.stringContaining('MOORING_CODEC_KEYS') } }],
    });
    expect(platform.sent).toEqual([]);
  });

  it('goes on behind a statement of which a person says that it ran', async () => {
    const platform = given();
    const journal = { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 1 };

    const { result } = await run(platform, { input: { resume: { journal, ranThrough: 1 } } });

    expect((await result).queryIds).toEqual(['q2', 'q3']);
  });

  it('is tried again after an ambiguous answer, with everything unknown on record', async () => {
    const platform = given();
    platform.answer = (index) => (index === 1 ? portError('unreachable', true) : undefined);

    const { result } = await run(platform);

    await expect(result).rejects.toMatchObject({
      type: 'unreachable',
      nonRetryable: false,
      details: [{ journal: { acknowledgedThrough: 0, mayHaveSentThrough: 3 } }],
    });
  });

  it('ends at a statement the platform refused, knowing that nothing behind it has left', async () => {
    const platform = given();
    platform.answer = (index) => (index === 1 ? portError('already-exists', false) : undefined);

    const { result } = await run(platform);

    await expect(result).rejects.toMatchObject({
      type: 'already-exists',
      nonRetryable: true,
      message: expect.stringContaining('Statement 2 of 4'),
      details: [{ journal: { acknowledgedThrough: 0, mayHaveSentThrough: 0 } }],
    });
  });

  it('knows that nothing has left when its first record is not taken', async () => {
    const platform = given();

    const { result } = await run(platform, { refusedRecords: 1 });

    await expect(result).rejects.toMatchObject({ nonRetryable: false, details: [{ journal: { acknowledgedThrough: -1, mayHaveSentThrough: -1 } }] });
    expect(platform.sent).toEqual([]);
  });

  it('takes a person at their word for what was sent before the statement that ran', async () => {
    const platform = given();
    const journal = { ...emptyJournal, acknowledgedThrough: 1, mayHaveSentThrough: 3 };

    const { result } = await run(platform, { input: { resume: { journal, ranThrough: 3 } } });

    expect(await result).toMatchObject({ ran: 2, skipped: 2, queryIds: [] });
  });

  it('claims nothing of an object whose CREATE the platform refused: somebody else made it', async () => {
    const platform = given();
    platform.answer = (index) => (index === 1 ? portError('already-exists', false) : undefined);

    const { result } = await run(platform);

    await expect(result).rejects.toMatchObject({ details: [{ journal: { creations: [] } }] });
  });

  it('claims nothing of an object whose CREATE the history shows as failed or absent', async () => {
    const platform = given();
    platform.answer = (index) => (index === 1 ? portError('already-exists', false) : undefined);
    const object = { kind: 'database', name: 'IMMUTA' } as const;
    const creations = [{ index: 1, object, sentAt: '2026-01-01T00:00:00Z', plain: true, made: false }];

    const { result } = await run(platform, { attempt: 2, journal: { ...emptyJournal, acknowledgedThrough: 0, mayHaveSentThrough: 1, creations } });

    await expect(result).rejects.toMatchObject({ details: [{ journal: { creations: [] } }] });
  });
});

describe('what is not run', () => {
  it('a script without an approval', async () => {
    const platform = given();

    await expect((await run(platform, { input: { decisions: [] } })).result).rejects.toMatchObject({ type: 'script-refused' });
    expect(platform.sent).toEqual([]);
  });

  it('a script that a policy let pass which this worker does not have', async () => {
    const decisions: Decision[] = [{ ...approved, by: 'policy', channel: 'policy' }];

    await expect((await run(given(), { input: { decisions } })).result).rejects.toMatchObject({ type: 'script-refused' });
    await expect((await run(given(), { input: { decisions }, allowAutomatic: true })).result).resolves.toBeDefined();
  });

  it('a script with one byte changed', async () => {
    const platform = given();
    const script = { ...sealed(), sealed: text.replace('IMMUTA_SYSTEM', 'IMMUTA_SYSTEN') };

    await expect((await run(platform, { input: { script } })).result).rejects.toMatchObject({ type: 'script-refused' });
    expect(platform.sent).toEqual([]);
  });

  it('a script whose statements are not the decided ones', async () => {
    const other = createHash('sha256').update('DROP DATABASE "OTHER"').digest('hex');
    const script = { ...sealed(), statementHashes: [...sealed().statementHashes.slice(0, 3), other] };

    await expect((await run(given(), { input: { script } })).result).rejects.toMatchObject({ type: 'script-refused' });
  });

  it('a script in the session of another user than the plan showed', async () => {
    const platform = given();

    await expect((await run(platform, { input: { identity: { user: 'ADMIN', role: 'SYSADMIN' } } })).result).rejects.toMatchObject({
      type: 'conflict',
    });
    expect(platform.sent).toEqual([]);
  });
});
