// Which fate the next call of each sort meets, and what strikes when a moment comes.
import type { Blow, ImmutaFate, Moment, RecordFate, Schedule, StatementFate, Strike } from './schedule.js';

export class Fates {
  readonly #schedule: Schedule;
  readonly #counts = new Map<string, number>();
  readonly #struck = new Set<Strike>();
  #strikeWith: (strike: Strike) => void = () => undefined;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** Who carries out what strikes. */
  set striker(strikeWith: (strike: Strike) => void) {
    this.#strikeWith = strikeWith;
  }

  statement(): StatementFate | undefined {
    const nth = this.#count('statement');
    return this.#schedule.statements.find((each) => each.nth === nth)?.fate;
  }

  immutaWrite(): ImmutaFate | undefined {
    const nth = this.#count('immuta');
    return this.#schedule.immuta.find((each) => each.nth === nth)?.fate;
  }

  readFails(): boolean {
    return this.#schedule.reads.includes(this.#count('read'));
  }

  record(): RecordFate | undefined {
    const nth = this.#count('record');
    return this.#schedule.records.find((each) => each.nth === nth)?.fate;
  }

  resultIsLost(): boolean {
    return this.#schedule.lostResults.includes(this.#count('result'));
  }

  /** To be called where a moment comes. */
  comes(moment: Moment): void {
    const nth = this.#count(`moment ${moment}`);
    for (const strike of this.#schedule.strikes) {
      if (strike.at !== moment || strike.nth !== nth || this.#struck.has(strike)) continue;
      this.#struck.add(strike);
      this.#strikeWith(strike);
    }
  }

  get struck(): readonly Blow[] {
    return [...this.#struck].map(({ blow }) => blow);
  }

  #count(what: string): number {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    return count;
  }
}
