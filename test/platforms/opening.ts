// What the tests of this folder share: a target on the wire server, and sessions that are ended with the test.
import { onTestFinished } from 'vitest';
import { Secret } from '../../domain/secret.js';
import type { SnowflakeTarget } from '../../domain/snowflake-target.js';
import { monotonicMs } from '../../platforms/monotonic-clock.js';
import { platformOpener } from '../../platforms/runner-pool.js';
import type { PlatformOptions, RunnerSession } from '../../platforms/runner-pool.js';
import { password } from './target.js';
import { startWireServer } from './wire-server.js';
import type { WireServer, WireUser } from './wire-server.js';

export { password, sha256, targetAt } from './target.js';

export async function wireServer(users: readonly WireUser[] = [{ name: 'ADMIN', password }]): Promise<WireServer> {
  const wire = await startWireServer(users);
  onTestFinished(wire.close);
  return wire;
}

export function optionsWith(secrets: Readonly<Record<string, string>> = {}, changes: Partial<PlatformOptions> = {}): PlatformOptions {
  const values: Readonly<Record<string, string>> = { 'env:PASSWORD': password, ...secrets };
  return {
    allowedHosts: [],
    allowLoopback: true,
    environment: process.env,
    resolveSecret: (reference) => Promise.resolve(new Secret(values[reference] ?? 'no such secret')),
    ...changes,
  };
}

export async function openSession(
  target: SnowflakeTarget,
  options: PlatformOptions = optionsWith(),
  signal: AbortSignal = new AbortController().signal,
): Promise<RunnerSession> {
  const session = await platformOpener(options)(target, signal);
  onTestFinished(() => session.kill());
  return session;
}

/** A statement at index 0 that may be sent for the next minute. */
export function statement(text: string, changes: Partial<Parameters<RunnerSession['execute']>[0]> = {}): Parameters<RunnerSession['execute']>[0] {
  return { index: 0, text, tag: 'tag/0', timeoutMs: 20_000, leaseEndsAt: monotonicMs() + 60_000, ...changes };
}

/** The error of a promise that must reject. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expectedRejection(),
    (error: unknown) => error,
  );
}

function expectedRejection(): never {
  throw new Error('It was to be rejected, and was fulfilled.');
}
