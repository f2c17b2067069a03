// Faults are counted by place: the n-th call of a place, counted from when the fault was set, meets it.

export const faultKinds = [
  'refuse',
  'drop-before',
  'drop-after',
  'silence-before',
  'silence-after',
  'delay',
  'late',
  'status',
  'garbage',
  'hang',
  'pretend',
] as const;
/**
 * `drop` cuts the connection, `silence` leaves it open and never answers: `before` anything was done, or `after` all of it was. A statement that
 * meets `hang` runs for ever, one that meets `delay` takes long, and their platform says so; of one that is `late` it knows nothing before it arrives.
 * One that meets `pretend` is acknowledged, and stands in the history as done, and nothing was done.
 */
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** `immuta:<METHOD> <route>`, `snowflake:login|token|query|write|abort|history`, `databricks:<Thrift call>|write|token|history` (`write`: only what is not read-only). */
  readonly where: string;
  /** Which call from now on, from 1; 0 means every call. */
  readonly nth: number;
  readonly kind: FaultKind;
  /** Only calls that hold this text: in the statement, its tag, or the body. They alone are counted, and this fault goes before those for any call, the newest first. */
  readonly matching?: string;
  /** Milliseconds, for `delay` and `late`. */
  readonly delayMs?: number;
  /** HTTP status, for `status`. */
  readonly status?: number;
  /** Body sent with `status` or `garbage`; a plausible one is made up when absent. */
  readonly body?: string;
  /** Response headers sent with `status`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Pads whatever is answered with blanks to this many bytes, with every kind that answers: a client that reads without a limit shows. */
  readonly bodyBytes?: number;
  /** The platform's error code, for `refuse`. */
  readonly code?: string;
}

export class Faults {
  #set: { fault: Fault; seen: number }[] = [];

  add(faults: readonly Fault[]): void {
    this.#set.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  clear(): void {
    this.#set = [];
  }

  /** Counts one call of a place and gives the fault it meets, if any. `content` is what the call says. */
  meet(where: string, content = ''): Fault | undefined {
    const met: Fault[] = [];
    for (const entry of this.#set) {
      const { fault } = entry;
      if (fault.where !== where || (fault.matching !== undefined && !content.includes(fault.matching))) continue;
      entry.seen++;
      if (fault.nth === 0 || entry.seen === fault.nth) met.push(fault);
    }
    return met.findLast(({ matching }) => matching !== undefined) ?? met[0];
  }
}
