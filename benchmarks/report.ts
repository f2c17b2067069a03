import type { Configuration } from './configuration.js';
import type { Line, Target, Unit } from './line.js';

export interface BenchmarkResult {
  readonly name: string;
  readonly lines: readonly Line[];
}

export interface Report {
  readonly configuration: Configuration;
  readonly results: readonly BenchmarkResult[];
}

/** The table for people. */
export function reportText({ configuration, results }: Report): string {
  const rows = results.flatMap(({ name, lines }) => lines.map((line, index) => cells(index === 0 ? name : '', line)));
  return `${configurationText(configuration)}\n\n${table(['benchmark', 'what', 'median', '95 %', 'n', 'target', ''], rows)}`;
}

function configurationText({ at, node, machine, cores, load, server, quick, seconds }: Configuration): string {
  const busy = Math.max(...load) > 2 * cores ? ' (the machine was busy: read the intervals)' : '';
  const parts = [`node ${node}`, `${cores} cores`, `load ${load.join(' -> ')}${busy}`, machine, ...(server === undefined ? [] : [server])];
  return `${at}, ${quick ? 'quick' : 'full'}, ${seconds} s: ${parts.join('; ')}`;
}

function cells(name: string, { what, value, unit, interval, n, target, verdict }: Line): string[] {
  const [low, high] = interval;
  const range = low === high ? '' : `${number(low, unit)} .. ${number(high, unit)}`;
  return [name, what, `${number(value, unit)} ${unit}`, range, String(n), targetText(target), verdict === 'for reading' ? '' : verdict];
}

function targetText(target: Target | undefined): string {
  if (target === undefined) return '';
  return 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
}

/** Ratios to the thousandth, everything else to three digits. */
function number(value: number, unit: Unit): string {
  if (unit === 'x') return value.toFixed(3);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

const rightAligned = new Set([2, 3, 4, 5]);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const print = (row: readonly string[]): string =>
    row
      .map((cell, column) => (rightAligned.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[print(head), rule, ...rows.map(print)].join('\n')}\n`;
}
