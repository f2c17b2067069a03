import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../dev/free-port.js';
import { searchAttributes, startTemporalServer } from '../../dev/temporal-server.js';

describe('startTemporalServer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-server-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('serves runs with our search attributes, keeps them in its file, and is gone after stop', async () => {
    const dbFilename = join(folder, 'temporal.db');
    const first = await startTemporalServer({ dbFilename });
    await startRun(first.address);
    await first.stop();

    const second = await startTemporalServer({ dbFilename });
    const found = await runsIn(second.address, "MooringPhase = 'preparing'");
    await second.stop();

    expect(found).toEqual(['connection/acme.example/snow']);
    expect(await answers(first.address)).toBe(false);
    expect(await answers(second.address)).toBe(false);
  });

  it('shows the UI where it is asked for, and passes it the codec endpoint', async () => {
    const uiPort = await freePort();

    const server = await startTemporalServer({ uiPort, codecEndpoint: 'http://127.0.0.1:9999' });
    const page = await fetch(server.uiUrl ?? '');
    const settings = await (await fetch(`${server.uiUrl}/api/v1/settings`)).text();
    await server.stop();

    expect(server.uiUrl).toBe(`http://127.0.0.1:${uiPort}`);
    expect(page.status).toBe(200);
    expect(settings).toContain('http://127.0.0.1:9999');
  });

  it('listens on loopback only, and sees no secret of ours', async () => {
    vi.stubEnv('IMMUTA_API_KEY', 'a secret of ours');
    vi.stubEnv('TEMPORAL_ADDRESS', 'elsewhere.example:7233');

    const server = await startTemporalServer();
    const environment = environmentsOf('server\0start-dev');
    await server.stop();
    vi.unstubAllEnvs();

    expect(server.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(server.uiUrl).toBeUndefined();
    expect(environment.length > 0).toBe(existsSync('/proc/self/environ'));
    expect(environment.join('\n')).not.toMatch(/a secret of ours|elsewhere\.example/);
  });

  it('names a port that is taken and starts nothing', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    await once(taken, 'listening');

    await expect(startTemporalServer({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken.`);

    taken.close();
  });

  it('shows what the server said when it does not come up', async () => {
    const dbFilename = join(folder, 'missing', 'temporal.db');

    await expect(startTemporalServer({ dbFilename })).rejects.toThrow(/did not come up: it ended with exit code 1\n[\s\S]*no such file or directory/);

    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });
});

async function startRun(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  await client.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId: 'connection/acme.example/snow',
    requestId: 'one',
    workflowType: { name: 'registerConnection' },
    taskQueue: { name: 'nobody' },
    searchAttributes: {
      indexedFields: Object.fromEntries(searchAttributes.map((name) => [name, { metadata: jsonEncoding, data: Buffer.from('"preparing"') }])),
    },
  });
  await vi.waitUntil(async () => (await runsIn(address, "MooringPhase = 'preparing'")).length === 1, { timeout: 10_000, interval: 100 });
  await connection.close();
}

const jsonEncoding = { encoding: Buffer.from('json/plain'), type: Buffer.from('Keyword') };

async function runsIn(address: string, query: string): Promise<readonly string[]> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  await connection.close();
  return found;
}

function answers(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => resolve(true)).once('error', () => resolve(false));
    socket.unref();
  });
}

/** The environments of running processes whose command line holds these words; empty where the system does not show them. */
function environmentsOf(words: string): readonly string[] {
  if (!existsSync('/proc/self/environ')) return [];
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).includes(words));
  return own.map((pid) => readQuietly(`/proc/${pid}/environ`));
}

function commandLine(pid: string): string {
  return readQuietly(`/proc/${pid}/cmdline`);
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
