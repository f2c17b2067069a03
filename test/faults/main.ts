// `npm run soak`: kills real processes, runs schedules of faults, looks anew for every planted bug. Without an option it does some of each. Progress goes to
// stderr, the closing table to stdout; exits 1 if anything is wrong.
//
//   npm run soak -- --kills 200 [--lanes 4] [--platform Snowflake]
//   npm run soak -- --schedules 1000000
//   npm run soak -- --mutants [--keep]     --keep stores what shows each bug as its schedule in test/faults/planted/
//   npm run soak -- ... --seed <n>         the same seed, the same schedules
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { platformNames } from '../scenarios/platforms.js';
import { reportText, runKills } from './kills/run-kills.js';
import { hunt, product } from './model/mutant-hunt.js';
import { mutants } from './model/mutants.js';
import { search } from './model/search.js';
import { store } from './model/stored-schedules.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    schedules: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    seed: { type: 'string' },
    lanes: { type: 'string', default: '4' },
    platform: { type: 'string' },
  },
});
const everything = values.kills === undefined && values.schedules === undefined && !values.mutants;
const kills = Number(values.kills ?? (everything ? 40 : 0));
const schedules = Number(values.schedules ?? (everything ? 50_000 : 0));
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const platforms = values.platform === undefined ? platformNames : platformNames.filter((name) => name === values.platform);
if (platforms.length === 0) throw new Error(`There is no platform "${values.platform}"; there are ${platformNames.join(', ')}.`);
if (![kills, schedules, seed].every((count) => Number.isSafeInteger(count) && count >= 0))
  throw new Error('--kills, --schedules and --seed take whole numbers.');

const threads = Math.min(availableParallelism(), 8);
/** As many as the rarest planted bug needed, by ten. */
const mostSchedulesForABug = 40_000;
const table: string[] = [];
const wrong: string[] = [];
const say = (line: string): void => void process.stderr.write(`${line}\n`);
say(`seed ${seed}`);

if (schedules > 0) {
  let said = 0;
  const onProgress = (runs: number): void => {
    if (runs - said < schedules / 20) return;
    said = runs;
    say(`${runs} of ${schedules} schedules`);
  };
  const { runs, asked, struck, outcomes, found } = await search({ folder: product, seed, count: schedules, threads, onProgress });
  for (const [place, each] of found.entries()) wrong.push(`${each.wrong.join('; ')} (kept in ${store('found', `seed-${seed}-${place}`, each)})`);
  const ends = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  table.push(`${runs} schedules, ${struck} strikes, ${asked} questions, ${found.length} wrong: ${ends.join(', ')} (seed ${seed})`);
}
if (values.mutants || everything) {
  let seen = 0;
  for (const mutant of mutants) {
    const shown = await hunt(mutant, { seed, count: mostSchedulesForABug, threads });
    say(shown === undefined ? `${mutant.name}: NOT FOUND` : `${mutant.name}: ${shown.wrong[0] ?? ''}`);
    if (shown === undefined) wrong.push(`the planted bug ${mutant.name} was not found`);
    else seen++;
    if (shown !== undefined && values.keep) store('planted', mutant.name, shown);
  }
  table.push(`${mutants.length} planted bugs, ${seen} found (seed ${seed})`);
}
if (kills > 0) {
  const report = await runKills({ count: kills, seed, platforms, lanes: Number(values.lanes), say });
  wrong.push(...report.wrong);
  table.push(reportText(report));
}
for (const line of [...wrong.map((each) => `WRONG ${each}`), ...table]) process.stdout.write(`${line}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
