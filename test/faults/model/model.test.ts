// Ten thousand random schedules of faults in each run of the tests, and every one that has ever failed.
import { describe, expect, it } from 'vitest';
import { product, replayPlanted } from './mutant-hunt.js';
import { mutants } from './mutants.js';
import { inThread, search } from './search.js';
import { store, stored } from './stored-schedules.js';

const minutes = 60_000;

describe('a run under faults', () => {
  it(
    'keeps every invariant in ten thousand schedules',
    async () => {
      const seed = Date.now() % 1_000_000_000;

      const { runs, found } = await search({ folder: product, seed, count: 10_000, threads: 2 });

      const kept = found.map((each, place) => store('found', `seed-${seed}-${place}`, each));
      expect(found, `seed ${seed}; kept in ${kept.join(', ')}`).toEqual([]);
      process.stdout.write(`${runs} schedules from seed ${seed}\n`);
    },
    25 * minutes,
  );

  it(
    'keeps them in every schedule that has broken one before, or shows a planted bug',
    async () => {
      const given = [...stored('found'), ...stored('planted')].map(({ schedule }) => schedule);

      const [answer] = await inThread([{ folder: product.href, seed: 0, count: 0, traits: [], given }]);

      expect(answer).toMatchObject({ runs: given.length, found: [] });
    },
    10 * minutes,
  );
});

describe('the invariants', () => {
  it(
    'are broken by every planted bug, in the schedule that is kept for it',
    async () => {
      const planted = stored('planted');

      const answers = await replayPlanted(planted);

      const unseen = mutants.filter((_mutant, place) => answers[place]?.found.length !== 1).map(({ name }) => name);
      expect(unseen).toEqual([]);
      expect(planted.map(({ name }) => name).toSorted()).toEqual(mutants.map(({ name }) => name).toSorted());
    },
    10 * minutes,
  );
});
