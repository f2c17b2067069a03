// How soon a worker takes work, and what it weighs while it has none. Both sides start as the sandbox starts the product's: forked, with a bundle that
// was built before. `ready` is sent when both queues are about to be polled.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.js';
import { line, ratioLine } from './line.js';
import { end } from './naked/start.js';
import { residentMegabytes } from './resident-memory.js';
import { interleave, timed } from './rounds.js';

interface StartedWorker {
  readonly process: ChildProcess;
}

export const workerStart: Benchmark = {
  name: 'worker-start',
  summary: 'a worker becomes ready, and idles',
  async run({ quick, stage }) {
    const { sandbox, naked } = await stage();
    // On neither side the authority of the simulated workspace: it costs 30 ms, and only one of the two could use it.
    const starts = { product: () => sandbox.startWorker({ NODE_EXTRA_CA_CERTS: '' }), naked: () => naked.startWorker() };
    const ready = await interleave(
      { product: () => timeToReady(starts.product), naked: () => timeToReady(starts.naked) },
      { rounds: quick ? 9 : 25 },
    );
    const settleMs = quick ? 2_000 : 10_000;
    const memory = await interleave(
      { product: () => idleMegabytes(starts.product, settleMs), naked: () => idleMegabytes(starts.naked, settleMs) },
      { rounds: quick ? 2 : 5, warmups: 0 },
    );
    return [
      ratioLine('worker ready, product / naked', ready.product, ready.naked, { atMost: 1.2 }),
      line('worker ready, product', ready.product, 'ms'),
      line('worker ready, naked', ready.naked, 'ms'),
      ratioLine('idle memory, product / naked', memory.product, memory.naked, { atMost: 1.15 }),
      line('idle memory, product', memory.product, 'MB'),
      line('idle memory, naked', memory.naked, 'MB'),
    ];
  },
};

async function timeToReady(start: () => Promise<StartedWorker>): Promise<number> {
  let worker: StartedWorker | undefined;
  const ms = await timed(async () => (worker = await start()));
  if (worker !== undefined) await end(worker.process);
  return ms;
}

async function idleMegabytes(start: () => Promise<StartedWorker>, settleMs: number): Promise<number> {
  const worker = await start();
  await sleep(settleMs);
  const megabytes = await residentMegabytes(worker.process.pid);
  await end(worker.process);
  return megabytes;
}
