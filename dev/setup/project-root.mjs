// This file also runs from dist/, one folder deeper, so the root is looked for and not counted.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, without a trailing slash. */
export const projectRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** @param {string} folder @returns {string} */
function rootAbove(folder) {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No package.json above dev/: the set-up must be run from a clone of the project.');
  return rootAbove(parent);
}
