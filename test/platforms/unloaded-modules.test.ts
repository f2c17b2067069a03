import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runnerEnvironment } from '../../platforms/runner-environment.js';
import { leaveUnloaded } from '../../platforms/unloaded-modules.js';

/** In a process of its own: this one shares its modules with other tests. */
function load(technology: string): { readonly packages: readonly string[]; readonly refusals: readonly string[] } {
  const program = fileURLToPath(new URL('./loaded-packages.js', import.meta.url));
  const environment = runnerEnvironment(process.env, tmpdir());
  return JSON.parse(execFileSync(process.execPath, [program, technology], { env: environment, encoding: 'utf8' })) as ReturnType<typeof load>;
}

test('the Snowflake driver is loaded without clouds, log files, browsers and pools, and refuses what needs them', () => {
  const { packages, refusals } = load('Snowflake');

  expect(packages).toContain('snowflake-sdk');
  expect(packages.filter((name) => /^@(aws|azure|google|smithy)|google|^(winston|logform|open|generic-pool)$/.test(name))).toEqual([]);
  expect(refusals).toEqual([
    'Error: refused: a runner has no use for ./lib/file_transfer_agent/file_transfer_agent.js',
    'Error: refused: a runner has no use for generic-pool',
  ]);
});

test('the Databricks driver is loaded without its OAuth client and its log writer, and refuses what needs them', () => {
  const { packages, refusals } = load('Databricks');

  expect(packages).toContain('@databricks/sql');
  expect(packages.filter((name) => /^(winston|logform|openid-client|jose)$/.test(name))).toEqual([]);
  expect(refusals).toEqual(['Error: refused: a runner has no use for winston']);
});

test('a module that the driver does not have is said at once: another version has to be looked at', () => {
  expect(() => leaveUnloaded('snowflake-sdk', ['./lib/moved.js'])).toThrow(/Cannot find module/);
});
