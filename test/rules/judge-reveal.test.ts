import { describe, expect, it } from 'vitest';
import { judgeReveal } from '../../rules/judge-reveal.js';

describe('recording who opens a sealed script', () => {
  it('takes who, which script, and the time of the server', () => {
    expect(judgeReveal({ by: ' ada ', purpose: 'cleanup' }, 1_000)).toEqual({
      accepted: true,
      reveal: { by: 'ada', purpose: 'cleanup', at: '1970-01-01T00:00:01.000Z' },
    });
  });

  it.each([
    ['nobody', { by: ' ', purpose: 'cleanup' }, '"by"'],
    ['a name without end', { by: 'x'.repeat(257), purpose: 'cleanup' }, '"by"'],
    ['a script that there is not', { by: 'ada', purpose: 'both' }, '"purpose"'],
    ['what could not be decrypted', { undecodable: 'wrong tag' }, '"by"'],
    ['nothing', null, '"by"'],
  ])('refuses %s', (_what, message, why) => {
    expect(judgeReveal(message, 0)).toMatchObject({ accepted: false, reason: expect.stringContaining(why) });
  });
});
