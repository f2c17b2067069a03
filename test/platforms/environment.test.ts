import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { runnerEnvironment } from '../../platforms/runner-environment.js';
import { openSession, optionsWith, password, targetAt, wireServer } from './opening.js';
import type { RunnerSession } from '../../platforms/runner-pool.js';

const poisoned = {
  PATH: process.env['PATH'],
  TZ: 'Asia/Tokyo',
  LANG: 'C.UTF-8',
  HOME: '/home/canary',
  MOORING_SCRIPT_KEYS: 'canary-script-key',
  SNOWFLAKE_PASSWORD: 'canary-snowflake',
  AWS_SECRET_ACCESS_KEY: 'canary-aws',
  NODE_OPTIONS: '--trace-warnings',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  SNOWFLAKE_HOME: '/home/canary',
};

function processFile(session: RunnerSession, file: string): string[] {
  return readFileSync(`/proc/${session.pid}/${file}`, 'utf8').split('\0').filter(Boolean);
}

test("a runner's environment holds the allow-list and the driver's switches, and nothing else of the worker's", async () => {
  const wire = await wireServer();

  const session = await openSession(targetAt(wire.port), optionsWith({}, { environment: poisoned }));

  const environment = processFile(session, 'environ');
  expect(new Set(environment.map((line) => line.split('=')[0]))).toEqual(
    new Set([
      'HOME',
      'LANG',
      'NODE_CHANNEL_FD', // the channel itself, set by fork
      'NODE_CHANNEL_SERIALIZATION_MODE',
      'PATH',
      'SF_OCSP_RESPONSE_CACHE_DIR',
      'SF_TELEMETRY_DISABLE_CONNECTION_SHAPE',
      'SNOWFLAKE_DISABLE_MINICORE',
      'SNOWFLAKE_DISABLE_PLATFORM_DETECTION',
      'TZ',
    ]),
  );
  expect(environment.join('\n')).not.toContain('canary');
});

test('the credential stands neither in the arguments nor in the environment of the runner', async () => {
  const wire = await wireServer();

  const session = await openSession(targetAt(wire.port));

  expect(processFile(session, 'cmdline').join(' ')).toMatch(/runner-process\.js$/);
  expect([...processFile(session, 'cmdline'), ...processFile(session, 'environ')].join('\n')).not.toContain(password);
});

test('extra certificate authorities reach a runner by absolute path, since its working directory is its own', () => {
  const environment = runnerEnvironment({ NODE_EXTRA_CA_CERTS: relative(process.cwd(), '/etc/ca.pem') }, '/private');

  expect(environment['NODE_EXTRA_CA_CERTS']).toBe('/etc/ca.pem');
});

test('a proxy in the environment of the worker is not asked for loopback', async () => {
  const wire = await wireServer();

  const session = await openSession(targetAt(wire.port), optionsWith({}, { environment: poisoned }));

  expect(session.identity.user).toBe('ADMIN');
});

test('the driver writes no log file and no cache where the worker or its user lives', async () => {
  const wire = await wireServer();

  const session = await openSession(targetAt(wire.port));

  const folder = readlinkSync(`/proc/${session.pid}/cwd`);
  expect(folder.startsWith(join(tmpdir(), 'mooring-runner-'))).toBe(true);
  expect(readdirSync(folder).filter((file) => file.endsWith('.log'))).toEqual([]);
  expect(existsSync('snowflake.log')).toBe(false);
});

test('no telemetry is sent, neither at login nor with a statement nor at the end', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));

  await session.inspect([{ kind: 'role', name: 'A' }]);
  await session.close();

  expect(wire.requests.map(({ path }) => path)).toEqual([
    '/session/v1/login-request',
    '/queries/v1/query-request',
    '/queries/v1/query-request',
    '/session',
  ]);
});

test('an idle session sends nothing of its own accord', async () => {
  const wire = await wireServer();
  await openSession(targetAt(wire.port));
  const before = wire.requests.length;

  await new Promise((resolve) => setTimeout(resolve, 1_500));

  expect(wire.requests.length).toBe(before);
});

test('loading the driver connects to nothing, with the switches of a runner or without the one that keeps it from asking metadata services', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const connections = (environment: NodeJS.ProcessEnv): unknown =>
    JSON.parse(
      execFileSync(process.execPath, [fileURLToPath(new URL('./load-driver.js', import.meta.url))], {
        env: environment,
        cwd: folder,
        encoding: 'utf8',
      }),
    );
  const switched = runnerEnvironment(process.env, folder);
  const { SNOWFLAKE_DISABLE_PLATFORM_DETECTION: _switch, ...unswitched } = switched;

  expect(connections(switched)).toEqual(['asked.invalid']);
  expect(connections(unswitched)).toEqual(['asked.invalid']);
  expect(readdirSync(folder).filter((file) => file.endsWith('.log'))).toEqual([]);
});
