// What may leave a runner that serves Snowflake. The driver re-sends a statement for minutes on network errors, 408, 429 and 5xx, with one request
// id; Snowflake runs a request id once in a session, so that is harmless while the lease lasts and forbidden after it. Redirects would carry the
// body of a login elsewhere: to other hosts only downloads (GET) and certificate status requests go.
import { monotonicMs } from '../monotonic-clock.js';
import type { OutgoingRequest } from '../outgoing-gate.js';

const statementPath = '/queries/v1/query-request';

export class Sending {
  readonly #host: string;
  readonly #port: number;
  #leaseEndsAt: number | undefined;
  #posts = 0;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  /** From now on statements may be sent until `leaseEndsAt`, a reading of `monotonicMs`. */
  begin(leaseEndsAt: number): void {
    this.#leaseEndsAt = leaseEndsAt;
    this.#posts = 0;
  }

  /** From now on no statement is sent. Returns how often the one that was begun left this machine, or may have. */
  end(): number {
    this.#leaseEndsAt = undefined;
    return this.#posts;
  }

  /** Why a request must not leave. */
  readonly rule = (request: OutgoingRequest): string | undefined => {
    if (request.host !== this.#host || request.port !== this.#port) {
      const harmless = request.method === 'GET' || (!request.secure && request.contentType === 'application/ocsp-request');
      return harmless ? undefined : 'refused: not the host of this session';
    }
    if (!request.path.startsWith(statementPath)) return undefined;
    if (this.#leaseEndsAt === undefined || monotonicMs() >= this.#leaseEndsAt) return 'refused: no statement may be sent now';
    this.#posts++;
    return undefined;
  };
}
