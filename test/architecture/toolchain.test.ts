// What the tools need in order to judge rightly. Each of these went wrong silently once.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAvailableTranspilers } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';
import { npmEnvironment } from '../../dev/setup/dependencies.mjs';
import { temporalCliVersion } from '../../dev/setup/find-temporal.mjs';
import { isOlder } from '../../dev/setup/node-version.mjs';
import { projectRoot } from '../../dev/setup/project-root.mjs';
import { read } from './sources.js';

interface Manifest {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;

describe('the tools', () => {
  it('let dependency-cruiser read TypeScript, without which it sees no type-only import', () => {
    const typescript = getAvailableTranspilers().find(({ name }) => name === 'typescript');

    expect(typescript?.available).toBe(true);
  });

  it('run on a Node that the package accepts', () => {
    const oldest = manifest.engines.node.replace('>=', '');

    expect(isOlder(read('.node-version').trim(), oldest)).toBe(false);
    expect(isOlder(process.versions.node, oldest)).toBe(false);
  });

  it('are pinned to one exact version each', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+$/.test(version),
    );

    expect(loose).toEqual([]);
  });

  it('name one version of every Temporal package', () => {
    const versions = Object.entries(manifest.dependencies).filter(([name]) => name.startsWith('@temporalio/'));

    expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
  });

  it('build the Temporal CLI that the set-up looks for', () => {
    expect(read('dev/temporal-cli/go.mod')).toContain(`require github.com/temporalio/cli v${temporalCliVersion}\n`);
  });

  it('install from the lock file as it is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-lock-'));
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) copyFileSync(join(projectRoot, file), join(folder, file));

    const { status, stderr } = spawnSync('npm', ['ci', '--dry-run', '--offline', '--ignore-scripts', '--loglevel=error'], {
      cwd: folder,
      env: npmEnvironment(process.env),
      encoding: 'utf8',
    });

    rmSync(folder, { recursive: true, force: true });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  });
});
