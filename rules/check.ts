// What a check is, for everyone who makes one, throws at a failed one or shows it. A preflight throws at the first that failed, `mooring doctor` shows
// all of them: the checks themselves are the same.
import type { FailureKind } from './failure-kind.js';

/** One thing that was looked at. `cure` is what to paste or do; empty when it passed. `kind` is set when it failed. Holds no secret. */
export interface Check {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'warning' | 'skipped';
  readonly message: string;
  readonly cure: string;
  readonly kind?: FailureKind | undefined;
}

export function passed(name: string, message: string): Check {
  return { name, status: 'passed', message, cure: '' };
}

/** It can go on like this, but somebody should know. */
export function warning(name: string, message: string, cure: string): Check {
  return { name, status: 'warning', message, cure };
}

export function failed(name: string, kind: FailureKind, message: string, cure: string): Check {
  return { name, status: 'failed', kind, message, cure };
}

/** It could not be looked at, and why; or there is nothing to look at. */
export function skipped(name: string, message: string): Check {
  return { name, status: 'skipped', message, cure: '' };
}

/** A check that failed with an error of ours. */
export function failedBy(
  name: string,
  { kind, message, next }: { readonly kind: FailureKind; readonly message: string; readonly next: string },
): Check {
  return failed(name, kind, message, next);
}

export function firstFailed(checks: readonly Check[]): Check | undefined {
  return checks.find(({ status }) => status === 'failed');
}
