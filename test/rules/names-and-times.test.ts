import { describe, expect, it } from 'vitest';
import { durationMs } from '../../rules/duration.js';
import { connectionWorkflowId, immutaHost } from '../../rules/workflow-id.js';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['72h', 259_200_000],
    ['7d', 604_800_000],
  ])('%s are %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '0s', '-1s', '1.5h', '10', 'banana', '1w', '12345678s'])('refuses %j', (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  });
});

describe('workflow IDs', () => {
  it('are one for each tenant and connection, whatever the spelling', () => {
    expect(connectionWorkflowId('https://Acme.Hosted.immutacloud.com/', 'Snow_Prod')).toBe('connection/acme.hosted.immutacloud.com/snow_prod');
  });

  it('keep the port of the tenant', () => {
    expect(connectionWorkflowId('http://127.0.0.1:8080/base', 'k')).toBe('connection/127.0.0.1:8080/k');
  });

  it('need a URL', () => {
    expect(() => immutaHost('acme.example')).toThrow(RangeError);
  });
});
