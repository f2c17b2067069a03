// A worker that cannot serve says so at once, with the cure and the exit code that commands have for the same, and polls nothing.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { errorExitCode } from '../../client/exit-code.js';
import { freePort } from '../../dev/free-port.js';
import { runMooring, startMooring } from '../client/run-mooring.js';
import { until } from './stage.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-worker-start-'));
const keys = join(folder, 'keys');
writeFileSync(keys, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = () => ({
  TEMPORAL_ADDRESS: inject('temporalAddress'),
  MOORING_CODEC_KEYS: keys,
  MOORING_SCRIPT_KEYS: keys,
  MOORING_ALLOW_LOOPBACK: '1',
  MOORING_TASK_QUEUE: `worker-start-${process.pid}`,
});
const worker = (change: Readonly<Record<string, string>>, ...args: string[]) =>
  runMooring(['worker', ...args], { folder, environment: { ...good(), ...change } });

describe('A worker does not start', () => {
  it.each([
    ['without a codec key', { MOORING_CODEC_KEYS: '' }, 'MOORING_CODEC_KEYS is not set'],
    ['without a key for scripts', { MOORING_SCRIPT_KEYS: '' }, 'MOORING_SCRIPT_KEYS is not set'],
    ['with a key file that is not there', { MOORING_CODEC_KEYS: '/nowhere/keys' }, 'The key file "/nowhere/keys" cannot be found'],
    ['where it might talk to any host', { MOORING_ALLOW_LOOPBACK: '' }, 'MOORING_IMMUTA_HOSTS is not set'],
    ['where certificates are not checked', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'NODE_TLS_REJECT_UNAUTHORIZED=0 lets anyone'],
    ['without TLS to another machine', { TEMPORAL_ADDRESS: 'temporal.example.com:7233' }, 'is not on this machine and TLS is off'],
  ])('%s', async (_, change, complaint) => {
    const { exitCode, stdout, stderr } = await worker(change);

    expect(stderr).toContain(complaint);
    expect({ exitCode, stdout }).toEqual({ exitCode: errorExitCode('usage'), stdout: '' });
  });

  it('with a list of variables that allows everything', async () => {
    const { exitCode, stderr } = await worker({ MOORING_SECRET_ENV: '*' });

    expect(stderr).toContain('"*" is neither a variable name nor a prefix');
    expect(exitCode).toBe(errorExitCode('internal'));
  });

  it('without a Temporal server, and names the address', async () => {
    const address = `127.0.0.1:${await freePort()}`;

    const { exitCode, stderr } = await worker({ TEMPORAL_ADDRESS: address });

    expect(stderr).toContain(`No Temporal server answers at ${address}. Set TEMPORAL_ADDRESS`);
    expect(exitCode).toBe(errorExitCode('temporal-unreachable'));
  });

  it('with --json its complaint is one object on stdout', async () => {
    const { exitCode, stdout } = await worker({ MOORING_CODEC_KEYS: '' }, '--json');

    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      error: { kind: 'usage', message: 'MOORING_CODEC_KEYS is not set.', next: expect.any(String) as string },
    });
    expect(exitCode).toBe(errorExitCode('usage'));
  });

  describe('in a namespace', () => {
    const namespace = `bare-${process.pid}`;
    let connection: Connection;
    beforeAll(async () => {
      connection = await Connection.connect({ address: inject('temporalAddress') });
      await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
    });
    afterAll(() => connection?.close());

    it('that lacks our search attributes, and prints the commands that make them', async () => {
      const { exitCode, stderr } = await until(async () => {
        const ended = await worker({ TEMPORAL_NAMESPACE: namespace });
        return ended.stderr.includes('lacks the search attributes') ? ended : undefined; // a new namespace takes seconds to be known everywhere
      });

      for (const name of ['MooringPhase', 'MooringPlatform', 'MooringOperation', 'MooringConnectionKey']) {
        expect(stderr).toContain(`temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword`);
      }
      expect(exitCode).toBe(errorExitCode('temporal-refused'));
    });

    it('that is not there', async () => {
      const { exitCode, stderr } = await worker({ TEMPORAL_NAMESPACE: 'nowhere' });

      expect(stderr).toContain('"nowhere"');
      expect(exitCode).toBe(errorExitCode('temporal-refused'));
    });
  });
});

it('A worker with --json says on stdout what it serves, and ends with 0 when it is asked to', async () => {
  const environment = good();
  const started = startMooring(['worker', '--role', 'platform', '--json'], { folder, environment });

  await started.heard('Worker state changed');
  started.process.kill('SIGTERM');
  const { exitCode, stdout } = await started.ended;

  expect(JSON.parse(stdout)).toEqual({ v: 1, role: 'platform', taskQueues: [`${environment.MOORING_TASK_QUEUE}-platform`] });
  expect(exitCode).toBe(0);
});
