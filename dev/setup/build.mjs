// dist/ is made anew or left alone, never patched: tsc does not remove what a deleted source left behind, and a removed test would keep running.
// The stamp holds a hash of every source and is written last, so a build that failed or was killed is done again.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { run, say } from './run-program.mjs';

/** Everything that is compiled; the same folders as `include` in tsconfig.json (a test compares them). */
export const sourceFolders = [
  'domain',
  'rules',
  'sql',
  'workflows',
  'activities',
  'immuta',
  'platforms',
  'secrets',
  'temporal',
  'worker',
  'client',
  'dev',
  'simulators',
  'test',
  'benchmarks',
];

const output = join(projectRoot, 'dist');
const stamp = join(output, '.sources');

/** What turns compiled files into further files of dist/, in this order. */
const generators = ['worker/bundle-workflows.js', 'client/write-manifest-schema.js', 'client/write-about.js'];

/** Builds dist/ if a source is newer than it. Throws if that fails; what the compiler said is then on stderr. */
export async function build() {
  const wanted = sourceHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  say('Building dist/ ...');
  rmSync(output, { recursive: true, force: true });
  // By its path: several packages bring a program called `tsc`.
  await node('node_modules/@typescript/native/bin/tsc');
  for (const generator of generators) if (existsSync(join(output, generator))) await node(join('dist', generator));
  writeFileSync(stamp, wanted);
}

/** @param {string} script */
async function node(script) {
  if (!(await run(process.execPath, [script], { cwd: projectRoot }))) throw new Error(`The build stopped: ${script} failed.`);
}

function sourceHash() {
  const hash = createHash('sha256').update(process.version);
  const files = ['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', ...sourceFolders.flatMap(sourcesIn)];
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(projectRoot, file)));
  return hash.digest('hex');
}

/** @param {string} folder @returns {string[]} */
function sourcesIn(folder) {
  const path = join(projectRoot, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /[.](c?ts|mjs)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
