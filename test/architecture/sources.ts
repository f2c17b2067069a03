import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFolders } from '../../dev/setup/build.mjs';
import { projectRoot } from '../../dev/setup/project-root.mjs';

export interface Source {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

/** Every file that is written by hand in a folder of code. */
export function sources(): readonly Source[] {
  return sourceFolders.flatMap((folder) => {
    const names = namesIn(folder).filter((name) => /[.](c?ts|mjs)$/.test(name));
    return names.map((name) => join(folder, name)).map((path) => ({ path, text: read(path) }));
  });
}

/** The text of a file of the project. */
export function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' });
  } catch {
    return []; // a folder that nobody has filled yet
  }
}
