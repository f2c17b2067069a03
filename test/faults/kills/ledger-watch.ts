// The simulators' ledger as it grows. Everything that is judged here is judged from it: what the product believes counts for nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerLine, SimulatorControl } from '../../../dev/simulator-control.js';

/** One question stays open so long. */
const waitMs = 1_000;

export class LedgerWatch {
  readonly lines: LedgerLine[] = [];
  readonly #control: SimulatorControl;
  readonly #waiting = new Set<() => void>();
  #stopped = false;

  constructor(control: SimulatorControl) {
    this.#control = control;
    void this.#look();
  }

  /** Resolves when a line is there that fits; `false` when `given` is up first. */
  async until(fits: (line: LedgerLine) => boolean, given: AbortSignal): Promise<boolean> {
    let read = 0;
    for (;;) {
      for (; read < this.lines.length; read++) {
        const line = this.lines[read];
        if (line !== undefined && fits(line)) return true;
      }
      if (given.aborted) return false;
      await this.#more(given);
    }
  }

  /** Statements of one script of one run that the platform carried out, in order; those that merely restore a session are not among them. */
  carriedOut(runId: string, script: string): readonly (LedgerLine & { readonly index: number })[] {
    const tag = new RegExp(`mooring/${runId}/${script}/(\\d+)/`);
    return this.lines.flatMap((line) => {
      const [, index] = line.kind === 'statement' && line.status === 'success' ? (tag.exec(line.tag ?? '') ?? []) : [];
      return index === undefined ? [] : [{ ...line, index: Number(index) }];
    });
  }

  /** Everything up to now is read when it returns. */
  async catchUp(): Promise<void> {
    await this.#read(0);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #read(forMs: number): Promise<void> {
    const seen = this.lines.length;
    const added = await this.#control.ledger(seen, forMs);
    this.lines.push(...added.slice(this.lines.length - seen)); // another question may have been answered meanwhile
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      await this.#read(waitMs).catch(async () => await sleep(waitMs)); // the simulators are gone, or going
      for (const wake of this.#waiting) wake();
    }
  }

  async #more(given: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        given.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      given.addEventListener('abort', wake);
    });
  }
}
