import { expect, it } from 'vitest';
import { prettyLine } from '../../worker/pretty-line.js';

const entry = { level: 40, time: '2026-11-30T20:39:36.977Z', taskQueue: 'mooring', state: 'RUNNING', msg: 'Worker state changed' };

it('shows a person time, level, words and fields of a log line', () => {
  expect(prettyLine(`${JSON.stringify(entry)}\n`)).toBe('20:39:36 warn   Worker state changed  taskQueue=mooring state=RUNNING\n');
});

it('lets nothing that stands in a field steer the terminal', () => {
  const line = prettyLine(JSON.stringify({ ...entry, taskQueue: 'a\u001b[2J\u202eb\nc' }));

  expect(line).toBe('20:39:36 warn   Worker state changed  taskQueue=a\\u202eb c state=RUNNING\n');
});

it('passes on what is no log line', () => {
  expect(prettyLine('not JSON\n')).toBe('not JSON\n');
});
