// docker-compose.yml, judged as far as that goes without a Docker daemon: what it says, what `docker compose` makes of it where that is installed, and whether
// its very command line gives a healthy server, run as a plain process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { freePorts } from '../../dev/free-port.js';
import type { GuardedProgram } from '../../dev/guardian.js';
import { startGuarded } from '../../dev/guardian.js';
import { findTemporal, temporalCliVersion } from '../../dev/setup/find-temporal.mjs';
import { projectRoot } from '../../dev/setup/project-root.mjs';
import { dynamicConfig, searchAttributes, sqlitePragmas } from '../../dev/temporal-server.js';
import { readKeyRing } from '../../secrets/key-ring.js';
import { read } from '../architecture/sources.js';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly network_mode?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

const compose = parse(read('docker-compose.yml')) as {
  readonly services: Readonly<Record<'temporal' | 'worker', Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const { temporal, worker } = compose.services;
const command = temporal.command ?? [];

describe('docker-compose.yml', () => {
  it('publishes on loopback only', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);

    expect(published.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(published.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(compose.services))('runs %s pinned, as nobody special, on a root it cannot write, without capabilities', (_, service) => {
    expect(service.image).toMatch(/:\d+\.\d+\.\d+$/);
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], tmpfs: ['/tmp'] });
  });

  it('runs the server that development runs, with the same settings, in a named volume', () => {
    expect(temporal.image).toBe(`temporalio/temporal:${temporalCliVersion}`);
    expect(valuesOf('--search-attribute')).toEqual(searchAttributes.map((name) => `${name}=Keyword`));
    expect(valuesOf('--dynamic-config-value')).toEqual(dynamicConfig);
    expect(valuesOf('--sqlite-pragma')).toEqual(sqlitePragmas);
    expect(valuesOf('--db-filename')).toEqual(['/home/temporal/temporal.db']);
    expect(temporal.volumes).toEqual(['temporal:/home/temporal']);
    expect(command).not.toContain('--ui-codec-endpoint');
  });

  it('lets the worker reach the server over loopback, and gives it keys as files only', () => {
    expect(worker.network_mode).toBe('service:temporal');
    expect(worker.environment?.['TEMPORAL_ADDRESS']).toBe('127.0.0.1:7233');
    expect(worker.secrets).toEqual(['codec-keys', 'script-keys']);
    expect(worker.environment).toMatchObject({ MOORING_CODEC_KEYS: '/run/secrets/codec-keys', MOORING_SCRIPT_KEYS: '/run/secrets/script-keys' });
  });

  it('gets its keys from the commands that it prints, as the worker wants them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-compose-keys-'));
    const recipe = /^# {3}(\(umask .*\))$/m.exec(read('docker-compose.yml'))?.[1] ?? 'false';
    try {
      const made = spawnSync('sh', ['-c', `umask 022; ${recipe}`], { cwd: folder, encoding: 'utf8' });

      expect(made).toMatchObject({ status: 0, stderr: '' });
      for (const { file } of Object.values(compose.secrets)) expect((await readKeyRing(join(folder, file))).current.id).toBe('k1');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is accepted by docker compose, where that is installed', () => {
    const environment = { ...process.env, MOORING_IMMUTA_HOSTS: 'immuta.example' };
    const installed = spawnSync('docker', ['compose', 'version']).status === 0;

    const accepted = !installed || spawnSync('docker', ['compose', 'config', '--quiet'], { cwd: projectRoot, env: environment }).status === 0;

    expect(accepted).toBe(true);
  });
});

describe('the server of docker-compose.yml, as a plain process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-compose-'));
  const started: GuardedProgram[] = [];
  afterAll(async () => {
    for (const server of started) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gets healthy by the check of the file, and knows the search attributes', async () => {
    const binary = findTemporal(process.env)?.path ?? '';
    const [port, uiPort] = await freePorts(2);
    const native = command.map((word) => ({ '0.0.0.0': '127.0.0.1', '/home/temporal/temporal.db': join(folder, 'temporal.db') })[word] ?? word);
    const ask = (...words: readonly string[]) =>
      spawnSync(binary, [...words, '--address', `127.0.0.1:${port}`], { encoding: 'utf8', timeout: 10_000 });

    started.push(await startGuarded(binary, [...native, '--port', String(port), '--ui-port', String(uiPort)], { logFile: join(folder, 'log') }));
    const [, program, ...check] = temporal.healthcheck?.test ?? [];
    await vi.waitUntil(() => ask(...check).status === 0, { timeout: 20_000, interval: 250 });

    expect(program).toBe('temporal');
    const listed = ask('operator', 'search-attribute', 'list', '--namespace', 'default').stdout;
    for (const name of searchAttributes) expect(listed).toMatch(new RegExp(String.raw`${name}\s+Keyword`));
  });
});

describe('the Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');

  it('builds on a named version and runs as the image’s own user', () => {
    const bases = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);

    expect(new Set(bases)).toEqual(new Set(['node:22-bookworm-slim']));
    expect(lines.findIndex((line) => line === 'USER node')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('RUN ')));
  });

  it('copies no secret: what it copies whole is kept clean by .dockerignore', () => {
    const ignored = read('.dockerignore').split('\n');

    expect(ignored).toEqual(expect.arrayContaining(['.git', '.mooring', 'mooring.yaml', '**/*.pem', '**/*.p8', '**/.env*']));
  });
});

function valuesOf(option: string): readonly string[] {
  return command.flatMap((word, index) => (command[index - 1] === option ? [word] : []));
}
