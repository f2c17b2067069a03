import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Mutant } from './mutants.js';

export interface MutatedTree {
  /** The compiled tree, with a slash at its end. */
  readonly folder: URL;
  remove(): void;
}

const needed = ['activities', 'domain', 'platforms', 'rules', 'sql', 'workflows'];

/** A copy of a compiled tree with a bug in it. Throws if the bug no longer fits the product. */
export function plant({ name, patches }: Mutant, compiled: string, packages: string): MutatedTree {
  const folder = mkdtempSync(join(tmpdir(), `mooring-mutant-`));
  for (const part of needed) cpSync(join(compiled, part), join(folder, part), { recursive: true });
  symlinkSync(packages, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { file, find, replace } of patches) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const times = text.split(find).length - 1;
    if (times !== 1) throw new Error(`The bug "${name}" is to replace a text in ${file} that is there ${times} times: ${find}`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  return { folder: pathToFileURL(`${folder}/`), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
