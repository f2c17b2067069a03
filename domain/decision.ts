export type Verdict = 'approve' | 'reject';
export type Channel = 'signal' | 'update' | 'policy';

/** What a person sends: the Signals `approve` and `reject`, and with `verdict` the Update `decide`. */
export interface DecisionMessage {
  /** All 64 hex digits of the plan's digest. */
  readonly digest: string;
  /** Who decides; self-asserted. */
  readonly by: string;
  /** Required to reject. */
  readonly comment?: string | undefined;
}

/** A decision that was accepted. */
export interface Decision {
  readonly by: string;
  readonly verdict: Verdict;
  readonly channel: Channel;
  /** ISO 8601, the server's time. */
  readonly at: string;
  readonly comment?: string | undefined;
  /** The platform's ids of the statements, as the person gave them who ran the script elsewhere. Not checked. */
  readonly queryIds?: readonly string[] | undefined;
}

export const attentionChoices = ['ran', 'not-run', 'retry', 'undo', 'abandon'] as const;
export type AttentionChoice = (typeof attentionChoices)[number];

/** The Update `resolve`: a person settles what cannot be known. */
export interface ResolveMessage {
  /** The id shown; another one is refused. */
  readonly attention: string;
  readonly choice: AttentionChoice;
  readonly by: string;
  readonly comment: string;
  /** Needed for `undo` of a new plan, and for `ran` of a script that is run elsewhere: both are approvals of a plan. */
  readonly digest?: string | undefined;
  readonly queryIds?: readonly string[] | undefined;
}
