// Everything a change must pass, from one process, so that the last line on stdout is always `N passed, N failed` whatever went wrong before it: a
// chain of `&&` would end without one. A gate counts like a test. `npm run check` leaves out what needs a Temporal server or a browser.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, sourceFolders } from './setup/build.mjs';
import { projectRoot } from './setup/project-root.mjs';
import { run, say } from './setup/run-program.mjs';
import { setUp } from './setup/set-up.mjs';

const fast = process.argv.includes('--fast');
const counts = { passed: 0, failed: 0, skipped: 0 };

await gate('set-up', () => setUp(fast ? 'check' : 'test'));
await gate('types and build', build);
await Promise.all([
  // The longest first: they share the cores.
  gate('architecture', () => tool('depcruise', '--config', '.dependency-cruiser.mjs', ...existingFolders())),
  gate('lint', () => tool('oxlint')),
  gate('unused', () => tool('knip')),
  gate('architecture of the bundle', () => tool('depcruise', '--config', '.dependency-cruiser.reach.mjs', 'workflows', 'rules')),
  gate('format', () => tool('biome', 'format', '.')),
]);
await tests();

const { passed, failed, skipped } = counts;
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);

/**
 * @param {string} name
 * @param {() => Promise<void>} work
 */
async function gate(name, work) {
  const began = performance.now();
  try {
    await work();
    counts.passed++;
    say(`passed  ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    counts.failed++;
    say(error instanceof Error ? error.message : String(error));
    say(`FAILED  ${name}`);
  }
}

/** @param {string} name @param {readonly string[]} args */
async function tool(name, ...args) {
  const program = join(projectRoot, 'node_modules', '.bin', name);
  if (!(await run(program, args, { cwd: projectRoot }))) throw new Error(`${name} found something; it says above what.`);
}

/** The tests say themselves how they went (test/closing-line.ts). No answer is one failure. */
async function tests() {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-check-'));
  const results = join(folder, 'results.json');
  try {
    const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
    const ended = await run(process.execPath, [vitest, 'run', ...(fast ? ['--project', 'unit'] : [])], {
      cwd: projectRoot,
      env: { ...process.env, MOORING_TEST_RESULTS: results },
    });
    const found = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
    counts.passed += found.passed;
    counts.failed += found.failed === 0 && !ended ? 1 : found.failed;
    // Where nobody watches, a test left out because a tool is missing is a failure.
    counts[process.env['CI'] ? 'failed' : 'skipped'] += found.skipped;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** dependency-cruiser refuses a folder that does not exist. */
function existingFolders() {
  return sourceFolders.filter((folder) => existsSync(join(projectRoot, folder)));
}
