import { randomInt } from 'node:crypto';
import type { Server } from 'node:net';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections (32768 and up on Linux, 49152 on macOS): one of these could be taken at any time. */
const [lowest, highest] = [10_000, 32_767];

/** Ports on loopback that nobody listens on, all different. Another process may take one before it is used: rare, and whoever uses it then says so. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const probes: (readonly [port: number, probe: Server])[] = [];
  while (probes.length < count) {
    const port = randomInt(lowest, highest + 1);
    const probe = await listen(port).catch(taken);
    if (probe !== undefined) probes.push([port, probe]);
  }
  await Promise.all(probes.map(([, probe]) => close(probe)));
  return probes.map(([port]) => port);
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** An error that says only that this port is not to be had; any other is thrown on. */
function taken(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRINUSE') throw error;
}

/** Whether nobody listens on this port of loopback. */
export async function isFree(port: number): Promise<boolean> {
  return requireFree(port).then(
    () => true,
    () => false,
  );
}

/** Throws if somebody listens on this port of loopback. */
export async function requireFree(port: number): Promise<void> {
  const probe = await listen(port).catch(() => {
    throw new Error(`Port ${port} on 127.0.0.1 is taken. Stop what listens there, or choose another port.`);
  });
  await close(probe);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(port, '127.0.0.1', () => resolve(probe));
  });
}

function close(probe: Server): Promise<void> {
  return new Promise((resolve) => {
    probe.close(() => resolve());
  });
}
