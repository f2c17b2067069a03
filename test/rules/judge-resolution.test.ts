import { describe, expect, it } from 'vitest';
import type { Attention } from '../../domain/outcome.js';
import { judgeResolution } from '../../rules/judge-resolution.js';

const digest = 'c3'.repeat(32);
const open: Attention = {
  id: 'undo-1',
  reason: 'something is left',
  since: '2026-01-01T00:00:00Z',
  choices: ['retry', 'undo', 'abandon'],
  digest,
  left: [],
};
const answer = { attention: 'undo-1', choice: 'retry', by: 'ada', comment: 'looked at SHOW DATABASES' };

describe('judging an answer to needs-attention', () => {
  it('accepts one of the choices, from somebody, for a reason', () => {
    expect(judgeResolution(open, answer)).toEqual({ accepted: true, message: answer });
  });

  it('accepts undo only with the digest of the plan it would run', () => {
    expect(judgeResolution(open, { ...answer, choice: 'undo' }).accepted).toBe(false);
    expect(judgeResolution(open, { ...answer, choice: 'undo', digest }).accepted).toBe(true);
  });

  it('takes ran with a digest for the approval that it is: of this plan, in time, once', () => {
    const elsewhere: Attention = { ...open, id: 'external-bootstrap', choices: ['ran'] };
    const ran = { ...answer, attention: 'external-bootstrap', choice: 'ran', digest: digest.toUpperCase(), queryIds: ['01b2-1'] };

    expect(judgeResolution(elsewhere, ran, { now: 1_000 })).toMatchObject({
      accepted: true,
      decision: { by: 'ada', verdict: 'approve', channel: 'update', at: '1970-01-01T00:00:01.000Z', queryIds: ['01b2-1'] },
    });
    expect(judgeResolution(elsewhere, { ...ran, digest: undefined })).toMatchObject({ accepted: false, reason: expect.stringContaining('digest') });
    expect(judgeResolution(elsewhere, { ...ran, digest: 'd4'.repeat(32) })).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('not the one of the plan'),
    });
    expect(judgeResolution(elsewhere, ran, { now: 2_000, expiresAt: 2_000 })).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('expiry means no'),
    });
  });

  it('takes ran of a single statement without a digest: it approves nothing', () => {
    const { digest: _none, ...unknown } = open;

    const resolution = judgeResolution({ ...unknown, choices: ['ran'] }, { ...answer, choice: 'ran' });

    expect(resolution).toEqual({ accepted: true, message: { ...answer, choice: 'ran' } });
  });

  it.each([
    ['an answer to an older question', { ...answer, attention: 'undo-0' }, 'undo-1'],
    ['a choice that is not offered', { ...answer, choice: 'ran' }, 'retry, undo, abandon'],
    ['an answer of nobody', { ...answer, by: '' }, '"by"'],
    ['an answer without a reason', { ...answer, comment: ' ' }, '"comment"'],
    ['a digest that is none', { ...answer, digest: 'abc' }, '64 hex digits'],
    ['query ids that are no list of texts', { ...answer, queryIds: [1] }, 'queryIds'],
    ['more query ids than any script has', { ...answer, queryIds: Array.from({ length: 1_001 }, () => 'x') }, 'at most'],
    ['a query id that is a text', { ...answer, queryIds: ['x'.repeat(65)] }, 'at most'],
    ['a message that could not be decrypted', { undecodable: 'wrong tag' }, 'decrypted'],
    ['text', 'retry', 'object'],
  ])('refuses %s', (_what, message, why) => {
    expect(judgeResolution(open, message)).toMatchObject({ accepted: false, reason: expect.stringContaining(why) });
  });

  it('refuses everything while nothing is asked', () => {
    expect(judgeResolution(undefined, answer).accepted).toBe(false);
  });
});
