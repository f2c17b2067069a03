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
  readonly #waiting = new Set<() => void>();

  record(entry: Recordable): LedgerEntry {
    const recorded = { at: this.entries.length + 1, time: new Date().toISOString(), ...entry };
    this.entries.push(recorded);
    for (const wake of this.#waiting) wake();
    return recorded;
  }

  /** Resolves when there are more than `count` entries; sooner at the next one after the ledger was cleared, at the latest after `ms`. */
  async beyond(count: number, ms: number): Promise<void> {
    if (this.entries.length > count || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  clear(): void {
    this.entries.length = 0;
  }
}
