// Runners that cannot start, and more sessions than an account may have.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { platformOpener } from '../../platforms/runner-pool.js';
import type { RunnerSession } from '../../platforms/runner-pool.js';
import { errorOf, openSession, optionsWith, targetAt, wireServer } from './opening.js';

function program(text: string | undefined): URL {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'runner.mjs');
  if (text !== undefined) writeFileSync(file, text);
  return pathToFileURL(file);
}

test.each([
  ['its file is missing', undefined, 'exit code 1'],
  ['it crashes while it loads', 'throw new Error("canary-in-a-crash");', 'exit code 1'],
  ['it ends for want of memory', 'process.abort();', 'SIGABRT'],
  ['it is killed by the system', "process.kill(process.pid, 'SIGKILL');", 'SIGKILL'],
])('a runner that cannot start gives one clear message, and nothing is sent: %s', async (_why, text, cause) => {
  const wire = await wireServer();

  const error = await errorOf(openSession(targetAt(wire.port), optionsWith({}, { runnerProgram: program(text) })));

  expect(error).toMatchObject({ name: 'PlatformError', kind: 'unreachable', ambiguous: false });
  expect(error).toMatchObject({ message: `A runner process could not be started (${cause}). No statement was sent.` });
  expect(String(error)).not.toContain('canary');
  expect(wire.requests).toEqual([]);
});

test('a runner that cannot be started ahead takes nothing with it', async () => {
  const wire = await wireServer();
  const open = platformOpener(optionsWith({}, { startAhead: ['Snowflake'], runnerProgram: program('process.exitCode = 7;') }));
  await pause(1_500);

  const error = await errorOf(open(targetAt(wire.port), new AbortController().signal));

  expect(error).toMatchObject({ message: expect.stringContaining('exit code 7') });
});

test('only so many sessions of an account are open at once: the next one waits for its turn, another account does not', async () => {
  const [wire, elsewhere] = [await wireServer(), await wireServer()];
  const open = platformOpener(optionsWith({}, { slots: { perAccount: 2 } }));
  const opened: RunnerSession[] = [];
  const one = async (port: number): Promise<RunnerSession> => {
    const session = await open(targetAt(port), new AbortController().signal);
    onTestFinished(() => session.kill());
    opened.push(session);
    return session;
  };
  const [first, second] = [await one(wire.port), await one(wire.port)];

  const [third, fourth] = [one(wire.port), one(wire.port)];
  await one(elsewhere.port);
  await pause(300);
  const whileFull = opened.length;
  await first.close();
  await third;
  await pause(200);
  const afterOne = opened.length;
  await second.kill();
  await fourth;

  expect([whileFull, afterOne, opened.length]).toEqual([3, 4, 5]);
});

test('a place that a failed login or a dead runner leaves is free again', async () => {
  const wire = await wireServer();
  const open = platformOpener(optionsWith({}, { slots: { perAccount: 1, waitMs: 2_000 } }));
  const signal = new AbortController().signal;
  wire.respond = ({ path }) => (path.includes('login') ? { code: '390100', message: 'no' } : undefined);
  await errorOf(open(targetAt(wire.port), signal));
  wire.respond = () => undefined;

  const session = await open(targetAt(wire.port), signal);
  process.kill(session.pid ?? 0, 'SIGKILL');
  const next = await open(targetAt(wire.port), signal);
  onTestFinished(() => next.kill());

  expect(next.identity.user).toBe('ADMIN');
});

test('whoever waits too long is told so, to be tried again, and whoever gives up leaves the line', async () => {
  const wire = await wireServer();
  const open = platformOpener(optionsWith({}, { slots: { perAccount: 1, waitMs: 500 } }));
  const session = await open(targetAt(wire.port), new AbortController().signal);
  onTestFinished(() => session.kill());
  const tired = new AbortController();

  const [late, gone] = [errorOf(open(targetAt(wire.port), new AbortController().signal)), errorOf(open(targetAt(wire.port), tired.signal))];
  tired.abort();

  expect(await gone).toMatchObject({ kind: 'unreachable', ambiguous: false });
  expect(await late).toMatchObject({ kind: 'throttled', ambiguous: false });
});
