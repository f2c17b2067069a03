import { describe, expect, it } from 'vitest';
import { Timing } from '../../domain/timing.js';

describe('the waits of a run', () => {
  it('have defaults that fit real platforms', () => {
    expect(Timing.parse({})).toEqual({ quietPeriod: '30s', heartbeatTimeout: '10s', verifyDeadline: '15m', pollInterval: '5s' });
  });

  it.each(['quietPeriod', 'heartbeatTimeout', 'verifyDeadline', 'pollInterval'])(
    'are at most a day, for Node ends a timer of a month at once: %s',
    (name) => {
      expect(Timing.safeParse({ [name]: '24h' }).success).toBe(true);
      expect(Timing.safeParse({ [name]: '30d' }).success).toBe(false);
    },
  );
});
