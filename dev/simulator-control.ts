/** An entry of the simulators' ledger, as far as the demo and the tests look at it. */
export interface LedgerLine {
  readonly at: number;
  readonly simulator: string;
  readonly kind: string;
  readonly read?: boolean;
  readonly tag?: string;
  readonly status?: unknown;
  readonly method?: string;
  readonly route?: string;
  readonly [detail: string]: unknown;
}

export interface SimulatedObject {
  readonly kind: string;
  readonly name: string;
}

export interface SimulatedObjects {
  readonly immuta: { readonly connections: readonly unknown[]; readonly integrations: readonly unknown[] };
  readonly snowflake: readonly SimulatedObject[];
  readonly databricks: readonly SimulatedObject[];
}

/** The side door of the simulators: what really happened, what exists, what shall go wrong next. */
export class SimulatorControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** `after`: only what came after that entry. `waitMs`: so long at most for something to be there. */
  async ledger(after = 0, waitMs = 0): Promise<readonly LedgerLine[]> {
    return (await this.#call('GET', `/ledger?after=${after}&wait=${waitMs}`)) as readonly LedgerLine[];
  }

  async objects(): Promise<SimulatedObjects> {
    return (await this.#call('GET', '/objects')) as SimulatedObjects;
  }

  async forgetFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  async faults(faults: readonly object[]): Promise<void> {
    await this.#call('POST', '/faults', faults);
  }

  async switches(switches: object): Promise<void> {
    await this.#call('POST', '/switches', switches);
  }

  /** How far the clocks of the simulated platforms are ahead of this machine's, until the next reset. */
  async clock(offsetMs: number): Promise<void> {
    await this.#call('POST', '/clock', { offsetMs });
  }

  /** Every session at the simulated platforms that is open now has expired. */
  async expireSessions(): Promise<void> {
    await this.#call('POST', '/expiry');
  }

  /** Everything back to how it was at start, the ledger too. */
  async reset(): Promise<void> {
    await this.#call('POST', '/reset');
  }

  /** Statements of scripts that reached the platform, in order: those that carry a tag of ours (Databricks puts its key before it) and do not merely restore a session. */
  async statements(after = 0): Promise<readonly LedgerLine[]> {
    return (await this.ledger(after)).filter(
      ({ kind, tag }) => kind === 'statement' && /^(mooring:)?mooring\/.+\/(bootstrap|cleanup)\/\d+\//.test(tag ?? ''),
    );
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`The simulators refused ${method} ${path}: ${await response.text()}`);
    return response.json();
  }
}
