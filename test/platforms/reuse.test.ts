import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { SnowflakeTarget } from '../../domain/snowflake-target.js';
import { platformOpener } from '../../platforms/runner-pool.js';
import type { PlatformOptions, RunnerSession } from '../../platforms/runner-pool.js';
import { Faults } from '../../simulators/faults.js';
import { Ledger } from '../../simulators/ledger.js';
import { startSnowflakeSimulator } from '../../simulators/snowflake/server.js';
import { errorOf, optionsWith, password, sha256, statement, targetAt, wireServer } from './opening.js';
import type { WireServer } from './wire-server.js';

const create = 'CREATE DATABASE "IMMUTA"';

type Open = (target: SnowflakeTarget, signal?: AbortSignal) => Promise<RunnerSession>;

/** One worker's way to open sessions. Its runners end with this process, those in a session with the test. */
function worker(changes: Partial<PlatformOptions> = {}): Open {
  const open = platformOpener(optionsWith({ 'env:OTHER': password }, changes));
  return async (target, signal = new AbortController().signal) => {
    const session = await open(target, signal);
    onTestFinished(() => session.kill());
    return session;
  };
}

function logins(wire: WireServer): number {
  return wire.requests.filter(({ path }) => path.includes('login-request')).length;
}

function isAlive(session: RunnerSession): boolean {
  try {
    process.kill(session.pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilDead(session: RunnerSession): Promise<void> {
  while (isAlive(session)) await pause(10);
}

test('the next session of an account gets the runner of the last one, and logs in anew', async () => {
  const wire = await wireServer();
  const open = worker();
  const first = await open(targetAt(wire.port));
  await first.close();

  const second = await open(targetAt(wire.port));

  expect(second.pid).toBe(first.pid);
  expect(logins(wire)).toBe(2);
});

test('sessions at the same time, another account and another user of the same account get processes of their own', async () => {
  const [wire, elsewhere] = [await wireServer(), await wireServer()];
  const open = worker();
  const first = await open(targetAt(wire.port));
  await first.close();
  const otherUser = { privilegedUser: { authenticationType: 'userPassword', username: 'ADMIN', role: 'ACCOUNTADMIN', password: 'env:OTHER' } };

  const same = await open(targetAt(wire.port));
  const others = [await open(targetAt(wire.port)), await open(targetAt(elsewhere.port)), await open(targetAt(wire.port, otherUser))];

  expect(same.pid).toBe(first.pid);
  expect(new Set([same, ...others].map(({ pid }) => pid)).size).toBe(4);
});

test.each([
  ['the platform does not answer the log-out', () => 'hang' as const],
  ['the platform refuses the log-out', () => ({ code: '390101', message: 'no' })],
  ['the connection is cut at the log-out', () => 'drop' as const],
])('a runner is ended when %s', async (_when, respond) => {
  const wire = await wireServer();
  const open = worker({ deadlines: { closeMs: 500 } });
  const first = await open(targetAt(wire.port));
  wire.respond = ({ path }) => (path === '/session' ? respond() : undefined);

  await first.close();

  expect(isAlive(first)).toBe(false);
  expect((await open(targetAt(wire.port))).pid).not.toBe(first.pid);
});

test('a session whose statement stayed unclear is not closed into another one: its runner is dead', async () => {
  const wire = await wireServer();
  const open = worker();
  const first = await open(targetAt(wire.port));
  await first.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create ? 'hang' : undefined);
  await errorOf(first.execute(statement(create, { timeoutMs: 300 })));

  await first.close();

  expect(isAlive(first)).toBe(false);
  expect((await open(targetAt(wire.port))).pid).not.toBe(first.pid);
});

test('what was decided for a session counts for no later one', async () => {
  const wire = await wireServer();
  const open = worker();
  const first = await open(targetAt(wire.port));
  await first.decide([sha256(create)]);
  await first.close();

  const second = await open(targetAt(wire.port));

  expect(second.pid).toBe(first.pid);
  expect(await errorOf(second.execute(statement(create)))).toMatchObject({ kind: 'script-refused' });
  expect(wire.scriptStatements()).toEqual([]);
});

test('a closed session, its signal and its late end reach nothing of the session that has its runner', async () => {
  const wire = await wireServer();
  const open = worker();
  const attempt = new AbortController();
  const first = await open(targetAt(wire.port), attempt.signal);
  await first.close();
  const second = await open(targetAt(wire.port));

  attempt.abort();
  await first.kill();
  await first.close();
  const late = await errorOf(first.inspect([{ kind: 'role', name: 'A' }]));

  expect(second.pid).toBe(first.pid);
  expect(late).toMatchObject({ kind: 'unreachable', ambiguous: false });
  await expect(second.inspect([{ kind: 'role', name: 'A' }])).resolves.toHaveLength(1);
});

test('an aborted attempt kills a runner that was used before, too', async () => {
  const wire = await wireServer();
  const open = worker();
  const first = await open(targetAt(wire.port));
  await first.close();
  const attempt = new AbortController();
  const second = await open(targetAt(wire.port), attempt.signal);

  attempt.abort();

  expect(second.pid).toBe(first.pid);
  await untilDead(second);
});

test('an idle runner holds no connection and sends nothing', async () => {
  const wire = await wireServer();
  const open = worker();
  const session = await open(targetAt(wire.port));
  const before = await wire.connections();

  await session.close();
  await pause(300);

  expect(before).toBeGreaterThan(0);
  expect(await wire.connections()).toBe(0);
  expect(isAlive(session)).toBe(true);
  expect(wire.requests.at(-1)?.path).toBe('/session');
});

test('a runner that died while it waited is not given to a session', async () => {
  const wire = await wireServer();
  const open = worker();
  const first = await open(targetAt(wire.port));
  await first.close();
  process.kill(first.pid ?? 0, 'SIGKILL');
  await untilDead(first);
  await pause(50); // the worker hears of it by an event of its own

  const second = await open(targetAt(wire.port));

  expect(second.identity.user).toBe('ADMIN');
});

test('only so many wait for an account and in all, and those that wait longest go first', async () => {
  const [wire, elsewhere] = [await wireServer(), await wireServer()];
  const open = worker({ idle: { perAccount: 1, inAll: 1 } });
  const [first, second] = [await open(targetAt(wire.port)), await open(targetAt(wire.port))];
  const stranger = await open(targetAt(elsewhere.port));

  await first.close();
  await second.close();
  await untilDead(first);
  const oneIsLeft = isAlive(second);
  await stranger.close();
  await untilDead(second);

  expect(oneIsLeft).toBe(true);
  expect(isAlive(stranger)).toBe(true);
});

test('a runner waits no longer than it may, and serves no more sessions than it may', async () => {
  const wire = await wireServer();
  const [patient, strict] = [worker({ idle: { waitMs: 200 } }), worker({ idle: { sessions: 2 } })];
  const waiting = await patient(targetAt(wire.port));
  await waiting.close();
  const first = await strict(targetAt(wire.port));
  await first.close();

  const second = await strict(targetAt(wire.port));
  await second.close();
  await untilDead(second);
  await untilDead(waiting);

  expect(second.pid).toBe(first.pid);
});

test('role and session variables of a session are gone in the next one', async () => {
  const [ledger, faults] = [new Ledger(), new Faults()];
  const users = [{ name: 'ADMIN', password, defaultRole: 'ACCOUNTADMIN', roles: ['ACCOUNTADMIN', 'INSTALLER'] }];
  const platform = await startSnowflakeSimulator({ ledger, faults, users, warehouses: ['WH'] });
  onTestFinished(() => platform.close());
  const open = worker();
  const script = ['USE ROLE INSTALLER', 'CREATE DATABASE "IMMUTA"'];
  const first = await open(targetAt(platform.port));
  await first.decide(script.map(sha256));
  await first.execute(statement('USE ROLE INSTALLER'));
  const asInstaller = await errorOf(first.execute(statement('CREATE DATABASE "IMMUTA"', { index: 1, tag: 'tag/1' })));
  await first.close();

  const second = await open(targetAt(platform.port));
  await second.decide(script.map(sha256));

  expect(asInstaller).toMatchObject({ kind: 'permission-missing' });
  expect(second.pid).toBe(first.pid);
  expect(second.identity.role).toBe('ACCOUNTADMIN');
  await expect(second.execute(statement('CREATE DATABASE "IMMUTA"', { index: 1, tag: 'tag/2' }))).resolves.toMatchObject({});
});
