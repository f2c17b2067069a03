import { expect, test } from 'vitest';
import { runLines } from '../../client/show-run.js';
import type { RunView } from '../../domain/outcome.js';

const view: RunView = {
  v: 1,
  outcome: 'compensated',
  operation: 'register',
  connectionKey: 'snow_prod',
  workflowId: 'connection/acme.example.com/snow_prod',
  runId: 'r1',
  integrationId: 7,
  scripts: [{ purpose: 'bootstrap', sha256: '', statements: 33, ran: 33, skipped: 0 }],
  decisions: [
    { by: 'ada@example.com', verdict: 'approve', channel: 'update', at: '2026-01-01T00:00:00.000Z', comment: 'read it\n  outcome    registered' },
  ],
  failure: {
    kind: 'validation-failed',
    message: 'Immuta answered 422.\nfailed: Role exists: no role IMMUTA_SYSTEM\npassed: Connects',
    next: 'Correct what it names.\ntemporal x',
    step: 'createConnection',
  },
  leftBehind: [],
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
};
const shown = (width: number): string[] => runLines(view, width, (_style, text) => text).map(String);

test('a failure with several lines shows each of them, under its beginning', () => {
  const lines = shown(Number.POSITIVE_INFINITY);

  expect(lines.slice(lines.indexOf('  failure    validation-failed in createConnection: Immuta answered 422.'))).toEqual([
    '  failure    validation-failed in createConnection: Immuta answered 422.',
    '             failed: Role exists: no role IMMUTA_SYSTEM',
    '             passed: Connects',
    '  next       Correct what it names.',
    '             temporal x',
  ]);
});

test('a comment of several lines cannot pass for what we say', () => {
  expect(shown(Number.POSITIVE_INFINITY)).toContain('               outcome    registered');
});

test('on a terminal words stay whole', () => {
  expect(shown(60)).toContain('  failure    validation-failed in createConnection: Immuta');
  expect(shown(60)).toContain('             answered 422.');
});
