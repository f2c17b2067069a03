// `npm run record-histories`: plays every run of recorded-runs.ts on a stage of its own and writes its history into the tree. Histories of released workflows
// are kept for as long as a run of theirs may be open; one is recorded anew only when its change was meant.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { readKeyRing } from '../../secrets/key-ring.js';
import { createDataConverter } from '../../temporal/data-converter.js';
import { openStage, until, type Stage } from '../scenarios/stage.js';
import { historyFolder, historyText, storable } from './history-file.js';
import { recordedRuns, type RecordedRun } from './recorded-runs.js';

const stage = await openStage();
try {
  const codecs = createDataConverter(await readKeyRing(stage.sandbox.codecKeysFile), 'default').payloadCodecs ?? [];
  const written = new Map<string, string>();
  for (const [index, run] of recordedRuns.entries()) {
    const began = performance.now();
    await stage.control.reset();
    await run.play(stage, `recorded_${index + 1}`).catch((error: unknown) => {
      throw new Error(`The run "${run.name}" ${error instanceof Error ? error.message : 'failed'}`);
    });
    const file = await storable(await historyOf(stage, run, index), codecs, stage.folder);
    written.set(`${run.name}.json`, historyText(file));
    process.stderr.write(`${run.name}: ${file.events.length} events, ${((performance.now() - began) / 1_000).toFixed(1)} s\n`);
  }
  await replaceAll(written);
} finally {
  await stage.close();
}

/** The newest run of this type with this key. Plans have an ID of their own each, and appear in the list a moment late. */
async function historyOf({ temporal }: Stage, { workflowType }: RecordedRun, index: number): ReturnType<WorkflowHandle['fetchHistory']> {
  const { workflow } = temporal.client;
  const query = `WorkflowType = '${workflowType}' AND MooringConnectionKey = 'recorded_${index + 1}' AND ExecutionStatus != 'Running'`;
  const found = await until(async () => {
    const runs = [];
    for await (const run of workflow.list({ query })) runs.push(run);
    return runs.toSorted((a, b) => b.startTime.getTime() - a.startTime.getTime())[0];
  });
  return workflow.getHandle(found.workflowId, found.runId).fetchHistory();
}

/** Only when all were recorded: a run that has gone leaves no file behind, and a failure changes nothing. */
async function replaceAll(written: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(historyFolder, { recursive: true });
  for (const name of await readdir(historyFolder)) await rm(join(historyFolder, name));
  for (const [name, text] of written) await writeFile(join(historyFolder, name), text);
}
