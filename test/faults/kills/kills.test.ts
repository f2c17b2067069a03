// Twenty kills of real processes in each run of the tests; `npm run soak -- --kills 200` does more of them.
import { expect, it } from 'vitest';
import { reportText, runKills } from './run-kills.js';

it('twenty kills of workers, runners, groups and the server repeat nothing, skip nothing, and leave nothing behind', async () => {
  const seed = Date.now() % 1_000_000;
  const lines: string[] = [];

  const report = await runKills({ count: 20, seed, lanes: 4, say: (line) => lines.push(line) });

  const told = `${lines.join('\n')}\n${reportText(report)} (seed ${seed})`;
  expect(report, told).toMatchObject({ kills: 20, resumed: 20, twice: 0, skipped: 0, dirty: 0 });
  expect(report.asked, told).toBeGreaterThan(0);
}, 240_000);
