import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a shell script that can be run. */
export function writeProgram(path: string, body: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Something that calls itself a Temporal CLI. */
export function writeTemporal(path: string, version: string): string {
  return writeProgram(path, `echo "temporal version ${version} (Server 1.31.2, UI 2.50.1)"`);
}
