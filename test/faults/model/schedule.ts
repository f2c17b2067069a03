// One run with everything that happens to it, as plain JSON: what is asked for, how the world is, and which of its calls meet which fate. It says all:
// the same schedule gives the same run.
import fc from 'fast-check';

export const statementFates = [
  'refused',
  'cut-before',
  'cut-after',
  'silent-before',
  'silent-after',
  'late',
  'long',
  'endless',
  'garbage',
  'hollow',
] as const;
export type StatementFate = (typeof statementFates)[number];

export const immutaFates = [
  'not-sent',
  'cut-before',
  'cut-after',
  'silent-before',
  'silent-after',
  'late',
  'status-500',
  'status-500-after',
  'garbage',
  'status-409',
  'status-409-busy',
  'status-422',
  'status-429',
  'status-403',
] as const;
export type ImmutaFate = (typeof immutaFates)[number];

export const recordFates = ['lost', 'answer-lost', 'late'] as const;
export type RecordFate = (typeof recordFates)[number];

/** Points at which something can strike, by what is about to happen or has just happened. */
export const moments = [
  'task',
  'open',
  'send',
  'left',
  'applied',
  'answered',
  'record',
  'stored',
  'look',
  'immuta-write',
  'immuta-done',
  'result',
  'question',
] as const;
export type Moment = (typeof moments)[number];

/**
 * - `kill`: SIGKILL of the worker and its runner; `stop`: SIGSTOP of both, `stop-worker` of the worker alone, for `forMs`; `kill-runner`.
 * - `cancel`: somebody cancels the run. `make`: another user makes what the run is about to make, `register`: registers the same key.
 */
export const blows = ['kill', 'stop', 'stop-worker', 'kill-runner', 'cancel', 'make', 'register'] as const;
export type Blow = (typeof blows)[number];

export interface Strike {
  readonly at: Moment;
  /** Counted from 1. */
  readonly nth: number;
  readonly blow: Blow;
  /** How long a process stays stopped. */
  readonly forMs: number;
  /** Which of the objects another user makes. */
  readonly which: number;
}

export const shapes = ['create-if', 'create', 'grant', 'insert', 'alter', 'use', 'inner'] as const;
export type Shape = (typeof shapes)[number];

export interface Schedule {
  readonly flow: 'register' | 'deregister';
  readonly platform: 'Snowflake' | 'Databricks';
  /** What stands in the bootstrap script behind the CREATE of its database or catalog. */
  readonly bootstrap: readonly Shape[];
  /** `forgetful` leaves a role behind, `bare` drops without IF EXISTS, `greedy` drops what was there before. */
  readonly cleanup: 'whole' | 'bare' | 'forgetful' | 'greedy' | 'none';
  readonly policy: 'automatic' | 'approval';
  readonly decision: 'approve' | 'reject' | 'never';
  /** `lost`: readable at preflight only; `full`: from then on every page is full. */
  readonly history: 'readable' | 'unreadable' | 'lost' | 'full';
  /** A role of the bootstrap script's was there before. */
  readonly roleExistedBefore: boolean;
  /** How Immuta ends what it was asked for. */
  readonly integration: 'enabled' | 'createError' | 'createError-removed' | 'slow' | 'stuck' | 'deleteError';
  readonly linked: boolean;
  readonly statements: readonly { readonly nth: number; readonly fate: StatementFate }[];
  readonly immuta: readonly { readonly nth: number; readonly fate: ImmutaFate }[];
  /** Reads of Immuta and the platform that fail. */
  readonly reads: readonly number[];
  readonly records: readonly { readonly nth: number; readonly fate: RecordFate }[];
  /** Results of activities that never reach the server. */
  readonly lostResults: readonly number[];
  readonly strikes: readonly Strike[];
  /** Somebody changes a word of the bootstrap script on its way. */
  readonly tampered: boolean;
  /** What people answer, in turns; what cannot be chosen is looked at and answered by what is true. */
  readonly answers: readonly ('true' | 'retry' | 'undo' | 'abandon')[];
  readonly platformSkewMs: number;
  readonly immutaSkewMs: number;
  /** Chooses how long everything takes. */
  readonly seed: number;
}

const nth = (most: number) => fc.integer({ min: 1, max: most });

const strike: fc.Arbitrary<Strike> = fc.record({
  at: fc.constantFrom(...moments),
  nth: fc.oneof(nth(4), nth(14)),
  blow: fc.constantFrom('kill', 'kill', 'stop', 'stop', 'stop-worker', 'kill-runner', 'cancel', 'cancel', 'make', 'register' as Blow),
  forMs: fc.constantFrom(2_000, 12_000, 45_000, 120_000),
  which: fc.integer({ min: 0, max: 3 }),
});

/** Whoever waits for one that is silent or endless waits for half an hour, and renews its lease all the while: these are met seldom, for time's sake. */
const waitedFor: readonly StatementFate[] = ['silent-before', 'silent-after', 'endless'];
const anyStatementFate = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...statementFates.filter((fate) => !waitedFor.includes(fate))) },
  { weight: 1, arbitrary: fc.constantFrom(...waitedFor) },
);

/** One of the others once in so many times. */
function oftenest<T>(usual: T, others: readonly T[], times: number): fc.Arbitrary<T> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

/** Half of the runs meet one or two faults, the others several at once. */
export const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  flow: fc.constantFrom('register', 'register', 'register', 'deregister'),
  platform: fc.constantFrom('Snowflake', 'Snowflake', 'Databricks'),
  bootstrap: fc.array(fc.constantFrom(...shapes), { minLength: 1, maxLength: 6 }),
  cleanup: fc.constantFrom('whole', 'whole', 'whole', 'bare', 'forgetful', 'greedy', 'none'),
  policy: fc.constantFrom('automatic', 'approval'),
  decision: oftenest('approve', ['reject', 'never'], 25),
  history: fc.constantFrom('readable', 'readable', 'readable', 'unreadable', 'lost', 'full'),
  roleExistedBefore: fc.constantFrom(false, false, false, true),
  integration: fc.constantFrom('enabled', 'enabled', 'enabled', 'createError', 'createError-removed', 'slow', 'stuck', 'deleteError'),
  linked: fc.constantFrom(true, true, true, false),
  statements: fc.array(fc.record({ nth: nth(14), fate: anyStatementFate }), { maxLength: 3 }),
  immuta: fc.array(fc.record({ nth: nth(3), fate: fc.constantFrom(...immutaFates) }), { maxLength: 3 }),
  reads: fc.array(nth(14), { maxLength: 2 }),
  records: fc.array(fc.record({ nth: nth(10), fate: fc.constantFrom(...recordFates) }), { maxLength: 2 }),
  lostResults: fc.array(nth(6), { maxLength: 1 }),
  strikes: fc.array(strike, { maxLength: 3 }),
  tampered: oftenest(false, [true], 60),
  answers: fc.array(fc.constantFrom('true', 'true', 'true', 'retry', 'undo', 'abandon'), { maxLength: 4 }),
  platformSkewMs: fc.constantFrom(0, 0, -20_000, 20_000),
  immutaSkewMs: fc.constantFrom(0, 0, -20_000, 20_000),
  seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
});
