// The journal and the lease are one thing: an awaited heartbeat. It is written ahead: no statement past `mayHaveSentThrough` leaves, and the
// record for the next ones is written while the current one runs, so that the wait hides behind the statement.
import { emptyJournal, placeParts, type Creation, type Journal, type Place } from '../rules/journal.js';
import type { Clock } from './clock.js';

export interface JournalKeeperOptions {
  /** Resolves when the Temporal server has stored the record; rejects when the activity is cancelled or no longer ours. */
  readonly store: (journal: Journal) => Promise<void>;
  readonly heartbeatTimeoutMs: number;
  /** How many statements one record may cover: 8 where the platform's history can be read afterwards, 1 where it cannot. */
  readonly window: number;
  readonly clock: Pick<Clock, 'monotonicMs' | 'every'>;
}

/** So few statements of a window are left when the next record is written: it has their time to arrive, and covers six of eight anew. */
const refillBelow = 3;

export class JournalKeeper {
  readonly #options: JournalKeeperOptions;
  #journal: Journal;
  /** Covered by a stored record. */
  #coveredThrough: number;
  #leaseEndsAt = 0;
  #storing: Promise<void> = Promise.resolve();
  /** A record for the statements to come is on its way. */
  #ahead = false;
  /** Nobody can tell what became of these: they are sent again, and may have been applied all the same. */
  #perhapsThrough = -1;
  /** How often everything unknown was settled: a record that began before covers nothing after. */
  #settlings = 0;

  constructor(options: JournalKeeperOptions, journal: Journal = emptyJournal) {
    this.#options = options;
    this.#journal = journal;
    this.#coveredThrough = journal.acknowledgedThrough;
  }

  get journal(): Journal {
    return this.#journal;
  }

  /** Until when, on the monotonic clock, a statement may be sent. */
  get leaseEndsAt(): number {
    return this.#leaseEndsAt;
  }

  /**
   * Resolves when statement `index` may be sent: a stored record covers it, and enough of the lease is left. To be called when nothing is in flight: where it
   * rejects, what it was to cover has not left.
   */
  async cover(index: number, last: number): Promise<void> {
    if (this.#covers(index)) return; // a record for those behind it may still be on its way
    await this.#storing.catch(() => undefined); // a record that failed is written again, and fails again if it must
    if (this.#covers(index)) return;
    try {
      await this.#store(index, last);
    } catch (error) {
      this.settled();
      throw error;
    }
  }

  /** Begins the record for the statements after `index`, if they need one soon. Its failure shows at the next `cover`. */
  lookAhead(index: number, last: number): void {
    const left = this.#coveredThrough - index;
    if (this.#ahead || this.#coveredThrough >= last || left >= Math.min(refillBelow, this.#options.window / 2)) return;
    this.#ahead = true;
    void this.#store(index + 1, last)
      .catch(() => undefined)
      .finally(() => (this.#ahead = false));
  }

  /** Keeps the lease alive while something runs. */
  async renewingWhile<T>(running: Promise<T>): Promise<T> {
    const { clock, heartbeatTimeoutMs } = this.#options;
    const stopRenewing = clock.every(heartbeatTimeoutMs / 3, () => void this.flush().catch(() => undefined));
    try {
      return await running;
    } finally {
      stopRenewing();
    }
  }

  /** `place`: where the session stands behind it, where the platform told. */
  acknowledge(index: number, how: 'ran' | 'skipped', place?: Place): void {
    const skipped = this.#journal.skipped + (how === 'skipped' ? 1 : 0);
    const creations = this.#journal.creations.map((creation) => (creation.index === index ? { ...creation, made: creation.plain } : creation));
    const mayHaveSentThrough = Math.max(index, this.#journal.mayHaveSentThrough);
    const moved = place !== undefined && !isSamePlace(place, this.#journal.place);
    const stands = place === undefined ? {} : { place: { ...place, after: index } };
    this.#journal = { ...this.#journal, acknowledgedThrough: index, mayHaveSentThrough, skipped, creations, ...stands };
    this.#coveredThrough = Math.max(index, this.#coveredThrough);
    if (moved) void this.flush().catch(() => undefined); // only the platform may be able to tell where: a new session has to know
  }

  /** Notes, before it leaves, that a statement creates something the cleanup script would drop. */
  noteCreation(creation: Creation): void {
    const others = this.#journal.creations.filter(({ index }) => index !== creation.index);
    const before = this.#journal.creations.find(({ index }) => index === creation.index);
    const unrecorded = creation.index <= this.#perhapsThrough ? this.#journal.firstSentAt : undefined; // it left, and no record came after that
    const perhapsSince = before === undefined ? unrecorded : (before.perhapsSince ?? before.sentAt);
    this.#journal = { ...this.#journal, creations: [...others, { ...creation, ...(perhapsSince === undefined ? {} : { perhapsSince }) }] };
  }

  noteFirstSend(platformTime: string): void {
    if (this.#journal.firstSentAt === undefined) this.#journal = { ...this.#journal, firstSentAt: platformTime };
  }

  /** So many statements are sent again although they may have run: they are harmless to repeat. */
  noteRepeated(count: number): void {
    if (count > 0) this.#journal = { ...this.#journal, repeated: (this.#journal.repeated ?? 0) + count };
  }

  /**
   * Everything between the two marks is settled: what was not applied may be sent again. A CREATE that was not applied made nothing, and what
   * stands under its name is somebody else's, whenever it was created.
   */
  settled(): void {
    const mayHaveSentThrough = Math.max(this.#journal.acknowledgedThrough, this.#perhapsThrough);
    const creations = this.#journal.creations.filter(({ index }) => index <= mayHaveSentThrough);
    this.#journal = { ...this.#journal, mayHaveSentThrough, creations };
    this.#coverAnew();
  }

  /**
   * Nothing can tell what became of what is unknown, through this statement. It is sent again, being harmless to repeat or not there yet, and what it may
   * have made all the same stays on record.
   */
  repeats(through: number): void {
    this.#perhapsThrough = through;
    this.#coverAnew();
  }

  #coverAnew(): void {
    this.#coveredThrough = this.#journal.acknowledgedThrough;
    this.#settlings++;
  }

  /** Stores what is known now, without allowing more. */
  async flush(): Promise<void> {
    await this.#store(this.#coveredThrough, this.#coveredThrough);
  }

  async #store(from: number, last: number): Promise<void> {
    const previous = this.#storing;
    const settlings = this.#settlings;
    const storing = (async () => {
      await previous.catch(() => undefined);
      const wanted = settlings === this.#settlings ? Math.min(last, from + this.#options.window - 1) : -1;
      const through = Math.max(this.#coveredThrough, wanted);
      const sentAt = this.#options.clock.monotonicMs();
      this.#journal = { ...this.#journal, mayHaveSentThrough: Math.max(through, this.#journal.mayHaveSentThrough) };
      await this.#options.store(this.#journal);
      if (settlings === this.#settlings) this.#coveredThrough = through;
      this.#leaseEndsAt = sentAt + this.#options.heartbeatTimeoutMs;
    })();
    this.#storing = storing;
    await storing;
  }

  #covers(index: number): boolean {
    return index <= this.#coveredThrough && !this.#leaseIsShort();
  }

  #leaseIsShort(): boolean {
    const margin = Math.min(2_000, this.#options.heartbeatTimeoutMs / 4);
    return this.#leaseEndsAt - this.#options.clock.monotonicMs() < margin;
  }
}

function isSamePlace(place: Place, before: Place | undefined): boolean {
  return placeParts.every((part) => place[part] === before?.[part]);
}
