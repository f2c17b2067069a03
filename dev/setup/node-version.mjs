import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';

/** Throws if this Node is older than package.json's `engines` asks for: npm only warns, and what then fails is hard to read. */
export function requireNode(running = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const wanted = /^>=(\d+\.\d+\.\d+)$/.exec(engines.node)?.[1];
  if (wanted === undefined) throw new Error(`package.json asks for Node "${engines.node}"; expected ">=major.minor.patch".`);
  if (isOlder(running, wanted)) throw new Error(`Mooring needs Node ${wanted} or newer, this is ${running}. Install it from https://nodejs.org/.`);
}

/**
 * Compares two plain versions ("1.8.2"), number by number.
 * @param {string} version
 * @param {string} than
 */
export function isOlder(version, than) {
  const [ours, theirs] = [version, than].map((text) => text.split('.').map(Number));
  const at = theirs?.findIndex((number, index) => number !== (ours?.[index] ?? 0)) ?? -1;
  return at !== -1 && (ours?.[at] ?? 0) < (theirs?.[at] ?? 0);
}
