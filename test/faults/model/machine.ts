// A process of ours: a worker with what it waits for. Killed, it never goes on; stopped, it goes on when it is woken, with a clock that did not stand still.
import { AsyncResource } from 'node:async_hooks';
import type { Clock } from '../../../activities/clock.js';
import type { World } from './world.js';

export class Machine {
  readonly name: string;
  readonly world: World;
  #state: 'runs' | 'stopped' | 'dead' = 'runs';
  #held: (() => void)[] = [];
  readonly #onDeath: (() => void)[] = [];

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
  }

  get runs(): boolean {
    return this.#state === 'runs';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** What reaches this process: at once, when it wakes, or never. */
  deliver(run: () => void): void {
    if (this.#state === 'runs') run();
    else if (this.#state === 'stopped') this.#held.push(run);
  }

  after(ms: number, run: () => void): () => void {
    return this.world.after(ms, () => this.deliver(run));
  }

  /** SIGKILL. */
  kill(): void {
    if (this.isDead) return;
    this.#state = 'dead';
    this.#held = [];
    for (const die of this.#onDeath) die();
  }

  /** It dies, and another takes its place at once. */
  restart(): void {
    if (this.isDead) return;
    this.#held = [];
    for (const die of this.#onDeath.splice(0)) die();
  }

  /** SIGSTOP. */
  stop(): void {
    if (this.#state === 'runs') this.#state = 'stopped';
  }

  /** SIGCONT. */
  wake(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'runs';
    const held = this.#held;
    this.#held = [];
    for (const run of held) this.deliver(run);
  }

  onDeath(die: () => void): void {
    this.#onDeath.push(die);
  }

  get clock(): Clock {
    const { world } = this;
    return {
      now: () => world.now,
      monotonicMs: () => world.elapsedMs,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const abort = (): void => reject(new DOMException('The operation was aborted', 'AbortError'));
          if (signal?.aborted === true) return abort();
          const withdraw = this.after(ms, () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          });
          signal?.addEventListener('abort', abort, { once: true });
          signal?.addEventListener('abort', withdraw, { once: true });
        }),
      // What a timer runs, it runs in the context in which it was set.
      every: (ms, run) => {
        const ring = AsyncResource.bind(run);
        let stopped = false;
        const next = (): void =>
          void world.after(ms, () => {
            if (stopped || this.isDead) return;
            if (this.runs) ring(); // a timer that is due many times rings once, and the next one is soon
            next();
          });
        next();
        return () => {
          stopped = true;
        };
      },
      after: (ms, run) => void this.after(ms, AsyncResource.bind(run)),
    };
  }
}
