import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../simulators/main.js', import.meta.url));

describe('the simulators as a program', () => {
  let child: ChildProcessWithoutNullStreams;
  afterEach(() => {
    child.kill('SIGKILL');
  });

  const start = (...options: string[]): void => {
    child = spawn(process.execPath, [program, ...options]);
  };
  const firstLine = async (): Promise<string> => {
    for await (const line of createInterface(child.stdout)) return line;
    throw new Error('The program ended without a word.');
  };
  const ended = async (): Promise<{ code: number | null; said: string }> => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  };

  it('says on one line where everything is and which credentials work', async () => {
    start('--json');

    const said = JSON.parse(await firstLine()) as { immuta: { url: string; apiKey: string }; control: { url: string } };
    const integrations = await fetch(`${said.immuta.url}/integrations`, { headers: { authorization: said.immuta.apiKey } });
    const objects = await fetch(`${said.control.url}/objects`);

    expect(said).toMatchObject({
      v: 1,
      snowflake: {
        host: '127.0.0.1',
        port: expect.any(Number),
        warehouse: 'IMMUTA_WH',
        privilegedUser: {
          username: 'MOORING_ADMIN',
          role: 'ACCOUNTADMIN',
          password: expect.any(String),
          privateKey: expect.stringContaining('BEGIN PRIVATE KEY'),
        },
        systemAccount: { username: 'IMMUTA_SYSTEM_ACCOUNT', privateKey: expect.stringContaining('BEGIN PRIVATE KEY') },
      },
      databricks: {
        host: '127.0.0.1',
        port: expect.any(Number),
        httpPath: expect.stringMatching(/^\/sql\/1\.0\/warehouses\/\w+$/),
        caCert: expect.stringContaining('BEGIN CERTIFICATE'),
        privilegedUser: { clientId: expect.any(String), clientSecret: expect.any(String), token: expect.stringMatching(/^dapi/) },
        systemAccount: { clientId: expect.any(String) },
      },
    });
    expect([integrations.status, objects.status]).toEqual([200, 200]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s, even while a call hangs', async (signal) => {
    start('--json');
    const said = JSON.parse(await firstLine()) as { immuta: { url: string; apiKey: string }; control: { url: string } };
    await fetch(`${said.control.url}/faults`, {
      method: 'POST',
      body: JSON.stringify([{ where: 'immuta:GET /integrations', nth: 1, kind: 'hang' }]),
    });
    const hanging = fetch(`${said.immuta.url}/integrations`, { headers: { authorization: said.immuta.apiKey } }).catch(() => undefined);

    child.kill(signal);
    const [code] = (await once(child, 'exit')) as [number | null];
    await hanging;

    expect(code).toBe(0);
  });

  it('ends when its parent is gone, if it is guarded', async () => {
    start('--json', '--guarded');
    await firstLine();

    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number | null];

    expect(code).toBe(0);
  });

  it.each([[['--imuta-port', '1']], [['--immuta-port', 'x']], [['--immuta-port', '70000']]])(
    'refuses %j and says which options there are',
    async (options) => {
      start(...options);

      const { code, said } = await ended();

      expect(code).toBe(64);
      expect(said).toContain('usage: simulators');
    },
  );

  it('names a port that is taken and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    start('--control-port', String(port));
    const { code, said } = await ended();
    taken.close();

    expect(code).toBe(1);
    expect(said).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
  });
});
