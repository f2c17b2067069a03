import { describe, expect, it } from 'vitest';
import { settle, sight } from '../../rules/settle.js';

describe('settling a statement whose answer was lost', () => {
  it.each([
    ['succeeded', true, 'done'],
    ['succeeded', false, 'done'],
    ['failed', false, 'send'],
    ['absent', false, 'send'],
    ['running', true, 'wait'],
    ['unavailable', true, 'send'],
    ['unavailable', false, 'ask'],
  ] as const)('%s, harmless to repeat: %s -> %s', (sighting, repeatable, settlement) => {
    expect(settle(sighting, repeatable)).toBe(settlement);
  });

  it('believes a success among several attempts', () => {
    expect(sight([{ state: 'failed' }, { state: 'succeeded' }, { state: 'running' }])).toBe('succeeded');
  });

  it('waits for one that still runs', () => {
    expect(sight([{ state: 'failed' }, { state: 'running' }])).toBe('running');
  });

  it('takes silence for absence', () => {
    expect(sight([])).toBe('absent');
  });
});
