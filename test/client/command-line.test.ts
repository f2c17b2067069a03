import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { goodManifest } from './manifest-text.js';
import { runMooring } from './run-mooring.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-client-'));
  writeFileSync(join(folder, 'codec.keys'), `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Nobody listens on port 1.
const nowhere = () => ({ TEMPORAL_ADDRESS: '127.0.0.1:1', MOORING_CODEC_KEYS: join(folder, 'codec.keys'), MOORING_ACTOR: 'asks@example.com' });
const mooring = (args: readonly string[], environment: Readonly<Record<string, string>> = nowhere()) => runMooring(args, { folder, environment });
const writeManifest = (text: string): void => writeFileSync(join(folder, 'mooring.yaml'), text);

describe('Wrong usage ends with 64 and says what is right', () => {
  test.each([
    [['regster', 'snow_prod'], 'Did you mean register?'],
    [['register'], "missing required argument 'key'"],
    [['register', 'snow_prod', '--wiat', '5s'], '--wait'],
    [['register', 'snow_prod', '--wait', 'soon'], '30s, 15m, 72h'],
    [['approve', 'snow_prod'], '--digest'],
    [['approve', 'snow_prod', '--digest', 'abc'], 'first 12 digits or all 64'],
    [['reject', 'snow_prod'], '--comment'],
    [['resolve', 'snow_prod', 'perhaps', '--comment', 'x'], 'ran, not-run, retry, undo, abandon'],
    [['register', 'a/b'], 'connectionKey "a/b" contains "/"'],
    [['register', 'bulk'], 'connectionKey "bulk" is a word that Immuta keeps for itself'],
    [['deregister', 'snow_prod'], 'Write --confirm snow_prod'],
    [['deregister', 'snow_prod', '--confirm', 'snow_prd'], 'Write the same connectionKey twice'],
    [['plan', 'snow_prod', '--integration-id', '7'], 'Write it together with --deregister'],
    [['status', "a'b"], 'Write a connectionKey, a workflow ID'],
    [['cancel', 'x" OR 1=1'], 'Write a connectionKey, a workflow ID'],
    [['register', 'snow_prod', '--as', ''], '--as must name a person'],
    [['dev', '--jsn'], '--json'],
    [['demo', '--quick'], "unknown option '--quick'"],
    [['simulate', '--immuta-port', 'x'], 'needs a port from 0 to 65535'],
    [['worker', '--role', 'boss'], 'all, workflows, platform'],
    [['completion', 'tcsh'], 'bash, zsh, fish'],
  ])('%j', async (args, complaint) => {
    writeManifest(goodManifest);

    const finished = await mooring(args);

    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).toContain(complaint);
    expect(finished.stdout).toBe('');
  });

  test('nothing asked for shows the help', async () => {
    const [finished, help] = await Promise.all([mooring([]), mooring(['--help'])]);

    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).toBe(help.stdout);
  });
});

describe('With --json an error is one object on stdout', () => {
  test.each([
    ['wrong usage', ['register', '--json'], 'usage', 64],
    ['no such connection', ['register', 'snow_prd', '--json'], 'usage', 64],
    ['no server', ['register', 'snow_prod', '--json'], 'temporal-unreachable', 9],
  ])('%s', async (_case, args, kind, exitCode) => {
    writeManifest(goodManifest);

    const finished = await mooring(args);

    expect(finished.exitCode).toBe(exitCode);
    expect(JSON.parse(finished.stdout)).toEqual({ v: 1, error: { kind, message: expect.any(String) as string, next: expect.any(String) as string } });
  });
});

describe('A manifest that is wrong ends with 64 before anything is asked of Temporal', () => {
  test('and names line, column and field on stderr', async () => {
    writeManifest(goodManifest.replace('warehouse:', 'warehose:'));

    const finished = await mooring(['register', 'snow_prod']);

    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).toContain('mooring.yaml:8:5 connections.snow_prod.warehose is an unknown key');
  });

  test('and never shows what may be a secret', async () => {
    writeManifest(goodManifest.replace("'env:SNOWFLAKE_B'", 'hunter2'));

    const finished = await mooring(['register', 'snow_prod', '--json']);

    expect(finished.exitCode).toBe(64);
    expect(finished.stdout).toContain('privilegedUser.password');
    expect(finished.stdout + finished.stderr).not.toContain('hunter2');
  });

  test('and shows control characters of a key as what they are', async () => {
    writeManifest(goodManifest.replace('snow_prod:', '"a\\e[31mb":'));

    const finished = await mooring(['register', 'snow_prod']);

    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).not.toContain('\u001b');
  });

  test('too large, not UTF-8, or absent', async () => {
    writeManifest(`# ${'x'.repeat(300_000)}`);
    expect((await mooring(['plan', 'snow_prod'])).stderr).toContain('a manifest may have 262144');

    writeFileSync(join(folder, 'mooring.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    expect((await mooring(['plan', 'snow_prod'])).stderr).toContain('is not UTF-8');

    expect((await mooring(['plan', 'snow_prod', '--manifest', 'other.yaml'])).stderr).toContain('cannot be read (ENOENT)');
  });
});

describe('A script is opened', () => {
  test('with --script only, and a purpose that there is', async () => {
    expect((await mooring(['show', 'snow_prod', '--reveal'])).stderr).toContain('Write --script --reveal');
    expect((await mooring(['show', 'snow_prod', '--script', '--reveal', '--purpose', 'both'])).exitCode).toBe(64);
  });
});

describe('A running dev', () => {
  const devFile = (): string => join(folder, '.mooring', 'dev.json');
  const writeDev = (changes: object = {}): void => {
    mkdirSync(join(folder, '.mooring'), { recursive: true });
    const state = { pid: process.pid, address: '127.0.0.1:1', namespace: 'default', codecKeys: join(folder, 'codec.keys'), ...changes };
    writeFileSync(devFile(), JSON.stringify(state), { mode: 0o600 });
  };

  test('is found upwards from the folder and said on stderr', async () => {
    writeDev({ codecKeys: join(folder, 'no.keys') });
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true });

    const finished = await runMooring(['list'], { folder: join(folder, 'deep', 'er'), environment: {} });

    expect(finished.stderr).toContain('using the running "mooring dev"');
    expect(finished.stderr).toContain('no.keys');
  });

  test.each([
    ['its process is gone', { pid: 2 ** 22 + 1 }],
    ['it leads away from this machine', { address: 'temporal.example.com:7233' }],
  ])('is passed over when %s', async (_case, changes) => {
    writeDev(changes);

    const finished = await mooring(['list'], {});

    expect(finished.stderr).not.toContain('using the running');
  });

  test('is passed over when others may write its file', async () => {
    writeDev();
    chmodSync(devFile(), 0o666);

    const finished = await mooring(['list'], {});

    expect(finished.stderr).not.toContain('using the running');
  });

  test('gives init --dev the addresses and secret files of its simulators', async () => {
    writeDev({
      simulators: {
        immuta: { url: 'http://127.0.0.1:4001' },
        snowflake: { host: '127.0.0.1', port: 4002, warehouse: 'WH' },
        databricks: {
          host: '127.0.0.1',
          port: 4003,
          httpPath: '/sql/1.0/warehouses/simulated',
          tokenUrl: 'https://127.0.0.1:4003/oidc/v1/token',
          privilegedUser: { clientId: 'one' },
          systemAccount: { clientId: 'two' },
        },
      },
      secretFolder: join(folder, '.mooring', 'secrets'),
    });

    const finished = await mooring(['init', '--dev'], {});
    const lake = await mooring(['init', '--dev', '--technology', 'Databricks', '--manifest', 'lake.yaml'], {});

    expect([finished.exitCode, lake.exitCode]).toEqual([0, 0]);
    const snowflake = readFileSync(join(folder, 'mooring.yaml'), 'utf8');
    const databricks = readFileSync(join(folder, 'lake.yaml'), 'utf8');
    for (const manifest of [snowflake, databricks]) expect(manifest).toContain('url: http://127.0.0.1:4001');
    expect(snowflake).toContain('port: 4002');
    expect(snowflake).toContain(`file:${join(folder, '.mooring', 'secrets')}/admin.p8`);
    expect(databricks).toContain('port: 4003');
    expect(databricks).toContain('authorityUrl: https://127.0.0.1:4003/oidc/v1/token');
    expect(databricks).toContain(`file:${join(folder, '.mooring', 'secrets')}/databricks-immuta.client-secret`);
  });
});

describe('init', () => {
  test('writes a manifest that the next command accepts', async () => {
    const finished = await mooring(['init', '--key', 'snow_eu', '--authentication', 'userPassword', '--json']);

    expect(finished.exitCode).toBe(0);
    expect(JSON.parse(finished.stdout)).toMatchObject({ v: 1, connectionKey: 'snow_eu' });
    expect(readFileSync(join(folder, 'mooring.yaml'), 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
    expect((await mooring(['register', 'snow_eu'], {})).stderr).toContain('MOORING_CODEC_KEYS is not set');
  });

  test.each(['oAuthM2M', 'token'])('writes a manifest of a Databricks workspace with %s', async (authentication) => {
    const finished = await mooring(['init', '--technology', 'Databricks', '--catalog', 'governed', '--authentication', authentication, '--json']);

    expect(finished.exitCode).toBe(0);
    expect(JSON.parse(finished.stdout)).toMatchObject({ connectionKey: 'lake_prod' });
    expect(readFileSync(join(folder, 'mooring.yaml'), 'utf8')).toContain('catalog: governed');
  });

  test.each([
    [['--technology', 'Databricks', '--warehouse', 'WH'], '--warehouse goes with Snowflake, not with Databricks'],
    [['--http-path', '/sql/1.0/warehouses/a'], '--http-path goes with Databricks, not with Snowflake'],
    [['--authentication', 'token'], '--authentication token does not go with Snowflake'],
  ])('refuses what another platform alone understands: %j', async (options, complaint) => {
    const finished = await mooring(['init', ...options]);

    expect(finished.exitCode).toBe(64);
    expect(finished.stderr).toContain(complaint);
    expect(existsSync(join(folder, 'mooring.yaml'))).toBe(false);
  });

  test('never overwrites', async () => {
    writeManifest('mine');

    const finished = await mooring(['init']);

    expect(finished.exitCode).toBe(64);
    expect(readFileSync(join(folder, 'mooring.yaml'), 'utf8')).toBe('mine');
  });

  test('writes nothing that would be refused', async () => {
    const finished = await mooring(['init', '--key', 'a/b']);

    expect(finished.exitCode).toBe(64);
    expect(existsSync(join(folder, 'mooring.yaml'))).toBe(false);
  });
});

test('Help is on stdout and ends with 0', async () => {
  const [program, command] = await Promise.all([mooring(['--help']), mooring(['help', 'approve'])]);

  expect([program.exitCode, command.exitCode]).toEqual([0, 0]);
  expect(program.stdout).toContain('Exit codes:');
  expect(command.stdout).toContain('--digest <digits>');
});

test('The completion script for bash parses and completes commands and options', async () => {
  const { stdout } = await mooring(['completion', 'bash']);
  const complete = (...typed: string[]): string[] => {
    const line = `${stdout}\nCOMP_WORDS=(mooring ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}; _mooring; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', line], { encoding: 'utf8' }).trim().split('\n');
  };

  execFileSync('bash', ['-n'], { input: stdout });

  expect(complete('app')).toEqual(['approve']);
  expect(complete('approve', '--di')).toEqual(['--digest']);
  expect(complete('resolve', 'not')).toEqual(['not-run']);
});

test('Completion is written for zsh and fish with every command', async () => {
  for (const shell of ['zsh', 'fish']) {
    const { stdout, exitCode } = await mooring(['completion', shell]);

    expect(exitCode).toBe(0);
    for (const command of ['register', 'approve', 'watch']) expect(stdout).toContain(command);
  }
});

test('Nothing is coloured off a terminal', async () => {
  const finished = await mooring(['list'], {});

  expect(finished.stdout + finished.stderr).not.toContain('\u001b');
});
