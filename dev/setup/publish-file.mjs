// A program appears in the cache complete or not at all: it is written under another name on the same file system and renamed, so that neither
// two processes at once nor a kill half-way leave half of it.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const workingPrefix = '.working-';
const leftoverAgeMs = 24 * 60 * 60 * 1000; // a build takes minutes; what is a day old belongs to nobody

/**
 * @param {string} target where the file shall be
 * @param {(folder: string) => Promise<string>} make writes it into this folder, which is removed afterwards, and gives its path
 */
export async function publishFile(target, make) {
  const cache = dirname(dirname(target));
  mkdirSync(cache, { recursive: true });
  const working = mkdtempSync(join(cache, workingPrefix));
  try {
    const made = await make(working);
    chmodSync(made, 0o755);
    mkdirSync(dirname(target), { recursive: true });
    renameSync(made, target);
  } finally {
    rmSync(working, { recursive: true, force: true });
  }
}

/**
 * Removes what killed set-ups left behind.
 * @param {string} cache
 */
export function sweepLeftovers(cache, now = Date.now()) {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (name.startsWith(workingPrefix) && now - statSync(path).mtimeMs > leftoverAgeMs) rmSync(path, { recursive: true, force: true });
  }
}
