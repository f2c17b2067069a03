// `node dist/test/faults/kills/main.js [--kills 200] [--seed <n>] [--lanes 4] [--platform Snowflake]`: exits 1 if anything is wrong.
import { parseArgs } from 'node:util';
import { platformNames } from '../../scenarios/platforms.js';
import { reportText, runKills } from './run-kills.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string' },
    lanes: { type: 'string', default: '4' },
    platform: { type: 'string' },
  },
});
const platforms = values.platform === undefined ? platformNames : platformNames.filter((name) => name === values.platform);
if (platforms.length === 0) throw new Error(`There is no platform "${values.platform}"; there are ${platformNames.join(', ')}.`);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
process.stdout.write(`seed ${seed}\n`);
const report = await runKills({
  count: Number(values.kills),
  seed,
  platforms,
  lanes: Number(values.lanes),
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${reportText(report)}\n`);
process.exitCode = report.wrong.length === 0 ? 0 : 1;
