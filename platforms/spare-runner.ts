// Starting a process and loading a driver costs a third of a second and needs to know nothing of the session to come. So while there is work,
// one runner stands ready: driver loaded, no credential, no host, and no request can leave it. Like every runner it serves one session and ends.
// Only one, and only for a while: it weighs about 90 MB, and the session it is meant for, that of the script after its preflight, comes within
// seconds or after hours.
import type { Runner } from './runner.js';

const keptMs = 60_000;

export class SpareRunner {
  readonly #start: () => Runner;
  readonly #prepareMs: number;
  #waiting: Runner | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `prepareMs`: a spare that has not loaded its driver by then is killed. */
  constructor(start: () => Runner, prepareMs: number) {
    this.#start = start;
    this.#prepareMs = prepareMs;
  }

  /** The spare if there is one, else a new runner. */
  take(): Runner {
    clearTimeout(this.#timer);
    const spare = this.#waiting;
    this.#waiting = undefined;
    if (spare === undefined || spare.isOver) return this.#start();
    spare.keepsAlive(true);
    return spare;
  }

  /** Makes sure of a spare. To be called where it takes the processor from nothing that somebody waits for: not beside a login or a script. */
  provide(): void {
    clearTimeout(this.#timer);
    if (this.#waiting === undefined || this.#waiting.isOver) this.#waiting = this.#prepared();
    this.#timer = setTimeout(() => this.#letGo(), keptMs).unref();
  }

  #prepared(): Runner {
    const runner = this.#start();
    // A worker that ends does not wait for its spare, which ends with the channel between them.
    runner.keepsAlive(false);
    runner.ask('prepare', {}, this.#prepareMs).catch(() => undefined); // a spare that failed is over, and so is not taken
    return runner;
  }

  #letGo(): void {
    void this.#waiting?.kill('it was not needed');
    this.#waiting = undefined;
  }
}
