// Why a worker did not start, or stopped serving: in words, or as one JSON object, with the exit code that commands have for the same.
import { SecretError } from '../secrets/secret-error.js';
import { TemporalRefused } from '../temporal/connection-options.js';

/** `usage`: the environment or the arguments; `temporal-refused`: a server that does not have or allow what a worker needs. */
export type RefusalKind = 'usage' | 'temporal-unreachable' | 'temporal-refused' | 'internal';

/** A test compares them with the table of the commands, which a worker must not load. */
const exitCodes: Readonly<Record<RefusalKind, number>> = { usage: 64, 'temporal-unreachable': 9, 'temporal-refused': 4, internal: 1 };

export class WorkerRefused extends Error {
  override readonly name = 'WorkerRefused';
  readonly kind: RefusalKind;
  readonly next: string;

  constructor(kind: RefusalKind, message: string, next: string) {
    super(message);
    this.kind = kind;
    this.next = next;
  }
}

/** Says why, on stdout as JSON or on stderr in words, and gives the exit code. */
export function tellRefusal(error: unknown, json: boolean): number {
  const { kind, message, next } = refusalOf(error);
  if (json) process.stdout.write(`${JSON.stringify({ v: 1, error: { kind, message, next } })}\n`);
  else process.stderr.write(`${message} ${next}\n`);
  return exitCodes[kind];
}

function refusalOf(error: unknown): WorkerRefused {
  if (error instanceof WorkerRefused) return error;
  if (error instanceof SecretError || error instanceof TemporalRefused) return new WorkerRefused('usage', error.message, error.next);
  return new WorkerRefused('internal', error instanceof Error ? error.message : 'unknown', '');
}
