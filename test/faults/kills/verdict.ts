// What a run that was killed has done to the world, counted in the simulators' ledger.
import type { RunView } from '../../../domain/outcome.js';
import type { LedgerWatch } from './ledger-watch.js';
import type { Kill } from './schedule.js';

export interface Verdict {
  /** The tags and times of statements that the platform carried out more often than once, but for the first time. */
  readonly twice: readonly string[];
  /** Statements that it never carried out although the run says that its script ran. */
  readonly skipped: number;
  /** Repeated where no history could tell, by a statement that changes nothing the second time: allowed. */
  readonly repeated: number;
  /** Why the world is not as the outcome says; empty when it is. */
  readonly dirty: readonly string[];
}

export function judge(kill: Kill, ledger: LedgerWatch, { runId, outcome, scripts, failure }: RunView): Verdict {
  const twice: string[] = [];
  let repeated = 0;
  let skipped = 0;
  for (const script of ['bootstrap', 'cleanup'] as const) {
    const done = ledger.carriedOut(runId, script);
    const indexes = new Set(done.map(({ index }) => index));
    for (const index of indexes) {
      const times = done.filter((line) => line.index === index);
      const allowed = kill.history !== 'readable' && times.every(({ text }) => typeof text === 'string' && isHarmless(text));
      if (allowed) repeated += times.length - 1;
      else
        twice.push(
          ...times.slice(1).map((line) => `${line.tag} after ${times[0]?.tag}, ${String(line['time'])} after ${String(times[0]?.['time'])}`),
        );
    }
    const { statements = 0, ran = 0, skipped: passedOver = 0 } = scripts.find(({ purpose }) => purpose === script) ?? {};
    const claimed = script === kill.script ? statements : ran + passedOver; // a bootstrap script that is undone stopped before its end
    for (let index = 0; index < claimed; index++) if (!indexes.has(index)) skipped++;
  }
  return { twice, repeated, skipped, dirty: [...dirt(kill, ledger, outcome, failure?.message), ...disorder(ledger, runId)] };
}

/** Says the same however often it is said. Not asked of the product's own classes: this is the judge. */
function isHarmless(text: string): boolean {
  return /^\s*(USE|SHOW|SELECT|GRANT|REVOKE|ALTER)\b|^\s*(CREATE|DROP)\b[^;]*?\bIF (NOT )?EXISTS\b/i.test(
    text.replaceAll(/--.*$|\/\*[\s\S]*?\*\//gm, ''),
  );
}

function dirt(kill: Kill, ledger: LedgerWatch, outcome: string | undefined, why: string | undefined): string[] {
  const wanted = kill.script === 'cleanup' ? 'compensated' : 'registered';
  if (outcome !== wanted) return [`ended as ${outcome ?? 'nothing'}${why === undefined ? '' : `: ${why}`}`];
  const stands = standing(ledger);
  const expected: readonly string[] = wanted === 'registered' ? registered[kill.platform] : [];
  const dirty = stands.join() === expected.join() ? [] : [`what stands is ${stands.join(', ') || 'nothing'}`];
  const created = ledger.lines.filter((line) => line['object'] === 'connection' && line['change'] === 'appeared').length;
  return created > 1 ? [...dirty, `${created} connections were created`] : dirty;
}

const registered = { Snowflake: ['connection', 'database', 'integration', 'role'], Databricks: ['catalog', 'connection', 'integration'] } as const;

/** Kinds of what the ledger says of what a registration makes: appeared and not vanished. */
function standing(ledger: LedgerWatch): string[] {
  const there = new Set<string>();
  for (const { kind, object, change, name } of ledger.lines) {
    const watched = object === 'connection' || object === 'integration' || name === 'IMMUTA' || name === 'IMMUTA_SYSTEM' || name === 'immuta';
    if (kind !== 'object' || !watched) continue;
    if (change === 'vanished') there.delete(String(object).toLowerCase());
    else there.add(String(object).toLowerCase());
  }
  return [...there].toSorted();
}

/** A statement that was carried out before one that stands in front of it. */
function disorder(ledger: LedgerWatch, runId: string): string[] {
  return (['bootstrap', 'cleanup'] as const).flatMap((script) => {
    const firsts = [...new Set(ledger.carriedOut(runId, script).map(({ index }) => index))];
    return firsts.some((index, place) => index < (firsts[place - 1] ?? 0)) ? [`the ${script} script ran out of order`] : [];
  });
}
