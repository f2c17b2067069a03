// A tree with the project's folders and stand-ins for its packages, so that a rule is judged by what is planted and not by what happens to exist.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Planted {
  readonly path: string;
  readonly text: string;
}

export function plant(root: string, files: readonly Planted[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A package that exports a value and a type. */
export function packageFiles(name: string): readonly Planted[] {
  const manifest = JSON.stringify({ name, version: '1.0.0', type: 'module', exports: './index.js', types: './index.d.ts' });
  return [
    { path: `node_modules/${name}/package.json`, text: manifest },
    { path: `node_modules/${name}/index.js`, text: 'export const value = 1;\n' },
    { path: `node_modules/${name}/index.d.ts`, text: 'export declare const value: number;\nexport type Type = number;\n' },
  ];
}

export function importOf(specifier: string, kind: 'value' | 'type' | 'dynamic'): string {
  if (kind === 'value') return `import * as imported from '${specifier}';\nconsole.log(imported);\n`;
  if (kind === 'type') return `import type * as imported from '${specifier}';\nexport type Kept = typeof imported;\n`;
  return `export const load = () => import('${specifier}');\n`;
}
