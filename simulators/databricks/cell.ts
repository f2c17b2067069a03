// How values compare and how they print.
import type { Cell } from './statement.js';

/** Below, equal or above, as ORDER BY and the comparisons see it; null is smallest [doc]. */
export function orderOf(left: Cell, right: Cell): number {
  const [a, b] = [comparable(left), comparable(right)];
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparable(value: Cell): string | number | null {
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Date ? textOf(value) : value;
}

/** As the vendor prints it. A timestamp has a space and six digits of fraction, in UTC. */
export function textOf(value: string | number | boolean | Date): string {
  return value instanceof Date ? `${value.toISOString().slice(0, 23).replace('T', ' ')}000` : String(value);
}

/** SQL's LIKE: `%`, `_` and a backslash before either. */
export function like(value: string, pattern: string): boolean {
  const source = pattern.replaceAll(/\\([%_\\])|([%_])|([.*+?^${}()|[\]\\/])/g, (_whole, escaped?: string, wild?: string, special?: string) => {
    if (wild !== undefined) return wild === '%' ? '[\\s\\S]*' : '[\\s\\S]';
    return (escaped ?? special ?? '').replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source}$`, 'u').test(value);
}
