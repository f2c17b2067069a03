// Schedules that have failed once, kept for ever: in `found/` those that broke the product, each with what was wrong with it then, in `planted/` one for
// each planted bug.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../dev/setup/project-root.mjs';
import type { Found } from './search.js';

export interface Stored extends Found {
  readonly name: string;
}

const folderOf = (kind: 'found' | 'planted'): string => join(projectRoot, 'test', 'faults', kind);

export function stored(kind: 'found' | 'planted'): readonly Stored[] {
  return readdirSync(folderOf(kind))
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({ name: file.replace(/[.]json$/, ''), ...(JSON.parse(readFileSync(join(folderOf(kind), file), 'utf8')) as Found) }));
}

/** Gives the path. */
export function store(kind: 'found' | 'planted', name: string, found: Found): string {
  mkdirSync(folderOf(kind), { recursive: true });
  const path = join(folderOf(kind), `${name}.json`);
  writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
  return path;
}
