// Sessions and their tokens: the session token goes with every request, the master token only buys a new one.
import { randomUUID } from 'node:crypto';
import type { Session } from './session.js';
import type { Answer } from './wire.js';
import { failure } from './wire.js';

export interface OpenSession {
  readonly session: Session;
  token: string;
  masterToken: string;
  tokenExpired: boolean;
  masterExpired: boolean;
}

/** [doc] defaults of the vendor: one hour, four hours. Nothing expires here but by `expire`. */
export const tokenValiditySeconds = 3600;
export const masterValiditySeconds = 14_400;

export class SessionStore {
  readonly #open = new Map<string, OpenSession>();
  readonly #closedTokens = new Set<string>();
  #lastId = 1000;

  nextId(): number {
    return ++this.#lastId;
  }

  open(session: Session): OpenSession {
    const opened = { session, token: newToken('session'), masterToken: newToken('master'), tokenExpired: false, masterExpired: false };
    this.#open.set(opened.token, opened);
    return opened;
  }

  /** The session of a request, or what the vendor answers instead. [src] 390104, 390111 and 390112 in snowflake-sdk's gs_errors.js. */
  authenticate(authorization: string | undefined): OpenSession | Answer {
    const token = tokenIn(authorization);
    const opened = this.#open.get(token);
    if (opened?.tokenExpired === true) return failure('390112', 'Your session has expired. Please login again.');
    if (opened !== undefined) return opened;
    if (this.#closedTokens.has(token)) return failure('390111', 'Session no longer exists.  New login required to access the service.');
    return failure('390104', 'Authentication token is invalid.');
  }

  /** A new session token for a master token. [src] 390114 when the master token has expired too. */
  renew(authorization: string | undefined): OpenSession | Answer {
    const masterToken = tokenIn(authorization);
    const opened = [...this.#open.values()].find((candidate) => candidate.masterToken === masterToken);
    if (opened === undefined || opened.masterExpired) {
      return failure('390114', 'Authentication token has expired.  The user must authenticate again.');
    }
    this.#open.delete(opened.token);
    opened.token = newToken('session');
    opened.tokenExpired = false;
    this.#open.set(opened.token, opened);
    return opened;
  }

  close(opened: OpenSession): void {
    this.#open.delete(opened.token);
    this.#closedTokens.add(opened.token);
  }

  /** Every session token open now counts as expired; with `master`, so do the master tokens. */
  expire(which: 'session' | 'master'): void {
    for (const opened of this.#open.values()) {
      opened.tokenExpired = true;
      if (which === 'master') opened.masterExpired = true;
    }
  }
}

export function isOpen(found: OpenSession | Answer): found is OpenSession {
  return 'session' in found;
}

function tokenIn(authorization: string | undefined): string {
  return /Token="([^"]*)"/.exec(authorization ?? '')?.[1] ?? '';
}

function newToken(kind: string): string {
  return `simulated-${kind}-${randomUUID()}`;
}
