// Where a Temporal CLI may be, in the order of trust: what the user names, what the user installed, what an earlier set-up left in our cache.
// Any CLI on PATH that answers `--version` is taken, of whatever version: a developer's own choice. The server itself refuses what it does not know.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { findOnPath, isExecutable } from './find-program.mjs';

/** The CLI that the set-up downloads or builds. dev/temporal-cli/go.mod and docker-compose.yml name the same (tests compare them). */
export const temporalCliVersion = '1.8.2';

/** @typedef {{ path: string, foundBy: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' }} FoundTemporal */

/**
 * The CLI to use, or `undefined` where there is none yet. Throws if TEMPORAL_CLI_PATH names something that cannot be it.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {FoundTemporal | undefined}
 */
export function findTemporal(environment) {
  const named = environment['TEMPORAL_CLI_PATH'];
  if (named !== undefined && named !== '') {
    if (temporalVersion(named) !== undefined) return { path: named, foundBy: 'TEMPORAL_CLI_PATH' };
    throw new Error(`TEMPORAL_CLI_PATH is "${named}", which is no program that answers \`--version\` like a Temporal CLI. Correct or unset it.`);
  }

  const installed = findOnPath('temporal', environment).find((path) => temporalVersion(path) !== undefined);
  if (installed !== undefined) return { path: installed, foundBy: 'PATH' };

  const cached = cachedTemporal(environment);
  return isExecutable(cached) ? { path: cached, foundBy: 'cache' } : undefined;
}

/**
 * Our own copy; only ever complete, because it is written under another name and renamed.
 * @param {NodeJS.ProcessEnv} environment
 */
export function cachedTemporal(environment) {
  return join(cacheFolder(environment), `temporal-${temporalCliVersion}`, 'temporal');
}

/**
 * `$XDG_CACHE_HOME/mooring`; a relative XDG_CACHE_HOME is to be ignored (XDG Base Directory Specification).
 * @param {NodeJS.ProcessEnv} environment
 */
export function cacheFolder(environment) {
  const base = environment['XDG_CACHE_HOME'];
  return join(base !== undefined && isAbsolute(base) ? base : join(environment['HOME'] ?? homedir(), '.cache'), 'mooring');
}

/**
 * The version a Temporal CLI gives of itself, `undefined` for everything else.
 * @param {string} path
 * @returns {string | undefined}
 */
export function temporalVersion(path) {
  if (!isExecutable(path)) return undefined;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000, stdio: ['ignore', 'pipe', 'ignore'] });
  return /^temporal version (\d+[.]\d+[.]\S+)/.exec(stdout ?? '')?.[1];
}
