import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { namedManifest, readConfig } from '../../client/config.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const elsewhere = { TEMPORAL_ADDRESS: '127.0.0.1:7233' };

describe('MOORING_TIMING', () => {
  const timingOf = (text: string) => {
    const file = join(folder, 'timing.json');
    writeFileSync(file, text);
    return readConfig({ ...elsewhere, MOORING_TIMING: file }, folder).timing;
  };

  test('overrides parts, and the rest stays', () => {
    expect(timingOf('{ "quietPeriod": "45s" }')).toMatchObject({
      quietPeriod: '45s',
      heartbeatTimeout: '10s',
      verifyDeadline: '15m',
      pollInterval: '5s',
    });
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '"30s"'],
    ['a wait that is none', '{ "quietPeriod": "soon" }'],
    ['a name that means nothing', '{ "quietPeriot": "30s" }'],
  ])('is refused when it is %s', (_, text) => {
    expect(() => timingOf(text)).toThrow(/MOORING_TIMING/);
  });

  test('is refused when its file is not there', () => {
    expect(() => readConfig({ ...elsewhere, MOORING_TIMING: join(folder, 'absent.json') }, folder)).toThrow(/MOORING_TIMING/);
  });
});

test('MOORING_TASK_QUEUE names the queue; without it the queue is mooring', () => {
  expect(readConfig(elsewhere, folder).taskQueue).toBe('mooring');
  expect(readConfig({ ...elsewhere, MOORING_TASK_QUEUE: 'eu' }, folder).taskQueue).toBe('eu');
});

test('--manifest wins over MOORING_MANIFEST; without both the nearest one is meant', () => {
  expect(namedManifest('a.yaml', { MOORING_MANIFEST: 'b.yaml' }, '/project')).toBe('/project/a.yaml');
  expect(namedManifest(undefined, { MOORING_MANIFEST: 'b.yaml' }, '/project')).toBe('/project/b.yaml');
  expect(namedManifest(undefined, { MOORING_MANIFEST: '' }, '/project')).toBeUndefined();
});
