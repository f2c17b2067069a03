import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../dev/setup/project-root.mjs';
import { writeProgram } from './program.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'mooring-check-test-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('dev/check.mjs', () => {
  it('ends with its line and exit code 1 although nothing at all works', () => {
    cpSync(join(projectRoot, 'dev'), join(folder, 'dev'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ engines: { node: '>=20.19.0' } }));

    const { status, stdout } = spawnSync(process.execPath, ['dev/check.mjs', '--fast'], { cwd: folder, encoding: 'utf8' });

    expect(stdout).toBe('0 passed, 8 failed\n');
    expect(status).toBe(1);
  });
});

describe('.ci/run', () => {
  it.each([
    { tests: 'echo "41 passed, 0 failed"', demo: 'true', line: '42 passed, 0 failed', code: 0 },
    { tests: 'echo "40 passed, 1 failed"; exit 1', demo: 'true', line: '41 passed, 1 failed', code: 1 },
    { tests: 'echo "41 passed, 0 failed"', demo: 'exit 1', line: '41 passed, 1 failed', code: 1 },
    { tests: 'echo "the machine is on fire"; exit 1', demo: 'true', line: '1 passed, 1 failed', code: 1 },
    { tests: 'echo "41 passed, 0 failed"; exit 1', demo: 'true', line: '42 passed, 1 failed', code: 1 },
  ])('adds "$tests" and a demo that does "$demo" up to "$line"', ({ tests, demo, line, code }) => {
    cpSync(join(projectRoot, '.ci'), join(folder, '.ci'), { recursive: true });
    writeProgram(
      join(folder, 'bin', 'npm'),
      `test "$CI" = true || exit 9; case "$1" in test) ${tests} ;; run) test "$2" = demo || exit 9; ${demo} ;; esac`,
    );
    const environment = { PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder };

    const { status, stdout } = spawnSync(join(folder, '.ci', 'run'), { encoding: 'utf8', env: environment });

    expect(stdout.trimEnd().split('\n').at(-1)).toBe(line);
    expect(status).toBe(code);
  });
});
