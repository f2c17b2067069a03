// Planted bugs and the schedules that show them.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../../dev/setup/project-root.mjs';
import { plant } from './mutated-tree.js';
import { mutants, type Mutant } from './mutants.js';
import { inThread, search, type Found, type Search } from './search.js';
import type { Stored } from './stored-schedules.js';

const compiled = join(projectRoot, 'dist');
export const product = pathToFileURL(`${compiled}/`);

/** What each planted bug does on the schedule that is stored for it; one answer for each bug, in order. */
export async function replayPlanted(planted: readonly Stored[]): Promise<readonly Search[]> {
  const trees = mutants.map((mutant) => withBug(mutant));
  try {
    const orders = trees.map(({ folder }, place) => ({
      folder: folder.href,
      seed: 0,
      count: 0,
      traits: [],
      given: planted.filter(({ name }) => name === mutants[place]?.name).map(({ schedule }) => schedule),
    }));
    return await inThread(orders);
  } finally {
    for (const tree of trees) tree.remove();
  }
}

/** Looks for a schedule that shows a planted bug. */
export async function hunt(
  mutant: Mutant,
  { seed, count, threads }: { readonly seed: number; readonly count: number; readonly threads: number },
): Promise<Found | undefined> {
  const tree = withBug(mutant);
  try {
    const { found } = await search({ folder: tree.folder, seed, count, traits: mutant.traits, threads });
    return found.toSorted((one, other) => JSON.stringify(one.schedule).length - JSON.stringify(other.schedule).length)[0];
  } finally {
    tree.remove();
  }
}

function withBug(mutant: Mutant) {
  return plant(mutant, compiled, join(projectRoot, 'node_modules'));
}
