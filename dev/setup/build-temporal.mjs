// The CLI from its source, through the Go module proxy. `go install module@version` refuses a module with a `replace`, so dev/temporal-cli is a
// module of our own that names it; go.sum pins every byte.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporalCliVersion, temporalVersion } from './find-temporal.mjs';
import { projectRoot } from './project-root.mjs';
import { publishFile } from './publish-file.mjs';
import { run, say } from './run-program.mjs';

const progressEveryMs = 15_000;

/**
 * Throws if there is no Go, or if it fails.
 * @param {string} target
 * @param {NodeJS.ProcessEnv} environment
 */
export async function buildTemporal(target, environment) {
  const go = spawnSync('go', ['version'], { encoding: 'utf8', env: environment });
  if (go.status !== 0) throw new Error('There is no Go on PATH to build it with.');
  say(`  Building it with ${go.stdout.trim()}: about four minutes on two cores, once on this machine.`);
  await publishFile(target, (folder) => buildInto(folder, environment));
}

/**
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 */
async function buildInto(folder, environment) {
  const file = join(folder, 'temporal');
  const progress = startProgress();
  const built = await run(
    'go',
    [
      'build',
      '-v',
      '-mod=readonly',
      '-trimpath',
      '-ldflags',
      `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${temporalCliVersion}`,
      '-o',
      file,
      'github.com/temporalio/cli/cmd/temporal',
    ],
    { cwd: join(projectRoot, 'dev', 'temporal-cli'), env: { ...environment, ...goCaches(folder, environment) }, onLine: progress.take },
  );
  progress.stop();
  if (!built) throw new Error(`The Go build failed:\n${progress.lastLines().join('\n')}`);
  if (temporalVersion(file) !== temporalCliVersion) throw new Error(`The Go build made a program that does not call itself ${temporalCliVersion}.`);
  return file;
}

/**
 * Go leaves 3.4 GB in its caches. Who uses Go has them anyway and gains from ours; everybody else gets a temporary folder.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
function goCaches(folder, environment) {
  const modules = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8', env: environment }).stdout.trim();
  if (existsSync(modules) && readdirSync(modules).length > 0) return {};
  // -modcacherw: without it the module cache is read-only, and only root could remove it.
  return {
    GOMODCACHE: join(folder, 'modules'),
    GOCACHE: join(folder, 'cache'),
    GOFLAGS: `${environment['GOFLAGS'] ?? ''} -modcacherw`.trim(),
  };
}

/** Go says one line for each module it downloads and each package it compiles; a person wants to see that it moves, and how it failed. */
function startProgress() {
  const began = Date.now();
  const counts = { downloaded: 0, compiled: 0 };
  /** @type {string[]} */
  const last = [];
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    say(`  ${seconds} s: ${counts.downloaded} modules downloaded, ${counts.compiled} packages compiled`);
  }, progressEveryMs);
  return {
    take: (/** @type {string} */ line) => {
      if (line.startsWith('go: downloading ')) counts.downloaded++;
      else if (/^\S+$/.test(line)) counts.compiled++;
      else if (last.push(line) > 20) last.shift();
    },
    stop: () => clearInterval(timer),
    lastLines: () => last,
  };
}
