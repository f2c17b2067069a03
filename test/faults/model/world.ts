// Time that passes only when nothing is left to do, and everything that is still to come in order of its time. The same seed gives the same run.

interface Coming {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** The runs of a model all begin at this time: the value counts for nothing. */
const beginning = Date.UTC(2026, 0, 5, 8);

export class World {
  /** Milliseconds since 1970. */
  now = beginning;
  readonly #coming: Coming[] = [];
  readonly #random: () => number;
  #order = 0;
  #steps = 0;
  #held = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Since the beginning, in ms. */
  get elapsedMs(): number {
    return this.now - beginning;
  }

  /** A whole number of ms, as a network or a person takes. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  /** Runs something later; the returned function withdraws it. */
  after(ms: number, run: () => void): () => void {
    const coming: Coming = { at: this.now + Math.max(0, Math.ceil(ms)), order: this.#order++, run };
    push(this.#coming, coming);
    return () => {
      coming.run = undefined;
    };
  }

  /** Time stands still until this is done. */
  async hold(work: Promise<void>): Promise<void> {
    this.#held++;
    try {
      await work;
    } finally {
      this.#held--;
    }
  }

  /** Lets time pass until `over`, or until nothing is to come, or for so many steps. */
  async pass(over: () => boolean, mostSteps: number): Promise<'over' | 'idle' | 'endless'> {
    for (;;) {
      do await settled();
      while (this.#held > 0);
      if (over()) return 'over';
      let next = pop(this.#coming);
      while (next !== undefined && next.run === undefined) next = pop(this.#coming);
      if (next?.run === undefined) return 'idle';
      if (++this.#steps > mostSteps) return 'endless';
      this.now = Math.max(this.now, next.at);
      next.run();
    }
  }
}

/** Resolves when no promise is left that could go on by itself. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Mulberry32: small, fast, good enough to choose waits. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function isBefore(one: Coming, other: Coming): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function push(heap: Coming[], coming: Coming): void {
  let place = heap.length;
  heap.push(coming);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || isBefore(parent, coming)) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = coming;
}

function pop(heap: Coming[]): Coming | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    let child = heap[below];
    const right = heap[below + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      child = right;
      below++;
    }
    if (child === undefined || isBefore(last, child)) break;
    heap[place] = child;
    place = below;
  }
  heap[place] = last;
  return first;
}
