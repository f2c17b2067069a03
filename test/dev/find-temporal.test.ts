import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder, findTemporal, temporalCliVersion } from '../../dev/setup/find-temporal.mjs';
import { writeProgram, writeTemporal } from './program.js';

describe('findTemporal', () => {
  let home = '';
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'mooring-find-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('takes what TEMPORAL_CLI_PATH names before anything else', () => {
    const named = writeTemporal(join(home, 'own', 'my-temporal'), '1.5.0');
    writeTemporal(join(home, 'bin', 'temporal'), '1.7.0');

    expect(findTemporal({ TEMPORAL_CLI_PATH: named, PATH: join(home, 'bin'), HOME: home })).toEqual({ path: named, foundBy: 'TEMPORAL_CLI_PATH' });
  });

  it.each([
    ['missing', () => join(home, 'nowhere')],
    ['another program', () => writeProgram(join(home, 'other'), 'echo tctl 1.0')],
  ])('refuses a TEMPORAL_CLI_PATH that is %s, whatever else there is', (_, named) => {
    writeTemporal(join(home, 'bin', 'temporal'), '1.7.0');

    expect(() => findTemporal({ TEMPORAL_CLI_PATH: named(), PATH: join(home, 'bin'), HOME: home })).toThrow(
      /TEMPORAL_CLI_PATH is .* Correct or unset it/,
    );
  });

  it('takes the first on PATH that answers as a Temporal CLI, of any version', () => {
    writeProgram(join(home, 'a', 'temporal'), 'exit 1');
    chmodSync(writeTemporal(join(home, 'b', 'temporal'), '1.8.2'), 0o644);
    const good = writeTemporal(join(home, 'c', 'temporal'), '1.3.0');
    const PATH = ['a', 'b', 'c'].map((folder) => join(home, folder)).join(delimiter);

    expect(findTemporal({ PATH: `relative${delimiter}${PATH}:/bin:/usr/bin`, HOME: home })).toEqual({ path: good, foundBy: 'PATH' });
  });

  it('takes what an earlier set-up left in the cache', () => {
    const cached = writeTemporal(join(home, '.cache', 'mooring', `temporal-${temporalCliVersion}`, 'temporal'), temporalCliVersion);

    expect(findTemporal({ PATH: '/bin', HOME: home })).toEqual({ path: cached, foundBy: 'cache' });
  });

  it('finds nothing where there is nothing, and takes no other version from the cache', () => {
    writeTemporal(join(home, '.cache', 'mooring', 'temporal-1.0.0', 'temporal'), '1.0.0');

    expect(findTemporal({ PATH: '/bin', HOME: home })).toBeUndefined();
  });

  it('follows XDG_CACHE_HOME unless it is relative', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me', HOME: home })).toBe('/var/cache/me/mooring');
    expect(cacheFolder({ XDG_CACHE_HOME: 'here', HOME: home })).toBe(join(home, '.cache', 'mooring'));
  });
});
