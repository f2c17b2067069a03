/** The closed list of ways a run can fail. It is also the `type` of the `ApplicationFailure` a failed run ends with. */
export const failureKinds = [
  'credential-refused',
  'permission-missing',
  'not-found',
  'conflict',
  'invalid-request',
  'validation-failed',
  'script-refused',
  'statement-failed',
  'already-exists',
  'unreachable',
  'throttled',
  'bad-answer',
  'timeout',
  'secret-unavailable',
  'outcome-unknown',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** Kinds that another attempt by Temporal may cure. Logins are not among them: a wrong password tried again locks the account. */
const retryable: ReadonlySet<FailureKind> = new Set(['unreachable', 'throttled', 'bad-answer', 'timeout']);

export function isRetryable(kind: FailureKind): boolean {
  return retryable.has(kind);
}

export function isFailureKind(text: unknown): text is FailureKind {
  return (failureKinds as readonly unknown[]).includes(text);
}
