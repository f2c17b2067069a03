// Every message a run understands, by name and shape; nothing else. Clients import this file, never the workflows.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { DecisionMessage, ResolveMessage, Verdict } from '../domain/decision.js';
import type { RunView } from '../domain/outcome.js';

export interface Answer {
  readonly accepted: boolean;
  readonly reason?: string | undefined;
}

export const approve = defineSignal<[DecisionMessage]>('approve');
export const reject = defineSignal<[DecisionMessage]>('reject');
/** Answers at once: a refused decision throws to the caller and leaves nothing in history. */
export const decide = defineUpdate<Answer, [DecisionMessage & { readonly verdict: Verdict }]>('decide');
export const resolve = defineUpdate<Answer, [ResolveMessage]>('resolve');
/** Recorded when somebody opens the sealed script with the workers' key. */
export const revealed = defineUpdate<Answer, [{ readonly by: string; readonly purpose: string }]>('revealed');
export const progress = defineQuery<RunView>('progress');

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
