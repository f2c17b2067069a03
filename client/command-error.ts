import type { CommandErrorKind } from './exit-code.js';

/** A command could not do what it was asked. `message`: what was expected and what arrived; `next`: what to do. Neither holds a secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly kind: CommandErrorKind;
  readonly next: string;

  constructor(kind: CommandErrorKind, message: string, next: string) {
    super(message);
    this.kind = kind;
    this.next = next;
  }
}
