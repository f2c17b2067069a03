// How fast scripts are taken apart, and that no shape of input makes the work grow faster than the input.
// Targets: at least 20 MB/s to split, under 200 ms to plan 1 MiB, time(2n) / time(n) at most 2.2, 64 KiB of the worst shapes under 50 ms each.
import { readFileSync } from 'node:fs';
import { planScript } from '../sql/plan-script.js';
import { ScriptRefused } from '../sql/script-refused.js';
import { splitScript } from '../sql/split.js';
import { summarize } from '../sql/summarize.js';

const mebibyte = 1 << 20;
const rounds = 9;

function scriptOf(length: number): string {
  const one = `${readFileSync('test/sql/scripts/bootstrap.sql', 'utf8')};\n`;
  let text = '';
  for (let copy = 0; text.length < length; copy++) text += one.replaceAll('IMMUTA', `DB_${copy}`);
  return text;
}

/** The median, in ms. The first round, which compiles, is reported apart by the caller. */
function medianMs(work: () => void): number {
  const times = Array.from({ length: rounds }, () => onceMs(work)).sort((left, right) => left - right);
  return times[rounds >> 1] ?? Number.NaN;
}

function onceMs(work: () => void): number {
  const start = performance.now();
  try {
    work();
  } catch (error) {
    if (!(error instanceof ScriptRefused)) throw error;
  }
  return performance.now() - start;
}

function plan(text: string): void {
  summarize({ bootstrap: planScript(text, 'Snowflake', 'bootstrap') });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [single, double] = [scriptOf(mebibyte), scriptOf(2 * mebibyte)];
say(
  `node ${process.version}, ${process.platform} ${process.arch}; ${single.length} characters, ${splitScript(single, 'Snowflake').length} statements`,
);
say(`first plan of this process: ${onceMs(() => plan(single)).toFixed(0)} ms`);
for (const [name, work] of [
  ['split', (text: string) => void splitScript(text, 'Snowflake')],
  ['plan', plan],
] as const) {
  const once = medianMs(() => work(single));
  const twice = medianMs(() => work(double));
  say(`${name}: ${once.toFixed(1)} ms, ${((single.length / 1e6 / once) * 1_000).toFixed(1)} MB/s, time(2n)/time(n) = ${(twice / once).toFixed(2)}`);
}

const shapes = [
  '/* ',
  "''",
  '""',
  '$$ $$ ',
  '(',
  'BEGIN ',
  'x CASE ',
  'BEGIN WORK NAME ',
  ';',
  'x;',
  '@a"b" ',
  'token=token= ;\n',
  '--\n',
  "$$token' $$ ",
];
for (const shape of shapes) {
  const [small, large] = [64, 128].map((kibibytes) => `SELECT ${shape.repeat((kibibytes * 1024) / shape.length)}`);
  const once = medianMs(() => void splitScript(small ?? '', 'Snowflake'));
  const twice = medianMs(() => void splitScript(large ?? '', 'Snowflake'));
  say(`64 KiB of ${JSON.stringify(shape)}: ${once.toFixed(2)} ms, time(2n)/time(n) = ${(twice / once).toFixed(2)}`);
}
