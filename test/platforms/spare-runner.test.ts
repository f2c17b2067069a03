import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { platformOpener } from '../../platforms/runner-pool.js';
import { optionsWith, targetAt, wireServer } from './opening.js';

const startMs = 2_000; // it is started after one second, and loads its driver in a fifth of one

/** The processes of this one's children, as the kernel has them. */
async function children(): Promise<number[]> {
  const tasks = await readdir('/proc/self/task');
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8').catch(() => '')));
  return lists.flatMap((list) => list.trim().split(' ').filter(Boolean).map(Number));
}

test('the first session of a worker finds a runner that was started ahead, and one beside it another one', async () => {
  const wire = await wireServer();
  const open = platformOpener(optionsWith({}, { startAhead: ['Snowflake'] }));
  await pause(startMs);
  const ahead = await children();

  const first = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => first.kill());
  const second = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => second.kill());

  expect(ahead).toContain(first.pid);
  expect(ahead).not.toContain(second.pid);
});

test('another account finds a spare after a session, which sends nothing before it is given a login', async () => {
  const [wire, elsewhere] = [await wireServer(), await wireServer()];
  const open = platformOpener(optionsWith());
  const session = await open(targetAt(wire.port), new AbortController().signal);
  await session.close();
  const before = wire.requests.length;

  await pause(startMs);
  const ahead = await children();
  const other = await open(targetAt(elsewhere.port), new AbortController().signal);
  onTestFinished(() => other.kill());

  expect(ahead).toContain(other.pid);
  expect(other.pid).not.toBe(session.pid);
  expect(wire.requests.length).toBe(before);
});

test('a spare that was killed is not given to a session', async () => {
  const wire = await wireServer();
  const others = await children();
  const open = platformOpener(optionsWith({}, { startAhead: ['Snowflake'] }));
  await pause(startMs);
  const [spare] = (await children()).filter((pid) => !others.includes(pid));
  if (spare === undefined) throw new Error('There is no spare.');
  process.kill(spare, 'SIGKILL');
  await pause(100);

  const session = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => session.kill());

  expect(session.identity.user).toBe('ADMIN');
  expect(session.pid).not.toBe(spare);
});

test('a worker with nothing more to do ends, and does not wait for its spare', async () => {
  const wire = await wireServer();
  const worker = fork(new URL('./leaving-worker.js', import.meta.url), [String(wire.port)], { stdio: 'ignore', execArgv: [] });
  onTestFinished(() => void worker.kill('SIGKILL'));

  const [exitCode] = (await once(worker, 'exit', { signal: AbortSignal.timeout(30_000) })) as [number | null];

  expect(exitCode).toBe(0);
});
