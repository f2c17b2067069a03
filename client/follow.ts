// Follows a run until it ends, needs a person, or nobody wants to wait any more. It looks at Temporal's description of the run twice a second:
// no Query, so it works while no worker is there, and the run does not know that it is watched.
import type { Plan } from '../domain/plan.js';
import { CommandError } from './command-error.js';
import type { Connections, RunName } from './connections.js';
import type { RunState } from './run-state.js';
import { isOpen } from './run-state.js';

const pollMs = 500; // a person sees it as at once
const patienceMs = 60_000; // a server that restarts is back by then

export interface FollowOptions {
  /** Aborted when the person lets go. */
  readonly signal: AbortSignal;
  /** Do not return when the run needs attention. */
  readonly stay: boolean;
  /** Ms from now after which it returns. */
  readonly limitMs?: number | undefined;
  /** Sees every state, the last one included. */
  readonly onState: (state: RunState) => void;
  /** Told once when the server does not answer, before trying on. */
  readonly onSilence: () => void;
}

export interface Followed {
  readonly because: 'ended' | 'needs-attention' | 'waited' | 'detached';
  /** `undefined` when the person let go before the run was seen. */
  readonly state: RunState | undefined;
}

/** Throws a `CommandError` when Temporal does not answer for a minute or refuses. */
export async function followRun(connections: Pick<Connections, 'describe' | 'planOf'>, run: RunName, options: FollowOptions): Promise<Followed> {
  const began = performance.now();
  let answered = began;
  let silent = false;
  let state: RunState | undefined;
  let plan: Plan | undefined;
  for (;;) {
    try {
      state = await connections.describe(run);
      if (plan === undefined && isOpen(state) && state.phase !== 'preparing') plan = await connections.planOf(state);
      state = { ...state, plan };
      answered = performance.now();
      silent = false;
      options.onState(state);
    } catch (error) {
      const unreachable = error instanceof CommandError && error.kind === 'temporal-unreachable';
      if (!unreachable || performance.now() - answered > patienceMs) throw error;
      if (!silent) options.onSilence();
      silent = true;
    }
    if (state !== undefined && !isOpen(state)) return { because: 'ended', state };
    if (options.signal.aborted) return { because: 'detached', state };
    if (state?.phase === 'needs-attention' && !options.stay) return { because: 'needs-attention', state };
    const left = options.limitMs === undefined ? Infinity : options.limitMs - (performance.now() - began);
    if (left <= 0) return { because: 'waited', state };
    await pause(Math.min(pollMs, left), options.signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((wake) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      wake();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
