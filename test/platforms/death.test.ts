import { fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { errorOf, openSession, optionsWith, sha256, statement, targetAt, wireServer } from './opening.js';
import type { WireServer } from './wire-server.js';

const create = 'CREATE DATABASE "IMMUTA"';
const watchMs = 5_000; // the driver's first re-sends come after 1 to 3 s each

async function untilSent(wire: WireServer): Promise<void> {
  while (wire.scriptStatements().length === 0) await pause(20);
}

async function expectSilence(wire: WireServer): Promise<void> {
  const before = wire.requests.length;
  await pause(watchMs);
  expect(wire.requests.slice(before).map(({ path }) => path)).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a killed runner sends nothing more, although its driver was re-sending', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = () => 'drop';
  const running = errorOf(session.execute(statement(create)));
  await untilSent(wire);

  await session.kill();

  expect(await running).toMatchObject({ kind: 'unreachable', ambiguous: true });
  await expectSilence(wire);
});

test('a driver that is not killed does re-send, so the silence of the killed one means something', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = () => 'drop';

  const running = errorOf(session.execute(statement(create)));
  while (wire.scriptStatements().length < 2) await pause(50); // soon, but on a busy machine not within a time of ours

  expect(new Set(wire.scriptStatements().map(({ sql }) => sql))).toEqual(new Set([create]));
  await session.kill();
  await running;
});

test.each([
  ['the platform does not answer', 'hang'],
  ['every connection is cut, so that the driver sends again and again', 'drop'],
] as const)('a statement that outlives its deadline takes its runner with it, and nothing of it is sent any more: %s', async (_how, reply) => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  await session.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create ? reply : undefined);

  const error = await errorOf(session.execute(statement(create, { timeoutMs: reply === 'drop' ? 8_000 : 2_500 })));

  expect(error).toMatchObject({ kind: 'timeout', ambiguous: true });
  expect(wire.scriptStatements().length).toBeGreaterThan(reply === 'drop' ? 1 : 0);
  expect(isAlive(session.pid ?? 0)).toBe(false);
  await expectSilence(wire);
});

test('aborting the signal kills the runner, during the login as well as during a statement', async () => {
  const wire = await wireServer();
  const during = new AbortController();
  const session = await openSession(targetAt(wire.port), optionsWith(), during.signal);
  await session.decide([sha256(create)]);
  wire.respond = ({ sql, path }) => (sql === create || path.includes('login') ? 'hang' : undefined);
  const early = new AbortController();

  const running = errorOf(session.execute(statement(create)));
  const opening = errorOf(openSession(targetAt(wire.port), optionsWith(), early.signal));
  await untilSent(wire);
  during.abort();
  early.abort();

  expect(await running).toMatchObject({ kind: 'unreachable', ambiguous: true });
  expect(await opening).toMatchObject({ kind: 'unreachable', ambiguous: false });
  expect(isAlive(session.pid ?? 0)).toBe(false);
});

test('a signal that was aborted before opens nothing', async () => {
  const wire = await wireServer();

  const error = await errorOf(openSession(targetAt(wire.port), optionsWith(), AbortSignal.abort()));

  expect(error).toMatchObject({ kind: 'unreachable', ambiguous: false });
  expect(wire.requests).toEqual([]);
});

test('a runner that crashes leaves a statement in flight ambiguous, and an idle session only over', async () => {
  const wire = await wireServer();
  const [busy, idle] = await Promise.all([openSession(targetAt(wire.port)), openSession(targetAt(wire.port))]);
  await busy.decide([sha256(create)]);
  wire.respond = ({ sql }) => (sql === create ? 'hang' : undefined);
  const running = errorOf(busy.execute(statement(create)));
  await untilSent(wire);

  for (const { pid } of [busy, idle]) if (pid !== undefined) process.kill(pid, 'SIGKILL');

  expect(await running).toMatchObject({ kind: 'unreachable', ambiguous: true });
  await expect(idle.inspect([{ kind: 'role', name: 'A' }])).rejects.toMatchObject({ kind: 'unreachable', ambiguous: false });
});

test('close logs out, and never throws', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));

  await session.close();
  await session.close();

  expect(wire.requests.at(-1)?.url.searchParams.get('delete')).toBe('true');
});

test('close does not wait for a platform that does not answer the log-out', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port), optionsWith({}, { deadlines: { closeMs: 300 } }));
  wire.respond = () => 'hang';

  await session.close();

  expect(isAlive(session.pid ?? 0)).toBe(false);
});

test('Ctrl-C and SIGTERM, which reach the whole process group, leave a runner at work', async () => {
  const wire = await wireServer();
  const session = await openSession(targetAt(wire.port));
  const pid = session.pid ?? 0;

  process.kill(pid, 'SIGINT');
  process.kill(pid, 'SIGTERM');
  await pause(200);

  await expect(session.inspect([{ kind: 'role', name: 'A' }])).resolves.toHaveLength(1);
});

test('the death of the worker is the death of its runner, in the middle of a statement', async () => {
  const wire = await wireServer();
  wire.respond = ({ sql }) => (sql === create ? 'drop' : undefined);
  const worker = fork(new URL('./doomed-worker.js', import.meta.url), [String(wire.port)], { stdio: 'ignore', execArgv: [] });
  onTestFinished(() => void worker.kill('SIGKILL'));
  await untilSent(wire);

  worker.kill('SIGKILL');
  await pause(100);

  await expectSilence(wire);
});
