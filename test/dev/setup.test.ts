import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmEnvironment } from '../../dev/setup/dependencies.mjs';
import { isOlder, requireNode } from '../../dev/setup/node-version.mjs';
import { projectRoot } from '../../dev/setup/project-root.mjs';

describe('the set-up', () => {
  it('refuses a word that it does not know, and does nothing', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, ['dev/setup.mjs', '--for', 'production'], { cwd: projectRoot, encoding: 'utf8' });

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe('Expected nothing or "--for run|check|test", got "--for production".\n');
  });

  it('is a part of npm run build: a fresh clone gets its packages first', () => {
    const clone = mkdtempSync(join(tmpdir(), 'mooring-build-test-'));
    try {
      for (const name of ['dev', 'package.json', 'package-lock.json']) cpSync(join(projectRoot, name), join(clone, name), { recursive: true });
      writeFileSync(
        join(clone, 'npm.js'),
        `import { writeFileSync } from 'node:fs'; writeFileSync('asked', process.argv.slice(2).join(' ')); process.exitCode = 1;`,
      );

      const { status, stderr } = spawnSync(process.execPath, ['dev/build.mjs'], {
        cwd: clone,
        encoding: 'utf8',
        env: { ...process.env, npm_execpath: join(clone, 'npm.js') },
      });

      expect(readFileSync(join(clone, 'asked'), 'utf8')).toMatch(/^ci /);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('`npm ci` failed') });
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  });

  it('refuses a Node that is too old, and says which is needed', () => {
    expect(() => requireNode('18.20.4')).toThrow(/needs Node 20\.19\.0 or newer, this is 18\.20\.4/);
    expect(() => requireNode('24.0.0')).not.toThrow();
  });

  it.each([
    ['20.18.9', '20.19.0', true],
    ['20.19.0', '20.19.0', false],
    ['20.100.0', '20.19.0', false],
    ['9.9.9', '20.19.0', true],
    ['22.0.0', '20.19.0', false],
  ])('judges %s against %s by number: older is %s', (version, than, older) => {
    expect(isOlder(version, than)).toBe(older);
  });

  it('hands a nested npm where packages come from, and none of the other settings', () => {
    const environment = {
      PATH: '/bin',
      npm_config_omit: 'dev',
      npm_package_name: 'x',
      npm_config_registry: 'https://r.example/',
      NPM_CONFIG_CACHE: '/c',
    };

    expect(npmEnvironment({ ...environment, NODE_ENV: 'production' })).toEqual({
      PATH: '/bin',
      npm_config_registry: 'https://r.example/',
      NPM_CONFIG_CACHE: '/c',
      NODE_ENV: 'development',
    });
  });
});
