import { build } from './build.mjs';
import { provideBrowser } from './browser.mjs';
import { installDependencies } from './dependencies.mjs';
import { requireNode } from './node-version.mjs';
import { provideTemporal } from './provide-temporal.mjs';

/** @typedef {'run' | 'check' | 'test'} Purpose */

/**
 * Throws an Error whose message says what to do, if something is missing that cannot be provided here.
 * @param {Purpose} purpose
 */
export async function setUp(purpose) {
  requireNode();
  await installDependencies();
  if (purpose === 'run') await build();
  if (purpose !== 'check') await provideTemporal(process.env);
  if (purpose === 'test') await provideBrowser(process.env);
}
