import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser, provideBrowser } from '../../dev/setup/browser.mjs';
import { writeProgram } from './program.js';

describe('findBrowser', () => {
  let home = '';
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'mooring-browser-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('takes CHROMIUM_PATH before PATH, and PATH before a download', () => {
    const named = writeProgram(join(home, 'own', 'chrome'), '');
    const installed = writeProgram(join(home, 'bin', 'google-chrome'), '');
    const downloaded = writeProgram(join(home, 'cache', 'chromium-9', 'chrome-linux64', 'chrome'), '');
    const environment = { HOME: home, PLAYWRIGHT_BROWSERS_PATH: join(home, 'cache') };

    expect(findBrowser({ ...environment, CHROMIUM_PATH: named, PATH: join(home, 'bin') })).toBe(named);
    expect(findBrowser({ ...environment, PATH: join(home, 'bin') })).toBe(installed);
    expect(findBrowser({ ...environment, PATH: '' })).toBe(downloaded);
  });

  it('takes the newest of several downloads', () => {
    writeProgram(join(home, '.cache', 'ms-playwright', 'chromium-999', 'chrome-linux', 'chrome'), '');
    const newest = writeProgram(join(home, '.cache', 'ms-playwright', 'chromium-1200', 'chrome-linux64', 'chrome'), '');

    expect(findBrowser({ HOME: home, PATH: '', PLAYWRIGHT_BROWSERS_PATH: join(home, '.cache', 'ms-playwright') })).toBe(newest);
  });

  it('refuses a CHROMIUM_PATH that cannot be run', () => {
    expect(() => findBrowser({ CHROMIUM_PATH: join(home, 'nowhere'), PATH: '' })).toThrow(/cannot be run\. Correct or unset it/);
  });

  it('is a failure to have none where CI is set, and a remark elsewhere', async () => {
    const nothing = { HOME: home, PATH: '' };

    await expect(provideBrowser({ ...nothing, CI: 'true' })).rejects.toThrow(/no browser for the tests of the pages/);
    await expect(provideBrowser(nothing)).resolves.toBeUndefined();
  });
});
