// Every message a run understands, by name and shape; nothing else. Clients import this file, never the workflows, and so it leans on nothing: the
// SDK's own `defineSignal` and its sisters make the same three objects, but bring the whole workflow side of the SDK into every command: 30 ms of
// processor time each.
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { DecisionMessage, ResolveMessage, Verdict } from '../domain/decision.js';
import type { RunView } from '../domain/outcome.js';

export interface Answer {
  readonly accepted: boolean;
  readonly reason?: string | undefined;
}

export const approve = signal<[DecisionMessage]>('approve');
export const reject = signal<[DecisionMessage]>('reject');
/** Answers at once: a refused decision throws to the caller and leaves nothing in history. */
export const decide = update<Answer, [DecisionMessage & { readonly verdict: Verdict }]>('decide');
export const resolve = update<Answer, [ResolveMessage]>('resolve');
/** Recorded when somebody opens the sealed script with the workers' key. */
export const revealed = update<Answer, [{ readonly by: string; readonly purpose: string }]>('revealed');
export const progress = query<RunView>('progress');

function signal<Args extends unknown[]>(name: string): SignalDefinition<Args> {
  return { type: 'signal', name } as SignalDefinition<Args>;
}

function update<Result, Args extends unknown[]>(name: string): UpdateDefinition<Result, Args> {
  return { type: 'update', name } as UpdateDefinition<Result, Args>;
}

function query<Result>(name: string): QueryDefinition<Result> {
  return { type: 'query', name } as QueryDefinition<Result>;
}

/** The memo of a run, beside what Temporal shows of every run. `pending` and `outcome` are JSON. */
export interface RunMemo {
  /** The run as it ended; written before every end. */
  readonly outcome?: RunView;
  /** What a person is asked, while a gate is open; null when it closed. */
  readonly gate?: PendingDecision | null;
}

/** What `pending` lists of a run. */
export interface PendingDecision {
  readonly kind: 'decision' | 'attention';
  readonly digest?: string | undefined;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly expiresAt?: string | undefined;
  readonly summary: string;
  readonly classes: Readonly<Record<string, number>>;
  readonly attention?: RunView['attention'];
  /** What became of the scripts so far; absent before any has run. */
  readonly scripts?: RunView['scripts'] | undefined;
}
