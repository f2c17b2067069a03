// `node dist/benchmarks/main.js [name ...] [--quick] [--json]`: measures, prints, and judges nothing by its exit code; that is 1 only when a benchmark
// could not be carried out. README.md says how to read what it prints.
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.js';
import { beginConfiguration } from './configuration.js';
import { deregistration } from './deregistration.js';
import { help } from './help.js';
import { journal } from './journal.js';
import { plan } from './plan.js';
import { reportText, type BenchmarkResult } from './report.js';
import { registration } from './registration.js';
import { resumption } from './resumption.js';
import { runner } from './runner.js';
import { scripts } from './script.js';
import { openStage, type Stage } from './stage.js';
import { workerStart } from './worker-start.js';

const benchmarks: readonly Benchmark[] = [help, workerStart, registration, deregistration, plan, runner, ...scripts, journal, ...resumption];

try {
  await measure();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}

async function measure(): Promise<void> {
  const { names, quick, json } = readOptions();
  // On Node 20 it adds 30 ms to every start of a process: the same on both sides, so it would only thin the ratios.
  delete process.env['NODE_EXTRA_CA_CERTS'];
  const configuration = beginConfiguration(quick);
  let opened: Promise<Stage> | undefined;
  const stage = async (): Promise<Stage> => {
    const open = await (opened ??= openStage());
    await open.control.reset(); // each begins with simulators that answer at once
    return open;
  };
  const results: BenchmarkResult[] = [];
  try {
    for (const { name, summary, run } of benchmarks) {
      if (!names.has(name)) continue;
      process.stderr.write(`${name}: ${summary}\n`);
      results.push({ name, lines: await run({ quick, stage }) });
    }
    const report = { configuration: configuration((await opened)?.server), results };
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `\n${reportText(report)}`);
  } finally {
    await opened?.then((open) => open.close()).catch(() => undefined);
  }
}

function readOptions(): { readonly names: ReadonlySet<string>; readonly quick: boolean; readonly json: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const known = benchmarks.map(({ name }) => name);
  const strange = positionals.find((name) => !known.includes(name));
  if (strange !== undefined) throw new Error(`There is no benchmark "${strange}"; there are ${known.join(', ')}.`);
  return { names: new Set(positionals.length === 0 ? known : positionals), ...values };
}
