// A runner whose session ended cleanly serves the next session of the same account and privileged user: a registration opens several within
// seconds. Cleanly means that the platform acknowledged the log-out and that no request was under way; every other runner is ended, or was killed.
// The next session is a new login in a process that has forgotten the last one: role, variables, decided statements and credentials are
// gone with it, and so are its connections (runner-process.ts). Another account, or another user of it, never gets the same process.
import type { Runner } from './runner.js';

export interface IdleLimits {
  /** How many runners wait for one account, beyond which the one that waits longest is let go. */
  readonly perAccount: number;
  /** How many wait in all: each weighs about 75 MB. */
  readonly inAll: number;
  /** How long one waits. The sessions of a run come within seconds of each other, or, where a person decides, after minutes or hours. */
  readonly waitMs: number;
  /** How many sessions one serves: what a driver leaks ends with its process. */
  readonly sessions: number;
}

export const idleLimits: IdleLimits = { perAccount: 2, inAll: 8, waitMs: 60_000, sessions: 100 };

interface Idle {
  readonly account: string;
  readonly runner: Runner;
  readonly timer: NodeJS.Timeout;
}

export class IdleRunners {
  readonly #limits: IdleLimits;
  /** The longest waiting first. */
  #waiting: readonly Idle[] = [];
  readonly #served = new WeakMap<Runner, number>();

  constructor(limits: IdleLimits = idleLimits) {
    this.#limits = limits;
  }

  /** The runner that last ended a session of `account`, if one waits. */
  take(account: string): Runner | undefined {
    const found = this.#waiting.findLast((idle) => idle.account === account && !idle.runner.isOver);
    if (found === undefined) return undefined;
    this.#forget(found);
    found.runner.keepsAlive(true);
    return found.runner;
  }

  /** Takes a runner back after a session that ended cleanly. */
  give(account: string, runner: Runner): void {
    const served = (this.#served.get(runner) ?? 0) + 1;
    this.#served.set(runner, served);
    if (served >= this.#limits.sessions) {
      void runner.kill('it has served its time');
      return;
    }
    runner.keepsAlive(false); // a worker that ends does not wait for it: it ends with the channel between them
    const idle: Idle = { account, runner, timer: setTimeout(() => this.#letGo(idle), this.#limits.waitMs).unref() };
    this.#waiting = [...this.#waiting.filter((other) => !other.runner.isOver), idle];
    const sameAccount = this.#waiting.filter((other) => other.account === account);
    if (sameAccount.length > this.#limits.perAccount) this.#letGo(sameAccount[0]);
    if (this.#waiting.length > this.#limits.inAll) this.#letGo(this.#waiting[0]);
  }

  #letGo(idle: Idle | undefined): void {
    if (idle === undefined) return;
    this.#forget(idle);
    void idle.runner.kill('it was not needed');
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.timer);
    this.#waiting = this.#waiting.filter((other) => other !== idle);
  }
}
