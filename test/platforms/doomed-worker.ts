// A worker for one test: opens a session at the port it is given, executes a statement, and is killed while it does.
import { Secret } from '../../domain/secret.js';
import { monotonicMs } from '../../platforms/monotonic-clock.js';
import { platformOpener } from '../../platforms/runner-pool.js';
import { password, sha256, targetAt } from './target.js';

const text = 'CREATE DATABASE "IMMUTA"';
const open = platformOpener({
  allowedHosts: [],
  allowLoopback: true,
  environment: process.env,
  resolveSecret: () => Promise.resolve(new Secret(password)),
});
const session = await open(targetAt(Number(process.argv[2])), new AbortController().signal);
await session.decide([sha256(text)]);
await session.execute({ index: 0, text, tag: 'tag', timeoutMs: 60_000, leaseEndsAt: monotonicMs() + 60_000 });
