// `node dist/test/faults/kills/main.js [--kills 200] [--seed <n>] [--lanes 4]`: exits 1 if anything is wrong.
import { parseArgs } from 'node:util';
import { reportText, runKills } from './run-kills.js';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string' }, lanes: { type: 'string', default: '4' } },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
process.stdout.write(`seed ${seed}\n`);
const report = await runKills({ count: Number(values.kills), seed, lanes: Number(values.lanes), say: (line) => process.stdout.write(`${line}\n`) });
process.stdout.write(`${reportText(report)}\n`);
process.exitCode = report.wrong.length === 0 ? 0 : 1;
