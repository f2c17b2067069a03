import type { FailureKind } from '../rules/failure-kind.js';
import type { Phase } from '../rules/phase.js';
import type { AttentionChoice, Decision } from './decision.js';
import type { Purpose } from './script.js';

/** What a run ended as. */
export type OutcomeName = 'registered' | 'deregistered' | 'unchanged' | 'rejected' | 'expired' | 'cancelled' | 'failed' | 'compensated' | 'abandoned';

/** Why something failed, in words that tell a person what to do. Never a secret, never a script. */
export interface Failure {
  readonly kind: FailureKind;
  /** What was expected and what arrived. */
  readonly message: string;
  /** What to do next. */
  readonly next: string;
  /** The step of the run, such as `preparePlan` or `bootstrap statement 7`. */
  readonly step: string;
}

/** Why a run waits for a person, and what that person may choose. */
export interface Attention {
  readonly id: string;
  readonly reason: string;
  readonly since: string;
  readonly choices: readonly AttentionChoice[];
  readonly digest?: string | undefined;
  readonly statement?: { readonly index: number; readonly text: string; readonly lookedAt: string; readonly found: string } | undefined;
  /** What may be left on the platform and in Immuta. */
  readonly left: readonly string[];
}

/** Somebody opened the sealed script: recorded before it was opened. */
export interface Reveal {
  readonly by: string;
  readonly purpose: Purpose;
  /** ISO 8601, the server's time. */
  readonly at: string;
}

/** What became of one script. */
export interface ScriptSummary {
  readonly purpose: Purpose;
  readonly sha256: string;
  readonly statements: number;
  readonly ran: number;
  /** Found done, or done by a person: a script that was run elsewhere counts here. */
  readonly skipped: number;
  /** So many may have run twice, each harmless to repeat: the platform's history could not be read. Absent where none may. */
  readonly repeated?: number | undefined;
}

/** A run as commands print it: `outcome` once it ended, `phase` before. The shape of `--json`, version 1. */
export interface RunView {
  readonly v: 1;
  readonly outcome?: OutcomeName | undefined;
  readonly phase?: Phase | undefined;
  readonly operation: 'register' | 'deregister';
  readonly connectionKey: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly integrationId?: number | undefined;
  readonly digest?: string | undefined;
  readonly scripts: readonly ScriptSummary[];
  readonly decisions: readonly Decision[];
  /** Absent when nobody did. */
  readonly reveals?: readonly Reveal[] | undefined;
  readonly leftBehind: readonly string[];
  readonly failure?: Failure | undefined;
  readonly attention?: Attention | undefined;
  readonly startedAt: string;
  readonly endedAt?: string | undefined;
}
