// `mooring dev` as a person runs it: a command in one terminal, other commands beside it, and an end that leaves nothing.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { freePorts } from '../../dev/free-port.js';
import { runMooring, startMooring, type Started } from '../client/run-mooring.js';

interface DevState {
  readonly v: 1;
  readonly pid: number;
  readonly address: string;
  readonly uiUrl: string;
  readonly codecKeys: string;
  readonly secretFolder: string;
  readonly simulators: { readonly immuta: { readonly url: string }; readonly control: { readonly url: string } };
}

let folder: string;
let started: Started[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-dev-test-'));
  started = [];
});
afterEach(async () => {
  for (const { process } of started) process.kill('SIGKILL');
  await vi.waitUntil(() => started.flatMap(({ process }) => descendants(process.pid ?? 0)).length === 0, { timeout: 15_000 });
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache'),
  MOORING_ACTOR: 'me@example.com',
});
const mooring = (...args: string[]) => runMooring(args, { folder, environment: environment() });

async function startDev(): Promise<{ readonly dev: Started; readonly state: DevState }> {
  const dev = startMooring(['dev', '--json'], { folder, environment: environment() });
  started.push(dev);
  await dev.heard('In another terminal');
  return { dev, state: JSON.parse(readFileSync(join(folder, '.mooring', 'dev.json'), 'utf8')) as DevState };
}

describe('mooring dev', { timeout: 90_000 }, () => {
  it('serves commands in another terminal without any setting, and ends all of it on Ctrl-C', async () => {
    const { dev, state } = await startDev();
    const processes = descendants(dev.process.pid ?? 0);

    const made = await mooring('init', '--dev');
    const registered = await mooring('register', 'snow_dev', '--no-wait', '--json');
    const listed = await mooring('list', '--json');
    dev.process.kill('SIGINT');
    const ended = await dev.ended;
    await vi.waitUntil(() => !processes.some(lives), { timeout: 10_000, interval: 50 }); // a runner hears of its worker's end, and ends after it

    expect(made.exitCode).toBe(0);
    expect(registered).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('using the running "mooring dev"') });
    expect(JSON.parse(listed.stdout)).toMatchObject({ runs: [{ connectionKey: 'snow_dev' }] });
    expect(JSON.parse(ended.stdout)).toMatchObject({ v: 1, address: state.address, uiUrl: state.uiUrl });
    expect(ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Ending: worker, pages, simulators, server.') });
    expect(processes.length).toBeGreaterThan(3);
    expect(existsSync(join(folder, '.mooring', 'dev.json'))).toBe(false);
  });

  it('leaves no process behind when it is killed, keeps its addresses and keys, and is not started twice', async () => {
    const { dev, state } = await startDev();
    const processes = descendants(dev.process.pid ?? 0);
    const keys = readFileSync(state.codecKeys, 'utf8');

    const second = await mooring('dev');
    dev.process.kill('SIGKILL');
    await vi.waitUntil(() => processes.every((pid) => !lives(pid)), { timeout: 20_000, interval: 100 });
    const again = await startDev();

    expect(second).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`process ${state.pid}`) });
    expect(again.state).toMatchObject({ address: state.address, uiUrl: state.uiUrl, simulators: state.simulators });
    expect(readFileSync(state.codecKeys, 'utf8')).toBe(keys);
    for (const secret of [state.codecKeys, join(state.secretFolder, 'immuta.api-key'), join(state.secretFolder, 'admin.p8')]) {
      expect(statSync(secret).mode & 0o777).toBe(0o600);
    }
  });

  it('uses the server that TEMPORAL_ADDRESS names on this machine, leaves it running, and refuses any other', async () => {
    const given = { ...environment(), TEMPORAL_ADDRESS: inject('temporalAddress') };

    const dev = startMooring(['dev', '--json'], { folder, environment: given });
    started.push(dev);
    await dev.heard('In another terminal');
    dev.process.kill('SIGTERM');
    const ended = await dev.ended;
    const refused = await runMooring(['dev'], { folder, environment: { ...given, TEMPORAL_ADDRESS: 'temporal.example.com:7233' } });

    expect(JSON.parse(ended.stdout)).toMatchObject({ address: given.TEMPORAL_ADDRESS });
    expect(JSON.parse(ended.stdout)).not.toHaveProperty('uiUrl');
    expect(ended.exitCode).toBe(0);
    await (await Connection.connect({ address: given.TEMPORAL_ADDRESS })).close();
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('uses a server on this machine only') });
  });

  it.each([
    ['temporal', 'kept for Temporal'],
    ['codec', 'kept for the codec endpoint'],
    ['snowflake', 'kept for the simulated Snowflake'],
  ] as const)('names its %s port when somebody else has taken it, and leaves nothing', async (name, user) => {
    const names = ['temporal', 'ui', 'codec', 'immuta', 'snowflake', 'databricks', 'control'] as const;
    const free = await freePorts(names.length);
    const ports = Object.fromEntries(names.map((each, index) => [each, free[index] ?? 0]));
    mkdirSync(join(folder, '.mooring'));
    writeFileSync(join(folder, '.mooring', 'ports.json'), JSON.stringify(ports));
    const taken = createServer().listen(ports[name], '127.0.0.1');
    await once(taken, 'listening');

    const dev = startMooring(['dev'], { folder, environment: environment() });
    started.push(dev);
    const refused = await dev.ended;
    taken.close();

    expect(refused.stderr).toContain(`Port ${ports[name]} on 127.0.0.1, ${user}, is taken.`);
    expect(refused.exitCode).toBe(1);
    expect(existsSync(join(folder, '.mooring', 'dev.json'))).toBe(false);
  });
});

/** The processes that a process has started, and those that these have started, as they are now. */
function descendants(pid: number): readonly number[] {
  const pairs = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => pairs.flatMap(([child = 0, of]) => (of === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
