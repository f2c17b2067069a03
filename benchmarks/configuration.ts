// Where and on what numbers were measured: without it they mean nothing.
import { arch, cpus, loadavg, platform, release } from 'node:os';

export interface Configuration {
  readonly at: string;
  readonly node: string;
  readonly machine: string;
  readonly cores: number;
  /** One minute's load, before and after. */
  readonly load: readonly [before: number, after: number];
  /** The Temporal server, where one took part. */
  readonly server?: string;
  readonly quick: boolean;
  readonly seconds: number;
}

/** Begins the record; call the result when the last benchmark has ended. */
export function beginConfiguration(quick: boolean): (server: string | undefined) => Configuration {
  const startedAt = new Date();
  const before = load();
  return (server) => ({
    at: startedAt.toISOString(),
    node: process.version,
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${platform()} ${release()} ${arch()}`,
    cores: cpus().length,
    load: [before, load()],
    ...(server === undefined ? {} : { server }),
    quick,
    seconds: Math.round((Date.now() - startedAt.getTime()) / 1_000),
  });
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
