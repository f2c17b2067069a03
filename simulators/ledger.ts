// What really reached the simulated clouds, in order, whatever our own product believes. Tests and the demo judge from here.

export interface LedgerEntry {
  /** Counts from 1, over all simulators. */
  readonly at: number;
  /** ISO 8601. */
  readonly time: string;
  readonly simulator: 'immuta' | 'snowflake' | 'databricks';
  /** `request`: arrived over HTTP. `statement`: was executed (or refused) by the platform. `object`: appeared, changed or vanished. `fault`: was injected. */
  readonly kind: 'request' | 'statement' | 'object' | 'fault';
  readonly [detail: string]: unknown;
}

type Recordable = Record<string, unknown> & Pick<LedgerEntry, 'simulator' | 'kind'>;

export class Ledger {
  readonly entries: LedgerEntry[] = [];

  record(entry: Recordable): LedgerEntry {
    const recorded = { at: this.entries.length + 1, time: new Date().toISOString(), ...entry };
    this.entries.push(recorded);
    return recorded;
  }

  clear(): void {
    this.entries.length = 0;
  }
}
