// What a process between worker and driver costs: a statement that crosses to it and back against the same driver in this process; its start; its
// weight while it waits. Sessions stay open, so that nothing but statements is measured; there is no Temporal here, and so no journal.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../domain/script.js';
import { monotonicMs } from '../platforms/monotonic-clock.js';
import { platformOpener, type RunnerSession } from '../platforms/runner-pool.js';
import { runnerEnvironment } from '../platforms/runner-environment.js';
import { Runner } from '../platforms/runner.js';
import type { Benchmark } from './benchmark.js';
import { line, paired, type Line } from './line.js';
import { execute, logIn } from './naked/activities.js';
import { openDatabricksSession } from './naked/databricks.js';
import { databricksLogin, requestOn, snowflakeLogin } from './request.js';
import { residentMegabytes } from './resident-memory.js';
import { interleave, timed } from './rounds.js';
import { platformOptions } from './script-product.js';
import { median } from './statistics.js';
import type { Stage } from './stage.js';

export const runner: Benchmark = {
  name: 'runner',
  summary: 'a statement through a runner process, its start and its weight',
  async run({ quick, stage: open }) {
    const stage = await open();
    const lines: Line[] = [];
    for (const platform of ['Snowflake', 'Databricks'] as const) {
      lines.push(...(await statementCost(stage, platform, quick)), ...(await starts(stage, platform, quick)));
    }
    return lines;
  },
};

/** In one round, of which the median counts. */
const statementsOfARound = 200;
const text = { Snowflake: 'CREATE ROLE IF NOT EXISTS BENCH', Databricks: 'CREATE CATALOG IF NOT EXISTS bench' } as const;

async function statementCost(stage: Stage, platform: Platform, quick: boolean): Promise<Line[]> {
  const session = await openRunner(stage, platform);
  const bare = await openBare(stage, platform);
  try {
    await session.decide([createHash('sha256').update(text[platform]).digest('hex')]);
    const through = async (): Promise<void> => {
      const sent = { index: 0, text: text[platform], tag: 'bench/0', timeoutMs: 60_000, leaseEndsAt: monotonicMs() + 60_000 };
      await session.execute(sent);
    };
    const { product, driver } = await interleave(
      { product: () => medianOf(through), driver: () => medianOf(() => bare.execute(text[platform])) },
      { rounds: quick ? 5 : 25, warmups: 2 },
    );
    const added = paired(product, driver, (mine, other) => mine - other);
    return [
      line(`${platform}: a runner adds to a statement`, added, 'ms', { atMost: 0.4 }),
      line(`${platform}: a statement through a runner`, product, 'ms'),
      line(`${platform}: a statement, bare driver in-process`, driver, 'ms'),
    ];
  } finally {
    await session.kill();
    await bare.close();
  }
}

async function medianOf(work: () => Promise<void>): Promise<number> {
  const samples: number[] = [];
  for (let count = 0; count < statementsOfARound; count++) samples.push(await timed(work));
  return median(samples);
}

async function starts(stage: Stage, platform: Platform, quick: boolean): Promise<Line[]> {
  const rounds = quick ? 3 : 15;
  const folder = await mkdtemp(join(tmpdir(), 'mooring-benchmark-runner-'));
  const open = platformOpener(platformOptions(stage.sandbox));
  const pids = new Set<number | undefined>();
  const memory: number[] = [];
  const session = async (): Promise<RunnerSession> => open(requestOn(platform, stage.sandbox, 'runner').target, new AbortController().signal);
  const pooled = async (): Promise<number> => {
    let opened: RunnerSession | undefined;
    const ms = await timed(async () => (opened = await session()));
    pids.add(opened?.pid);
    await opened?.close();
    memory.push(await residentMegabytes(opened?.pid));
    return ms;
  };
  const bare = async (): Promise<number> => {
    let opened: { close(): Promise<void> } | undefined;
    const ms = await timed(async () => (opened = await openBare(stage, platform)));
    await opened?.close();
    return ms;
  };
  try {
    await pooled();
    const samples = await interleave({ cold: () => coldStart(platform, folder), pooled, bare }, { rounds });
    return [
      line(`${platform}: a new runner is ready`, samples.cold, 'ms', { atMost: 600 }),
      line(`${platform}: processes started for ${pids.size === 1 ? rounds + 1 : pids.size} more sessions`, [pids.size - 1], 'calls', { atMost: 0 }),
      line(`${platform}: a session in a runner that waits`, samples.pooled, 'ms'),
      line(`${platform}: a session, bare driver in-process`, samples.bare, 'ms'),
      line(`${platform}: memory of a runner that waits`, memory, 'MB'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the start of the process to a loaded driver: what a login would then wait for no more. */
async function coldStart(technology: Platform, folder: string): Promise<number> {
  let started: Runner | undefined;
  const ms = await timed(async () => {
    started = new Runner(runnerEnvironment(process.env, folder), folder);
    await started.ask('prepare', { technology }, 60_000);
  });
  await started?.kill('it was measured');
  return ms;
}

async function openRunner({ sandbox }: Stage, platform: Platform): Promise<RunnerSession> {
  return platformOpener(platformOptions(sandbox))(requestOn(platform, sandbox, 'runner').target, new AbortController().signal);
}

async function openBare({ sandbox }: Stage, platform: Platform): Promise<{ execute(text: string): Promise<void>; close(): Promise<void> }> {
  if (platform === 'Databricks') return openDatabricksSession(databricksLogin(sandbox));
  const connection = await logIn(snowflakeLogin(sandbox));
  return {
    execute: (sql) => execute(connection, sql),
    close: () => new Promise((resolve) => connection.destroy(() => resolve())),
  };
}
