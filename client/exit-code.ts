// The one table of exit codes. Scripts hold on to it: a change is a breaking change (CHANGELOG.md).
import type { OutcomeName } from '../domain/outcome.js';
import { isFailureKind, type FailureKind } from '../rules/failure-kind.js';
import type { Phase } from '../rules/phase.js';

export const exitCodes = {
  done: 0,
  failed: 1,
  differencesFound: 2,
  rejected: 3,
  refused: 4,
  expired: 5,
  personNeeded: 6,
  stillWaiting: 7,
  connectionHeld: 8,
  nobodyAnswers: 9,
  cancelled: 10,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const ofOutcome: Readonly<Record<OutcomeName, ExitCode>> = {
  registered: exitCodes.done,
  deregistered: exitCodes.done,
  unchanged: exitCodes.done,
  failed: exitCodes.failed,
  compensated: exitCodes.failed,
  rejected: exitCodes.rejected,
  expired: exitCodes.expired,
  abandoned: exitCodes.personNeeded,
  cancelled: exitCodes.cancelled,
};

/** Why a command itself failed, apart from what its run ended as. */
type OwnErrorKind =
  | 'usage'
  | 'manifest'
  | 'not-found'
  | 'refused'
  | 'temporal-refused'
  | 'temporal-unreachable'
  | 'no-worker'
  | 'connection-held'
  | 'failed'
  | 'ended-from-outside'
  | 'internal';

/** A failure kind: what a worker found out for a command that starts no run of its own. Its exit code is that of a failed run. */
export type CommandErrorKind = OwnErrorKind | FailureKind;

const ofError: Readonly<Record<OwnErrorKind, ExitCode>> = {
  usage: exitCodes.usage,
  manifest: exitCodes.usage,
  'not-found': exitCodes.failed,
  refused: exitCodes.refused,
  'temporal-refused': exitCodes.refused,
  'temporal-unreachable': exitCodes.nobodyAnswers,
  'no-worker': exitCodes.nobodyAnswers,
  'connection-held': exitCodes.connectionHeld,
  failed: exitCodes.failed,
  'ended-from-outside': exitCodes.personNeeded, // terminated or timed out: nobody undid anything
  internal: exitCodes.failed,
};

export function outcomeExitCode(outcome: OutcomeName): ExitCode {
  return ofOutcome[outcome];
}

/** For a run that has not ended and is no longer waited for. */
export function phaseExitCode(phase: Phase | undefined): ExitCode {
  return phase === 'needs-attention' ? exitCodes.personNeeded : exitCodes.stillWaiting;
}

export function errorExitCode(kind: CommandErrorKind): ExitCode {
  return isFailureKind(kind) ? exitCodes.failed : ofError[kind];
}
