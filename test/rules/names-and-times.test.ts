import { describe, expect, it } from 'vitest';
import { durationMs } from '../../rules/duration.js';
import { holdsLock, obstacleToStart } from '../../rules/judge-start.js';
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

  it.each(['', '0s', '-1s', '1.5h', '10', 'banana', '1w', '12345678s', '367d', '9999999d'])('refuses %j', (text) => {
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

  it('are the lock of a connection: a run under another one does not hold it', () => {
    const request = { connectionKey: 'Snow', immuta: { url: 'https://acme.example' } };

    expect(holdsLock('connection/acme.example/snow', request)).toBe(true);
    expect(holdsLock('by-hand', request)).toBe(false);
  });

  it('need a URL', () => {
    expect(() => immutaHost('acme.example')).toThrow(RangeError);
  });
});

describe('what a run can begin with', () => {
  const request = {
    connectionKey: 'snow',
    requester: 'ada',
    immuta: { url: 'https://acme.example' },
    target: { technology: 'Snowflake', host: 'a.example', database: 'IMMUTA' },
    script: { expiresAfter: '72h' },
    timing: { quietPeriod: '30s', heartbeatTimeout: '10s', verifyDeadline: '15m', pollInterval: '5s' },
  };

  it('is a request', () => {
    expect(obstacleToStart(request)).toBeUndefined();
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'register'],
    ['no key', { ...request, connectionKey: 7 }],
    ['no address', { ...request, immuta: { url: 'acme.example' } }],
    ['a platform that nobody knows', { ...request, target: { ...request.target, technology: 'constructor' } }],
    ['the name of another platform', { ...request, target: { ...request.target, technology: 'Databricks' } }],
    ['an absurd expiry', { ...request, script: { expiresAfter: '9999999d' } }],
    ['a wait that is none', { ...request, timing: { ...request.timing, heartbeatTimeout: 'banana' } }],
  ])('is not %s', (_what, input) => {
    expect(obstacleToStart(input)).toEqual(expect.any(String));
  });
});
