// Twenty kills of real processes in each run of the tests; `npm run soak -- --kills 200` does more of them.
import { expect, it } from 'vitest';
import { platformNames } from '../../scenarios/platforms.js';
import { runKills } from './run-kills.js';

it('twenty kills of workers, runners, groups and the server repeat nothing, skip nothing, and leave nothing behind', async () => {
  const report = await runKills({ count: 20, seed: Date.now() % 1_000_000, platforms: platformNames, lanes: 4, say: () => undefined });

  expect(report).toMatchObject({ kills: 20, resumed: 20, twice: 0, skipped: 0, dirty: 0, wrong: [] });
  expect(report.asked).toBeGreaterThan(0);
}, 1_200_000);
