import { describe, expect, it } from 'vitest';
import { readTemporalAddress, TemporalRefused } from '../../temporal/connection-options.js';

describe('where Temporal is', () => {
  it('is this machine unless the environment says otherwise', () => {
    expect(readTemporalAddress({})).toMatchObject({ address: 'localhost:7233', namespace: 'default' });
  });

  it('may be elsewhere over TLS', () => {
    expect(readTemporalAddress({ TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_TLS: 'true' }).options.tls).toBeTruthy();
  });

  it('may be elsewhere with an API key, which switches TLS on', () => {
    expect(readTemporalAddress({ TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_API_KEY: 'k' }).options).toMatchObject({
      apiKey: 'k',
      tls: expect.anything(),
    });
  });

  it.each([
    ['another machine in clear', { TEMPORAL_ADDRESS: 'temporal.example:7233' }],
    ['an API key in clear', { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: 'false' }],
    ['a name that only looks like loopback', { TEMPORAL_ADDRESS: '127.0.0.1.example:7233' }],
    [
      'a TLS connection that trusts anyone',
      { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_TLS: 'true', TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' },
    ],
  ])('refuses %s', (_what, environment) => {
    expect(() => readTemporalAddress(environment)).toThrow(TemporalRefused);
  });
});
