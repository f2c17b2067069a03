import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { platformOpener } from '../../platforms/runner-pool.js';
import { optionsWith, targetAt, wireServer } from './opening.js';

const startMs = 1_000; // three times what a runner needs to load its driver

/** The processes of this one's children, as the kernel has them. */
async function children(): Promise<number[]> {
  const tasks = await readdir('/proc/self/task');
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8').catch(() => '')));
  return lists.flatMap((list) => list.trim().split(' ').filter(Boolean).map(Number));
}

test('the session after a preflight finds a runner that was started ahead, and the third another one', async () => {
  const wire = await wireServer();
  const open = platformOpener(optionsWith());
  const first = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => first.kill());
  await first.preflight(targetAt(wire.port));
  await pause(startMs);
  const ahead = await children();

  const second = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => second.kill());
  const third = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => third.kill());

  expect(ahead).toContain(second.pid);
  expect(new Set([first.pid, second.pid, third.pid]).size).toBe(3);
});

test('a runner that stands ready sends nothing before it is given a login', async () => {
  const wire = await wireServer();
  const session = await platformOpener(optionsWith())(targetAt(wire.port), new AbortController().signal);
  await session.close();
  const before = wire.requests.length;

  await pause(startMs);

  expect(wire.requests.length).toBe(before);
});

test('a spare that was killed is not given to a session', async () => {
  const wire = await wireServer();
  const open = platformOpener(optionsWith());
  const others = await children();
  const first = await open(targetAt(wire.port), new AbortController().signal);
  await first.close();
  const [spare] = (await children()).filter((pid) => !others.includes(pid));
  if (spare === undefined) throw new Error('There is no spare.');
  process.kill(spare, 'SIGKILL');
  await pause(100);

  const second = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => second.kill());

  expect(second.identity.user).toBe('ADMIN');
  expect(second.pid).not.toBe(spare);
});

test('a worker with nothing more to do ends, and does not wait for its spare', async () => {
  const wire = await wireServer();
  const worker = fork(new URL('./leaving-worker.js', import.meta.url), [String(wire.port)], { stdio: 'ignore', execArgv: [] });
  onTestFinished(() => void worker.kill('SIGKILL'));

  const [exitCode] = (await once(worker, 'exit', { signal: AbortSignal.timeout(5_000) })) as [number | null];

  expect(exitCode).toBe(0);
});
