// What may leave a runner that serves Databricks: Thrift messages to one path of one host. The driver does not re-send a statement, and if it did,
// the second one would be refused here: Databricks has no request id by which it would know it again. All Thrift calls look alike from outside, so
// the one that follows `begin` is taken as the statement, and until its answer is there no other may leave.
import { monotonicMs } from '../monotonic-clock.js';
import type { OutgoingRequest } from '../outgoing-gate.js';

export class Sending {
  readonly #host: string;
  readonly #port: number;
  readonly #path: string;
  #leaseEndsAt: number | undefined;
  #sent = false;

  constructor(host: string, port: number, path: string) {
    this.#host = host;
    this.#port = port;
    this.#path = path;
  }

  /** The next message is a statement, and may leave until `leaseEndsAt`, a reading of `monotonicMs`. */
  begin(leaseEndsAt: number): void {
    this.#leaseEndsAt = leaseEndsAt;
    this.#sent = false;
  }

  /** The platform has taken the statement, or the matter is over: what follows asks only what became of it. */
  end(): void {
    this.#leaseEndsAt = undefined;
  }

  /** Whether the statement that was begun last left this machine, or may have. */
  get wasSent(): boolean {
    return this.#sent;
  }

  /** Why a request must not leave. */
  readonly rule = (request: OutgoingRequest): string | undefined => {
    const fits =
      request.secure && request.method === 'POST' && request.host === this.#host && request.port === this.#port && request.path === this.#path;
    if (!fits) return 'refused: not the warehouse of this session';
    if (this.#leaseEndsAt === undefined) return undefined;
    if (this.#sent || monotonicMs() >= this.#leaseEndsAt) return 'refused: no statement may be sent now';
    this.#sent = true;
    return undefined;
  };
}
