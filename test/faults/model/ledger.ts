// What can be seen from outside of a run: what reached the platform and Immuta and what came of it, and what the Temporal server knows. By these
// alone a run is judged.
import type { ObjectReference } from '../../../domain/plan.js';
import type { Attention, RunView } from '../../../domain/outcome.js';

export type Script = 'bootstrap' | 'cleanup';

/** A statement that reached the platform. */
export interface PlatformLine {
  readonly at: number;
  /** When it left the runner. */
  readonly leftAt: number;
  readonly tag: string;
  readonly text: string;
  /** Undefined for what merely restores a session, and for other people's statements. */
  readonly place?: { readonly script: Script; readonly index: number; readonly attempt: number; readonly activity: string } | undefined;
  readonly queryId: string;
  readonly sessionRole: string | undefined;
  /** When it ended; undefined while it runs. */
  endedAt?: number | undefined;
  /** `hollow`: acknowledged, and nothing was done. */
  state: 'running' | 'applied' | 'failed' | 'hollow';
  /** The answer reached the worker at this time, as a success. */
  heardAt?: number | undefined;
  made?: Thing | undefined;
  dropped?: readonly Thing[] | undefined;
}

export type Maker = 'before' | 'run' | 'other';

/** An object that stands, or stood, on the platform. */
export interface Thing {
  readonly object: ObjectReference;
  /** By the platform's clock. */
  readonly createdAt: number;
  readonly madeAt: number;
  readonly maker: Maker;
  readonly owner: string;
}

/** A write that reached Immuta, or what Immuta did of itself. */
export interface ImmutaLine {
  readonly at: number;
  /** Which attempt sent it; undefined for what Immuta does of itself. */
  readonly by?: { readonly activity: string; readonly attempt: number } | undefined;
  readonly what: 'create' | 'delete' | 'delete-integration' | 'status' | 'other-create';
  readonly leftAt?: number | undefined;
  readonly key?: string | undefined;
  readonly id?: number | undefined;
  readonly status?: string | undefined;
  readonly applied: boolean;
  readonly childCount?: number | undefined;
}

/** Reads of Immuta that answered: an outcome must rest on one. */
export interface ImmutaRead {
  readonly at: number;
  readonly what: 'connection' | 'integration';
  readonly found: boolean;
  readonly status?: string | undefined;
}

export interface AttemptLine {
  readonly activity: string;
  readonly id: string;
  readonly attempt: number;
  readonly startedAt: number;
  endedAt?: number | undefined;
  how?: 'completed' | 'failed' | 'cancelled' | 'timed-out' | undefined;
  /** A script from its beginning, not from where an earlier activity stopped. */
  readonly fresh: boolean;
  readonly script?: Script | undefined;
}

export interface Question {
  readonly attention: Attention;
  readonly askedAt: number;
  answeredAt?: number | undefined;
  choice?: string | undefined;
}

export interface RunLedger {
  readonly platform: PlatformLine[];
  readonly immuta: ImmutaLine[];
  readonly reads: ImmutaRead[];
  readonly attempts: AttemptLine[];
  readonly questions: Question[];
  /** Phases by the search attribute, and when. */
  readonly phases: { readonly at: number; readonly phase: string }[];
  /** Journals that the server stored, by activity. */
  readonly journals: { readonly at: number; readonly activity: string; readonly acknowledgedThrough: number }[];
  readonly beganAt: number;
  /** When people were asked for a decision on the plan. */
  askedToDecideAt?: number | undefined;
  /** The exact statements of what there was to decide on. */
  approved?: Readonly<Record<Script, readonly string[]>> | undefined;
  /** When a person last removed something of ours from Immuta. */
  cleanedByHandAt?: number | undefined;
  /** The platform's history was asked, and did not tell all. */
  historyFailed?: boolean | undefined;
  cancelledAt?: number | undefined;
  closed?: { readonly at: number; readonly how: 'completed' | 'failed' | 'cancelled'; readonly failure?: string | undefined } | undefined;
  outcome?: RunView | undefined;
  /** A workflow task that failed, or a run that ended without an end. */
  broken?: string | undefined;
}

export function emptyLedger(beganAt: number): RunLedger {
  return { platform: [], immuta: [], reads: [], attempts: [], questions: [], phases: [], journals: [], beganAt };
}
