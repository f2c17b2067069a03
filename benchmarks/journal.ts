// What a script costs where heartbeats are paid for: the records that set out for the Temporal server, counted between worker and server.
import type { Platform } from '../domain/script.js';
import { openRecordGate } from '../test/faults/kills/record-gate.js';
import type { Benchmark } from './benchmark.js';
import { line, type Line } from './line.js';
import { nextRunnerMs } from './rounds.js';
import { statementPlace, statementsOn } from './script.js';
import { scriptRunner, startScriptWorkflows } from './script-product.js';
import { setTimeout as sleep } from 'node:timers/promises';

const length = 100;
const platform: Platform = 'Snowflake'; // the journal knows no platform

export const journal: Benchmark = {
  name: 'journal',
  summary: `heartbeats of a script of ${length} statements that reach the server`,
  async run({ quick, stage: open }) {
    const stage = await open();
    const gate = await openRecordGate(stage.sandbox.address);
    const taskQueue = 'counted';
    const product = await stage.sandbox.startWorker({ TEMPORAL_ADDRESS: gate.address, MOORING_TASK_QUEUE: taskQueue });
    const workflows = await startScriptWorkflows(stage);
    try {
      const run = await scriptRunner(stage, platform, statementsOn(platform, length));
      const count = async (delayMs: number, historyReadable: boolean): Promise<number> => {
        await sleep(nextRunnerMs);
        await stage.control.reset();
        if (delayMs > 0) await stage.control.faults([{ where: statementPlace[platform], nth: 0, kind: 'delay', delayMs }]);
        const before = gate.sent();
        await run({ historyReadable, platformQueue: `${taskQueue}-platform` });
        return gate.sent() - before;
      };
      const lines: Line[] = [];
      for (const delayMs of [0, 5, 30]) {
        const counts: number[] = [];
        for (let round = 0; round < (quick ? 1 : 3); round++) counts.push(await count(delayMs, true));
        lines.push(line(`heartbeats for ${length} statements at ${delayMs} ms`, counts, 'calls', { atMost: length / 4 }));
      }
      lines.push(line(`heartbeats where the history is unreadable`, [await count(0, false)], 'calls'));
      return lines;
    } finally {
      await workflows.stop();
      await product.stop();
      await gate.close();
    }
  },
};
