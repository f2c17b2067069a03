import { resolve } from 'node:path';
import type { ICruiseResult } from 'dependency-cruiser';
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** Judges the folders below `root` by one of the project's own configurations: the names of the rules broken, for each file. */
export async function violationsIn(root: string, folders: readonly string[], configuration: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const options = await extractOptions(resolve(configuration));
  const { output } = await cruise([...folders], { ...options, baseDir: root, validate: true }, options.enhancedResolveOptions, {
    tsConfig: extractTsConfig('tsconfig.json'),
  });
  if (typeof output === 'string') throw new Error('Expected a result object, got a report.');
  return byFile(output);
}

function byFile({ summary }: ICruiseResult): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) found.set(from, [...(found.get(from) ?? []), rule.name]);
  return found;
}
