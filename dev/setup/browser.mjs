// A Chromium for the tests of the approvals pages. Any version does: the pages use nothing new.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, isExecutable } from './find-program.mjs';
import { run, say } from './run-program.mjs';

/**
 * The path of a browser, or `undefined`. Throws if CHROMIUM_PATH names something that cannot be run.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | undefined}
 */
export function findBrowser(environment) {
  const named = environment['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH is "${named}", which cannot be run. Correct or unset it.`);
  }
  const onPath = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => findOnPath(name, environment));
  return onPath[0] ?? downloadedByPlaywright(environment);
}

/**
 * As `findBrowser`, but installs Debian's package where that is possible. Without a browser: throws when CI is set, since a test must not be left
 * out unnoticed there; says so otherwise, and the pages' tests say it again.
 * @param {NodeJS.ProcessEnv} environment
 */
export async function provideBrowser(environment) {
  if (findBrowser(environment) !== undefined) return;
  if (process.getuid?.() === 0 && findOnPath('apt-get', environment).length > 0) {
    say('No browser found; installing the package chromium ...');
    const quiet = { env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' }, onLine: () => undefined };
    await run('apt-get', ['update'], quiet);
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], quiet);
  }
  if (findBrowser(environment) !== undefined) return;
  const advice =
    'There is no browser for the tests of the pages. Install Chromium, set CHROMIUM_PATH, or run `npx playwright-core install chromium`.';
  if (environment['CI']) throw new Error(advice);
  say(advice);
}

/** @param {NodeJS.ProcessEnv} environment */
function downloadedByPlaywright(environment) {
  const home = environment['HOME'] ?? homedir();
  const usual = process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
  const folder = environment['PLAYWRIGHT_BROWSERS_PATH'] ?? join(usual, 'ms-playwright');
  if (!existsSync(folder)) return undefined;
  const programs = [
    ['chrome-linux64', 'chrome'],
    ['chrome-linux', 'chrome'],
    ['chrome-mac', 'Chromium.app', 'Contents', 'MacOS', 'Chromium'],
    ['chrome-mac-arm64', 'Google Chrome for Testing.app', 'Contents', 'MacOS', 'Google Chrome for Testing'],
    ['chrome-mac-x64', 'Google Chrome for Testing.app', 'Contents', 'MacOS', 'Google Chrome for Testing'],
  ];
  return readdirSync(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => Number(b.slice('chromium-'.length)) - Number(a.slice('chromium-'.length)))
    .flatMap((name) => programs.map((program) => join(folder, name, ...program)))
    .find(isExecutable);
}
