import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { childEnvironment, startGuarded } from '../../dev/guardian.js';

// A program that says in a file who it is and what it sees, and that ends as it is told: at SIGTERM or only at SIGKILL.
const program = `
  require('node:fs').writeFileSync(process.argv[1] + '.part', JSON.stringify({ pid: process.pid, environment: process.env }));
  require('node:fs').renameSync(process.argv[1] + '.part', process.argv[1]);
  process.on('SIGTERM', () => { if (process.argv[2] !== 'deaf') process.exitCode = 0, clearInterval(waiting); });
  process.on('SIGINT', () => undefined);
  const waiting = setInterval(() => undefined, 1000);
`;

interface Report {
  readonly pid: number;
  readonly environment: Readonly<Record<string, string>>;
}

describe('a guarded program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-guardian-'));
  const guardianModule = fileURLToPath(new URL('../../dev/guardian.js', import.meta.url));
  beforeAll(() => vi.stubEnv('IMMUTA_API_KEY', 'a secret of ours'));
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sees of our environment only what is on the list, and what is given by name', async () => {
    const file = join(folder, 'environment');

    const guarded = await startGuarded(process.execPath, ['-e', program, file], { environment: { GIVEN: 'by name' } });
    const { environment } = await reportIn(file);
    await guarded.stop();

    expect(environment).toMatchObject({ PATH: process.env['PATH'], GIVEN: 'by name' });
    expect(Object.keys(environment).filter((name) => !['PATH', 'HOME', 'TZ', 'LANG', 'NODE_EXTRA_CA_CERTS', 'GIVEN'].includes(name))).toEqual([]);
    expect(JSON.stringify(environment)).not.toContain('a secret of ours');
  });

  it('is gone when stop returns', async () => {
    const file = join(folder, 'stopped');
    const guarded = await startGuarded(process.execPath, ['-e', program, file]);
    const { pid } = await reportIn(file);

    await guarded.stop();

    expect(isAlive(pid)).toBe(false);
  });

  it('is killed when it does not hear that it should end', async () => {
    const file = join(folder, 'deaf');
    const guarded = await startGuarded(process.execPath, ['-e', program, file, 'deaf']);
    const { pid } = await reportIn(file);
    const began = performance.now();

    await guarded.stop();

    expect(isAlive(pid)).toBe(false);
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it.each(['willing', 'deaf'])('is gone within 4 s when its parent is killed (%s)', async (manner) => {
    const file = join(folder, `orphan-${manner}`);
    const parent = startParent(file, manner, 'setInterval(() => undefined, 1000);');
    const { pid } = await reportIn(file);

    parent.kill('SIGKILL');

    expect(await isGoneWithin(4_000, pid)).toBe(true);
  });

  it('does not keep its parent alive, and ends after it', async () => {
    const file = join(folder, 'left');
    const parent = startParent(file, 'willing', '');

    const [code] = (await once(parent, 'exit')) as [number | null];

    const { pid } = await reportIn(file);
    expect(code).toBe(0);
    expect(await isGoneWithin(4_000, pid)).toBe(true);
  });

  it('does not get the interrupt that a terminal sends to its parent', async () => {
    const file = join(folder, 'interrupted');
    const parent = startParent(file, 'willing', 'setInterval(() => undefined, 1000);');
    const { pid } = await reportIn(file);

    process.kill(-(parent.pid ?? 0), 'SIGINT');
    await sleep(300);

    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await isGoneWithin(4_000, pid)).toBe(true);
  });

  it('says how it ended when it ends by itself', async () => {
    const guarded = await startGuarded(process.execPath, ['-e', 'process.exitCode = 3']);

    expect(await guarded.ended).toEqual({ code: 3, signal: null });
    await guarded.stop();
  });

  it('writes what it prints to the log', async () => {
    const logFile = join(folder, 'log');

    const guarded = await startGuarded(process.execPath, ['-e', "console.log('out'); console.error('err')"], { logFile });
    await guarded.ended;

    expect(readFileSync(logFile, 'utf8')).toBe('out\nerr\n');
  });

  it('is refused when it cannot be run', async () => {
    const missing = join(folder, 'missing');
    const plain = join(folder, 'plain');
    writeFileSync(plain, 'text', { mode: 0o600 });

    await expect(startGuarded(missing, [])).rejects.toThrow(/missing or not executable/);
    await expect(startGuarded(plain, [])).rejects.toThrow(/missing or not executable/);
  });

  /** A process of its own group that starts the program guarded, then does `afterwards`. */
  function startParent(file: string, manner: string, afterwards: string) {
    const script = `
      process.on('SIGINT', () => undefined);
      const { startGuarded } = await import(${JSON.stringify(guardianModule)});
      const { existsSync } = await import('node:fs');
      await startGuarded(process.execPath, ['-e', ${JSON.stringify(program)}, ${JSON.stringify(file)}, ${JSON.stringify(manner)}]);
      while (!existsSync(${JSON.stringify(file)})) await new Promise((resolve) => setTimeout(resolve, 20));
      ${afterwards}`;
    return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore', detached: true });
  }
});

describe('childEnvironment', () => {
  it('leaves out what would lead a server or a client elsewhere', () => {
    const ours = { PATH: '/bin', TEMPORAL_ADDRESS: 'a.example:7233', MOORING_CODEC_KEYS: '/k', SNOWFLAKE_PASSWORD: 'p', NODE_OPTIONS: '--inspect' };

    expect(childEnvironment({}, ours)).toEqual({ PATH: '/bin' });
  });
});

async function reportIn(file: string): Promise<Report> {
  await vi.waitUntil(() => existsSync(file), { timeout: 10_000, interval: 20 });
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

async function isGoneWithin(milliseconds: number, pid: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (isAlive(pid) && performance.now() < deadline) await sleep(50);
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody reaps counts as gone: it holds no port and no file.
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}
