// A log line for a person. The fields are the same as in the JSON line: nothing is shown on a terminal that would not stand in a log.
import { stripVTControlCharacters } from 'node:util';
import { visibleText } from '../sql/visible-text.js';

const levels: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** One JSON line of pino's as `20:39:36 info   Worker state changed  taskQueue=mooring state=RUNNING`. What is no such line stays as it is. */
export function prettyLine(line: string): string {
  const entry = parsed(line);
  if (entry === undefined) return line;
  const { level, time, msg, ...fields } = entry;
  const clock = String(time).slice(11, 19);
  const told = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  const text = [`${clock} ${(levels[Number(level)] ?? String(level)).padEnd(5)}  ${String(msg)}`, told.join(' ')]
    .filter((part) => part !== '')
    .join('  ');
  return `${visibleText(stripVTControlCharacters(text).replaceAll(/\s+/g, (blank) => (/[\n\r\t]/.test(blank) ? ' ' : blank)))}\n`;
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
