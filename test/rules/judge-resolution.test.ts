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

  it.each([
    ['an answer to an older question', { ...answer, attention: 'undo-0' }, 'undo-1'],
    ['a choice that is not offered', { ...answer, choice: 'ran' }, 'retry, undo, abandon'],
    ['an answer of nobody', { ...answer, by: '' }, '"by"'],
    ['an answer without a reason', { ...answer, comment: ' ' }, '"comment"'],
    ['a digest that is none', { ...answer, digest: 'abc' }, '64 hex digits'],
    ['query ids that are no list of texts', { ...answer, queryIds: [1] }, 'queryIds'],
    ['a message that could not be decrypted', { undecodable: 'wrong tag' }, 'decrypted'],
    ['text', 'retry', 'object'],
  ])('refuses %s', (_what, message, why) => {
    expect(judgeResolution(open, message)).toMatchObject({ accepted: false, reason: expect.stringContaining(why) });
  });

  it('refuses everything while nothing is asked', () => {
    expect(judgeResolution(undefined, answer).accepted).toBe(false);
  });
});
