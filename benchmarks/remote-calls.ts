// Both sides of a comparison make the same calls, or it is none: what the simulators' ledger has of each.
import type { LedgerLine } from '../dev/simulator-control.js';

/** What reached Immuta and Snowflake, in a form that can be compared between two sides. */
export function remoteCalls(ledger: readonly LedgerLine[]): string[] {
  return ledger.flatMap(({ kind, simulator, method, route, path, verb, status }) => {
    if (kind === 'statement') return [`${simulator} ${String(verb)} ${String(status)}`];
    return kind === 'request' ? [`${simulator} ${method} ${route ?? String(path)}`] : [];
  });
}

/** Throws, naming the calls that one side makes more often. */
export function requireSameCalls({ product, naked }: Record<'product' | 'naked', readonly string[]>): void {
  const [mine, other] = [product, naked].map((calls) => calls.toSorted().join('\n'));
  if (mine === other) return;
  const only = (calls: readonly string[], others: readonly string[]): string =>
    [...new Set(calls)].filter((call) => count(calls, call) > count(others, call)).join(', ');
  throw new Error(
    `The two sides do not make the same calls. Product more often: ${only(product, naked)}. Naked more often: ${only(naked, product)}.`,
  );
}

function count(calls: readonly string[], wanted: string): number {
  return calls.filter((call) => call === wanted).length;
}
