// The packages of package-lock.json, by `npm ci`. The stamp is written last, so an installation that was killed half-way is done again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root.mjs';
import { run, say } from './run-program.mjs';

export async function installDependencies() {
  const stamp = join(projectRoot, 'node_modules', '.mooring-setup');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  say('Installing packages (npm ci) ...');
  const [program, ...args] = npmCommand(process.env);
  const installed = await run(program, [...args, 'ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: projectRoot,
    env: npmEnvironment(process.env),
  });
  if (!installed) throw new Error('`npm ci` failed; its own message is above. If it calls package-lock.json out of sync, see CONTRIBUTING.md.');
  writeFileSync(stamp, wanted);
}

/**
 * What a nested npm may see of our environment. npm hands all its settings down as `npm_config_*`, and `npm test --omit=dev` would make the
 * installation leave out the tests' own packages; only where packages come from is kept. NODE_ENV=production would leave them out too.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment(environment) {
  const kept = Object.entries(environment).filter(([name]) => !/^npm_(?!config_(registry|cache|userconfig|globalconfig)$)/i.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: 'development' };
}

/**
 * The npm that runs us, if one does: a second installation on PATH may be another version.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {[string, ...string[]]}
 */
function npmCommand(environment) {
  const running = environment['npm_execpath'];
  return running?.endsWith('.js') ? [process.execPath, running] : ['npm'];
}

/** Another Node or platform needs other binaries, even with the same lock file. */
function fingerprint() {
  return createHash('sha256')
    .update(readFileSync(join(projectRoot, 'package-lock.json')))
    .update(`${process.version} ${process.platform} ${process.arch}`)
    .digest('hex');
}
