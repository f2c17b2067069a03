// One stage for the files of a test process, one after the other: opening one takes two seconds of a core, and most files want nothing special of it.
// Each file finds it as the first one did, but that the server knows runs which have ended. A stage with an open run, or without a worker, is not handed on.
import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sandboxTiming } from '../../dev/sandbox.js';
import { openStage, type Stage } from './stage.js';

let free: Stage | undefined;

/** A stage as `openStage` opens it, but that its `close` leaves it to the next file. */
export async function sharedStage(): Promise<Stage> {
  const stage = free ?? (await openShared());
  free = undefined;
  return stage;
}

async function openShared(): Promise<Stage> {
  const stage = await openStage();
  const end = stage.close.bind(stage);
  stage.close = async () => {
    if (!(await isQuiet(stage))) return await end();
    await tidy(stage);
    free = stage;
  };
  // So vitest ends its processes. What the stage has started ends with this one.
  process.once('SIGTERM', () => {
    rmSync(stage.folder, { recursive: true, force: true });
    process.kill(process.pid, 'SIGTERM');
  });
  return stage;
}

/** Its worker lives, and works at nothing. */
async function isQuiet({ worker, temporal }: Stage): Promise<boolean> {
  const { exitCode, signalCode } = worker.process;
  const { count } = await temporal.client.workflow.count("ExecutionStatus = 'Running'");
  return exitCode === null && signalCode === null && count === 0;
}

async function tidy(stage: Stage): Promise<void> {
  stage.platform = 'Snowflake';
  await stage.control.reset();
  await rm(join(stage.folder, 'mooring.yaml'), { force: true });
  await writeFile(join(stage.folder, 'timing.json'), JSON.stringify(sandboxTiming));
}
