import type { Server } from 'node:net';
import { createServer } from 'node:net';

/** Ports on loopback that nobody listens on, all different. Another process may take one before it is used: rare, and whoever uses it then says so. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const probes = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = probes.map(portOf);
  await Promise.all(probes.map(close));
  return ports;
}

export async function freePort(): Promise<number> {
  const probe = await listen(0);
  const port = portOf(probe); // known only while it listens
  await close(probe);
  return port;
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

function portOf(probe: Server): number {
  const address = probe.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a bound port.');
  return address.port;
}
