// Faults are counted by place: the n-th call of a place, counted from when the fault was set, meets it.

export const faultKinds = ['refuse', 'drop-before', 'drop-after', 'delay', 'status', 'garbage', 'hang'] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** `immuta:<METHOD> <route>`, `snowflake:login|token|query|write|abort|history`, `databricks:<Thrift call>|write|token|history` (`write`: only what is not read-only). */
  readonly where: string;
  /** Which call from now on, from 1; 0 means every call. */
  readonly nth: number;
  readonly kind: FaultKind;
  /** Milliseconds, for `delay`. */
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

  /** Counts one call of a place and gives the fault it meets, if any. */
  meet(where: string): Fault | undefined {
    let met: Fault | undefined;
    for (const entry of this.#set) {
      if (entry.fault.where !== where) continue;
      entry.seen++;
      if (met === undefined && (entry.fault.nth === 0 || entry.seen === entry.fault.nth)) met = entry.fault;
    }
    return met;
  }
}
