// The product's main job on the simulators, scene by scene, with a table of what happened. Nothing is left running, its state lies in a temporary
// folder, and the exit code is 0 only if every scene ended as it should.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeyRing } from '../secrets/key-ring.js';
import { connectClient } from '../temporal/connect-client.js';
import { scenes, type Stage } from './demo-scenes.js';
import { startSandbox } from './sandbox.js';
import { SimulatorControl } from './simulator-control.js';
import { freePort } from './free-port.js';
import { readJsonOption } from './read-json-option.js';

interface Result {
  readonly title: string;
  readonly ended: 'as it should' | 'wrong';
  readonly seen: string;
  readonly seconds: number;
}

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM')); // the command that started us is gone; what we started goes with us

const json = readJsonOption(process.argv.slice(2));
if (json !== undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-demo-'));
  try {
    process.exitCode = (await play(folder)) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
process.removeAllListeners('disconnect'); // it keeps the channel to the command that started us, and the channel keeps us

async function play(folder: string): Promise<boolean> {
  say('Starting a Temporal server, the simulators of Immuta, Snowflake and Databricks, and a worker.');
  const sandbox = await startSandbox({ folder, ui: true, ports: { ui: await freePort() } });
  const temporal = await connectClient({ ...sandbox.commandEnvironment }, await readKeyRing(sandbox.codecKeysFile));
  try {
    say(`To look while it runs: ${sandbox.uiUrl ?? ''}\n`);
    const control = new SimulatorControl(sandbox.simulators.control.url);
    const stage: Stage = { sandbox, control, temporal, folder, workers: [await sandbox.startWorker()] };
    const results: Result[] = [];
    for (const scene of scenes) {
      await control.reset();
      say(`${results.length + 1}. ${scene.title}`);
      const result = await playScene(scene.title, () => scene.play(stage));
      say(`   ${result.seen}\n`);
      results.push(result);
    }
    const failed = results.filter(({ ended }) => ended === 'wrong').length;
    const passed = results.length - failed;
    process.stdout.write(
      json === true ? `${JSON.stringify({ v: 1, scenes: results, passed, failed })}\n` : `${table(results)}${passed} passed, ${failed} failed\n`,
    );
    return failed === 0;
  } finally {
    await temporal.close();
    await sandbox.stop();
  }
}

async function playScene(title: string, scene: () => Promise<string>): Promise<Result> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  try {
    const seen = await scene();
    return { title, ended: 'as it should', seen, seconds: seconds() };
  } catch (error) {
    return { title, ended: 'wrong', seen: error instanceof Error ? error.message : String(error), seconds: seconds() };
  }
}

function table(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ title }) => title.length));
  const rows = results.map(({ title, ended, seconds }) => `${title.padEnd(width)}  ${ended.padEnd(12)}  ${seconds.toFixed(1).padStart(5)} s`);
  const head = `${'Scene'.padEnd(width)}  ${'It ended'.padEnd(12)}     Took`;
  return `${head}\n${'-'.repeat(head.length)}\n${rows.join('\n')}\n`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
