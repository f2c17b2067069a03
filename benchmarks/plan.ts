// How fast a script becomes a plan. Real scripts have tens of KiB; 1 MiB is far beyond them, and shows a cost that grows faster than the script.
import { planScript } from '../sql/plan-script.js';
import { splitScript } from '../sql/split.js';
import type { Benchmark } from './benchmark.js';
import { line, paired, ratioLine, type Line } from './line.js';
import { interleave, timed } from './rounds.js';
import { awkwardScripts, bootstrapLikeScript } from './generated-scripts.js';

const size = 1024 * 1024;

export const plan: Benchmark = {
  name: 'plan',
  summary: 'a script of 1 MiB becomes a plan',
  async run({ quick }) {
    const rounds = quick ? 7 : 25;
    const once = bootstrapLikeScript(size);
    const twice = bootstrapLikeScript(2 * size);
    const { planned, split, plannedTwice } = await interleave(
      {
        planned: () => timed(() => planScript(once, 'Snowflake', 'bootstrap')),
        split: () => timed(() => splitScript(once, 'Snowflake')),
        plannedTwice: () => timed(() => planScript(twice, 'Snowflake', 'bootstrap')),
      },
      { rounds, warmups: 3 },
    );
    return [
      line('plan of 1 MiB', planned, 'ms', { atMost: 200 }),
      line(
        'splitter',
        split.map((ms) => once.length / 1_000 / ms),
        'MB/s',
        { atLeast: 20 },
      ),
      ratioLine('plan of 2 MiB / plan of 1 MiB', plannedTwice, planned, { atMost: 2.2 }),
      ...(await growth(rounds)),
    ];
  },
};

/** By what factor the time grows when a script of one shape doubles: the cube root over three doublings, which noise moves a third as much. */
async function growth(rounds: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [shape, make] of Object.entries(awkwardScripts)) {
    const [small, large] = [make(size / 8), make(size)];
    const { short, long } = await interleave(
      {
        short: () => timed(() => planScript(small, 'Snowflake', 'bootstrap')),
        long: () => timed(() => planScript(large, 'Snowflake', 'bootstrap')),
      },
      { rounds, warmups: 2 },
    );
    const perDoubling = paired(long, short, (more, less) => Math.cbrt(more / less));
    lines.push(line(`${shape}, per doubling up to 1 MiB`, perDoubling, 'x', { atMost: 2.2 }));
  }
  return lines;
}
