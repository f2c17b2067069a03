// Starting a process and loading a driver costs a fifth of a second and needs to know nothing of the session to come. So a worker that may get work
// has one runner ready that belongs to nobody: driver loaded, no credential, no host, and no request can leave it. Whoever finds no idle runner of its
// account takes it. Only one for each platform, and only for a while after the last work: it weighs about 75 MB.
import type { Platform } from '../domain/script.js';
import type { Runner } from './runner.js';

const startsAfterMs = 1_000; // by then the steps that follow at once have begun, and nobody waits for the processor
const keptMs = 10 * 60_000; // people who are at work with it come back within minutes

export class SpareRunner {
  readonly #technology: Platform;
  readonly #start: () => Runner;
  readonly #prepareMs: number;
  #waiting: Runner | undefined;
  #coming: NodeJS.Timeout | undefined;
  #going: NodeJS.Timeout | undefined;

  /** `prepareMs`: a spare that has not loaded its driver by then is killed. */
  constructor(technology: Platform, start: () => Runner, prepareMs: number) {
    this.#technology = technology;
    this.#start = start;
    this.#prepareMs = prepareMs;
  }

  /** The spare if there is one, else a new runner. */
  take(): Runner {
    const spare = this.#waiting;
    this.#waiting = undefined;
    if (spare === undefined || spare.isOver) return this.#start();
    spare.keepsAlive(true);
    return spare;
  }

  /** Makes sure that there is a spare a second after the last call, and for a while. */
  provide(): void {
    clearTimeout(this.#going);
    this.#going = setTimeout(() => this.#letGo(), keptMs).unref();
    clearTimeout(this.#coming);
    this.#coming = setTimeout(() => this.#prepare(), startsAfterMs).unref();
  }

  #prepare(): void {
    if (this.#waiting !== undefined && !this.#waiting.isOver) return;
    const runner = this.#started();
    if (runner === undefined) return; // whoever needs one hears why it cannot be had
    runner.keepsAlive(false); // a worker that ends does not wait for it: it ends with the channel between them
    runner.ask('prepare', { technology: this.#technology }, this.#prepareMs).catch(() => undefined); // a spare that failed is over, and so is not taken
    this.#waiting = runner;
  }

  #started(): Runner | undefined {
    try {
      return this.#start();
    } catch {
      return undefined;
    }
  }

  #letGo(): void {
    void this.#waiting?.kill('it was not needed');
    this.#waiting = undefined;
  }
}
