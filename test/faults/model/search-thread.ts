// A thread that carries out orders: the schedules it is given, and as many as it is told from a seed. A thread of its own, because it takes time and the global scope
// away from everything else in it, and because two of them use two processors.
import './virtual-globals.js';
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import type { Schedule } from './schedule.js';
import type { Found, Order, Search } from './search.js';

const [{ anySchedule }, { loadProduct }, { runSchedule }, { violations }] = await Promise.all([
  import('./schedule.js'),
  import('./product.js'),
  import('./run-schedule.js'),
  import('./invariants.js'),
]);

const { orders } = workerData as { readonly orders: readonly Order[] };
for (const order of orders) parentPort?.postMessage(await carryOut(order));

async function carryOut({ folder, seed, count, given, traits }: Order): Promise<Search> {
  const product = await loadProduct(new URL(folder));
  const tally = { runs: 0, asked: 0, struck: 0, outcomes: {} as Record<string, number> };
  const found: Found[] = [];
  let shrinking = false;

  const wrongsOf = async (schedule: Schedule): Promise<readonly string[]> => {
    const after = await runSchedule(schedule, product);
    if (!shrinking) {
      const { outcome = 'none' } = after.ledger.outcome ?? {};
      tally.runs++;
      tally.asked += after.ledger.questions.length;
      tally.struck += after.struck.length;
      tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
      if (tally.runs % 250 === 0) parentPort?.postMessage({ progress: tally.runs });
    }
    return violations(after);
  };

  for (const schedule of given) {
    const wrong = await wrongsOf(schedule);
    if (wrong.length > 0) found.push({ schedule, wrong });
  }
  if (count > 0) {
    let smallest: Found | undefined;
    const property = fc.asyncProperty(anySchedule, async (drawn) => {
      const schedule = traits.length === 0 ? drawn : { ...drawn, ...traits[drawn.seed % traits.length] };
      const wrong = await wrongsOf(schedule);
      if (wrong.length === 0) return;
      shrinking = true; // fast-check now makes it smaller
      smallest = { schedule, wrong };
      throw new Error(wrong.join('\n'));
    });
    await fc.check(property, { seed, numRuns: count });
    if (smallest !== undefined) found.push(smallest);
  }
  return { ...tally, found };
}
