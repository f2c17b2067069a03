// What `mooring --help` and `mooring --version` say.
import { readFileSync } from 'node:fs';
import { commandTable } from './command-table.js';

/** The help of the whole program. */
export function overview(): string {
  const width = Math.max(...commandTable.map(({ name }) => name.length), 'help [command]'.length) + 2;
  const row = (name: string, summary: string): string => `  ${name.padEnd(width)}${summary}`;
  const groups = [...new Set(commandTable.map(({ group }) => group))].map((wanted) => [
    `${wanted}:`,
    ...commandTable.filter(({ group }) => group === wanted).map(({ name, summary }) => row(name, summary)),
    '',
  ]);
  return [
    'Usage: mooring [options] [command]',
    '',
    'Registers a data platform in Immuta, and takes it out again, as one durable,',
    'approved, reversible run.',
    '',
    'Options:',
    row('-V, --version', 'print the version'),
    row('-h, --help', 'display help for command'),
    '',
    ...groups.flat(),
    'Commands:',
    row('help [command]', 'what a command does'),
    '',
    'Exit codes: 0 done, 1 failed, 2 differences, 3 rejected, 4 refused, 5 expired, 6 a person must look, 7 still waiting,',
    '8 held by another run, 9 no Temporal or no worker, 10 cancelled, 64 usage, 130 interrupted (the run goes on).',
    '',
  ].join('\n');
}

export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
