// How many sessions of one account and user may be open at once: each is a process of about 80 MB here, and a login and a session there. Whoever finds
// all taken waits for its turn, in order, and is refused when none came: Temporal tries again.
import { PlatformError } from './platform-error.js';

export interface SlotLimits {
  readonly perAccount: number;
  readonly waitMs: number;
}

/** Half of what a worker takes at once (20 activities), so that one account never keeps another from its turn. */
export const slotLimits: SlotLimits = { perAccount: 10, waitMs: 60_000 };

export class SessionSlots {
  readonly #limits: SlotLimits;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(limits: SlotLimits = slotLimits) {
    this.#limits = limits;
  }

  /** Resolves when a session may be opened, with what gives its place back, once. Rejects with `throttled`, or at once when `signal` aborts. */
  async take(account: string, signal: AbortSignal): Promise<() => void> {
    const taken = this.#taken.get(account) ?? 0;
    if (taken < this.#limits.perAccount) this.#taken.set(account, taken + 1);
    else await this.#turn(account, signal); // whoever goes hands its place over
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#give(account);
    };
  }

  async #turn(account: string, signal: AbortSignal): Promise<void> {
    const queue = this.#waiting.get(account) ?? [];
    this.#waiting.set(account, queue);
    await new Promise<void>((resolve, reject) => {
      const leave = (error: PlatformError): void => {
        queue.splice(queue.indexOf(next), 1);
        settle();
        reject(error);
      };
      const late = setTimeout(() => leave(allTaken(this.#limits)), this.#limits.waitMs);
      const abort = (): void => leave(notWanted());
      const settle = (): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', abort);
      };
      const next = (): void => {
        settle();
        resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      queue.push(next);
    });
  }

  #give(account: string): void {
    const next = this.#waiting.get(account)?.shift();
    if (next !== undefined) return next();
    const left = (this.#taken.get(account) ?? 1) - 1;
    if (left > 0) this.#taken.set(account, left);
    else this.#taken.delete(account);
    if (left <= 0) this.#waiting.delete(account);
  }
}

function allTaken({ perAccount, waitMs }: SlotLimits): PlatformError {
  return new PlatformError({
    kind: 'throttled',
    message: `This worker has ${perAccount} sessions of this privileged user open, as many as it may, and none ended within ${waitMs / 1_000} s. Nothing was sent.`,
    next: 'Nothing to do: it is tried again. If it persists, start another platform worker.',
    ambiguous: false,
  });
}

function notWanted(): PlatformError {
  return new PlatformError({
    kind: 'unreachable',
    message: 'The attempt was cancelled while it waited for a session; nothing was sent to the platform.',
    next: 'Nothing to do, unless the cancellation was a mistake: then start again.',
    ambiguous: false,
  });
}
