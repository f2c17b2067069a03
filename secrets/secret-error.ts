/**
 * Why a secret or a sealed script is not to be had. It satisfies the port's error structurally. The message names references, paths and rules,
 * never a value, and there is no cause: system errors of the file API are harmless, but those of the crypto API are not ours to judge.
 */
export class SecretError extends Error {
  readonly kind: 'secret-unavailable';
  readonly next: string;
  readonly ambiguous = false;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'SecretError';
    this.kind = 'secret-unavailable';
    this.next = next;
  }
}

/** A sealed script that is not what was sealed, or cannot be sealed. */
export class ScriptError extends Error {
  readonly kind: 'script-refused';
  readonly next: string;
  readonly ambiguous = false;

  constructor(message: string, next: string) {
    super(message);
    this.name = 'ScriptError';
    this.kind = 'script-refused';
    this.next = next;
  }
}
