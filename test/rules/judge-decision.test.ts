import { describe, expect, it } from 'vitest';
import type { Decision } from '../../domain/decision.js';
import { judgeDecision, type OpenGate } from '../../rules/judge-decision.js';

const digest = 'a1'.repeat(32);
const gate: OpenGate = { digest, expiresAt: 10_000 };
const before = 9_999;

function judge(message: unknown, options: { gate?: OpenGate | undefined; soFar?: Decision[]; verdict?: 'approve' | 'reject'; now?: number } = {}) {
  const open = 'gate' in options ? options.gate : gate;
  return judgeDecision(open, options.soFar ?? [], { message, verdict: options.verdict ?? 'approve', channel: 'signal', now: options.now ?? before });
}

describe('judging a decision', () => {
  it('accepts an approval of the plan that waits, with who, when and through which channel', () => {
    expect(judge({ digest, by: 'ada@example.com' })).toEqual({
      accepted: true,
      decision: { by: 'ada@example.com', verdict: 'approve', channel: 'signal', at: new Date(before).toISOString() },
    });
  });

  it('takes the digest in capitals too', () => {
    expect(judge({ digest: digest.toUpperCase(), by: 'ada' }).accepted).toBe(true);
  });

  it('takes a no and not a yes where the script is run elsewhere', () => {
    const elsewhere = { ...gate, elsewhere: true };

    expect(judge({ digest, by: 'ada' }, { gate: elsewhere })).toMatchObject({ accepted: false, reason: expect.stringContaining('no effect') });
    expect(judge({ digest, by: 'ada', comment: 'no' }, { gate: elsewhere, verdict: 'reject' }).accepted).toBe(true);
  });

  it('keeps the comment of a rejection', () => {
    expect(judge({ digest, by: 'ada', comment: ' not this week ' }, { verdict: 'reject' })).toMatchObject({ decision: { comment: 'not this week' } });
  });

  it.each([
    ['a message that is no object', 'approve', 'object'],
    ['null', null, 'object'],
    ['a message that could not be decrypted', { undecodable: 'unknown key' }, 'decrypted'],
    ['the first twelve digits only', { digest: digest.slice(0, 12), by: 'ada' }, '64 hex digits'],
    ['a digest of another plan', { digest: 'b2'.repeat(32), by: 'ada' }, 'not the one of the plan'],
    ['nobody', { digest }, '"by"'],
    ['a blank name', { digest, by: '  ' }, '"by"'],
    ['a name without end', { digest, by: 'a'.repeat(257) }, '"by"'],
    ['a comment that is no text', { digest, by: 'ada', comment: 7 }, 'comment'],
    ['a comment without end', { digest, by: 'ada', comment: 'a'.repeat(1_025) }, 'comment'],
  ])('refuses %s, and says why', (_what, message, why) => {
    const judgement = judge(message);

    expect(judgement).toMatchObject({ accepted: false, reason: expect.stringContaining(why) });
  });

  it('refuses every message before the gate is open and after it is closed', () => {
    expect(judge({ digest, by: 'ada' }, { gate: undefined })).toMatchObject({ accepted: false, reason: expect.stringContaining('not waiting') });
  });

  it.each([
    [9_999, true],
    [10_000, false],
    [10_001, false],
  ])('at %i ms of 10000 a decision counts: %s', (now, counts) => {
    expect(judge({ digest, by: 'ada' }, { now }).accepted).toBe(counts);
  });

  it('refuses a rejection without a comment', () => {
    expect(judge({ digest, by: 'ada', comment: '  ' }, { verdict: 'reject' })).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('comment'),
    });
  });

  it('counts only the first decision of a person', () => {
    const soFar: Decision[] = [{ by: 'ada', verdict: 'approve', channel: 'signal', at: '2026-01-01T00:00:00Z' }];

    expect(judge({ digest, by: 'ada', comment: 'changed my mind' }, { soFar, verdict: 'reject' }).accepted).toBe(false);
  });
});
