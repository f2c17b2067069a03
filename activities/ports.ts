// What the activities need from the outside. Adapters in `immuta/`, `platforms/` and `secrets/` satisfy these structurally; `worker/assemble.ts`
// is where the compiler proves it. Nothing here knows how a port is met.
import type { ObjectReference } from '../domain/plan.js';
import type { PlatformTarget } from '../domain/platform-target.js';
import type { ImmutaTarget } from '../domain/registration-request.js';
import type { Platform, Purpose, SealedScript } from '../domain/script.js';
import type { Secret } from '../domain/secret.js';
import type { SecretReference } from '../domain/secret-reference.js';
import type { Check } from '../rules/check.js';
import type { FailureKind } from '../rules/failure-kind.js';
import type { Place } from '../rules/journal.js';

/**
 * What every error of a port looks like, whatever class it has. `message` says what was expected and what arrived, `next` what to do; neither
 * ever holds a secret, a script, a header or a body.
 */
export interface PortError extends Error {
  readonly kind: FailureKind;
  readonly next: string;
  /** True if the request may have been carried out although no usable answer came. */
  readonly ambiguous: boolean;
  /** How long the other side asked us to wait, already capped. */
  readonly retryAfterMs?: number | undefined;
  /** The platform's identifier of the statement that failed, where it gave one. */
  readonly queryId?: string | undefined;
  /** The platform's own word for what went wrong: it has answered. */
  readonly code?: string | undefined;
}

/** Gives the value of a reference, or throws a `PortError` of kind `secret-unavailable`. */
export type ResolveSecret = (reference: SecretReference) => Promise<Secret>;

// ---------------------------------------------------------------------------------------------------------------------------- Immuta

/** An integration, as far as we read it. `status` is Immuta's own word (`creating`, `enabled`, `createError`, ...). */
export interface Integration {
  readonly id: number;
  readonly type: string;
  readonly status: string;
  /** `config.host` or `config.workspaceUrl`, lower case, without scheme, slash and default port. */
  readonly host: string | undefined;
  /** `config.database` or `config.catalog`. */
  readonly database: string | undefined;
  /** Failed validation tests, one sentence each. */
  readonly complaints: readonly string[];
}

/** A connection as Immuta reads it back: no secret in it. */
export interface ImmutaConnection {
  readonly connectionKey: string;
  readonly technology: string | undefined;
  readonly host: string | undefined;
  readonly role: string | undefined;
  readonly username: string | undefined;
  readonly warehouse: string | undefined;
  readonly authenticationType: string | undefined;
  readonly createdAt: string | undefined;
  readonly creator: string | undefined;
  readonly integrationId: number | undefined;
}

/** Asked right before a write leaves, when secrets and login are there and nothing is waited for any more. What it throws is thrown on, and nothing was sent. */
export type MayLeave = () => void;

/** One Immuta tenant, logged in lazily. Every method throws a `PortError`; none retries but for one new login after 401. */
export interface ImmutaPort {
  /** Immuta's clock minus ours in ms, from the newest `Date` header; 0 before the first answer. */
  readonly clockSkewMs: number;
  bootstrapScript(target: PlatformTarget): Promise<string>;
  /** The script that would undo the bootstrap script; `undefined` where Immuta has none to give (404, 405, empty). */
  cleanupScript(target: PlatformTarget): Promise<string | undefined>;
  /** The removal script of a configured integration. */
  deletionScript(integrationId: number): Promise<string>;
  /** `POST /data/connection/test`; `not-answered` on 404 and 405. A failed test throws `validation-failed`. */
  testConnection(connectionKey: string, target: PlatformTarget): Promise<'passed' | 'not-answered'>;
  createConnection(connectionKey: string, target: PlatformTarget, mayLeave: MayLeave): Promise<void>;
  /** The connection with everything under it; `not-found` on 404, and only the caller knows whether it deleted before. */
  deleteConnection(connectionKey: string, mayLeave: MayLeave): Promise<{ readonly childCount: number }>;
  /** The data objects under a connection, not `exact` when it may be one page only; `undefined` where the tenant does not count them. */
  countChildren(connectionKey: string): Promise<{ readonly count: number; readonly exact: boolean } | undefined>;
  /** `undefined` when there is none with this key. */
  getConnection(connectionKey: string): Promise<ImmutaConnection | undefined>;
  listIntegrations(): Promise<readonly Integration[]>;
  /** `undefined` when there is none with this id. */
  getIntegration(integrationId: number): Promise<Integration | undefined>;
  deleteIntegration(integrationId: number): Promise<void>;
}

export type OpenImmuta = (target: ImmutaTarget, signal: AbortSignal) => ImmutaPort;

// -------------------------------------------------------------------------------------------------------------------------- Platforms

/** An object as the platform shows it now. Times are the platform's own, ISO 8601. */
export interface ObjectState {
  readonly object: ObjectReference;
  readonly exists: boolean;
  readonly createdAt?: string | undefined;
  readonly owner?: string | undefined;
}

/** What the platform's own history says of a statement we tagged. */
export interface StatementRecord {
  readonly tag: string;
  readonly queryId: string;
  readonly state: 'succeeded' | 'failed' | 'running';
  readonly startedAt: string;
}

/** Whether a platform could be asked to end a statement by its id. */
export type CancelAnswer = 'asked' | 'impossible';

export interface PlatformSession {
  /** As the platform reports them after login, not as the manifest says. */
  readonly identity: { readonly user: string; readonly role: string };
  /** The platform's clock minus ours, in ms. */
  readonly clockOffsetMs: number;
  /** Read-only checks of what the bootstrap script needs. Sends only the closed list of texts in docs/security.md. */
  preflight(target: PlatformTarget): Promise<{ readonly checks: readonly Check[]; readonly existing: readonly ObjectState[] }>;
  /** Hands over what was decided: the runner executes nothing whose SHA-256 is not the one at its index. */
  decide(statementHashes: readonly string[]): Promise<void>;
  /**
   * Runs one statement, and gives where the session stands behind it, where the platform tells. Rejects with a `PortError`; `ambiguous` when it may
   * have been applied.
   * `leaseEndsAt` is a reading of the system-wide monotonic clock in ms (`process.hrtime`): after it the runner sends nothing.
   */
  execute(statement: {
    readonly index: number;
    readonly text: string;
    readonly tag: string;
    readonly timeoutMs: number;
    readonly leaseEndsAt: number;
  }): Promise<{ readonly queryId: string; readonly place?: Place | undefined }>;
  /**
   * Moves the session, by statements of the runner's own, and gives where it stands then; what `place` leaves out stays. Without effect, and
   * `undefined`, where the platform does not tell where a session stands: there the script's own statements are said again.
   */
  moveTo(place: Place): Promise<Place | undefined>;
  /** Everything in the platform's own history whose tag starts with `tagPrefix`, since a platform time; `unavailable` when it cannot be read in full. */
  history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'>;
  inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]>;
  /**
   * Asks the platform to end a statement of ours, by its id. What became of it, its history says: the answer only tells whether it was asked.
   * Databricks has no such call for statements of another session, and ends them by their own timeout.
   */
  cancel(queryId: string): Promise<CancelAnswer>;
  /** Logs out and ends the runner; the session is over when it returns. Never throws. */
  close(): Promise<void>;
  /** Ends the runner at once. Nothing of any statement leaves this machine after it returned. */
  kill(): Promise<void>;
}

/** Opens a session as the target's privileged user in a runner process of its own. Aborting the signal kills the runner. */
export type OpenPlatform = (target: PlatformTarget, signal: AbortSignal) => Promise<PlatformSession>;

// ---------------------------------------------------------------------------------------------------------------------------- Scripts

/** Seals and opens scripts with the keys that only workers hold. `open` throws a `PortError` of kind `secret-unavailable` or `script-refused`. */
export interface ScriptSeal {
  seal(script: {
    readonly platform: Platform;
    readonly purpose: Purpose;
    readonly text: string;
    readonly statementHashes: readonly string[];
  }): SealedScript;
  open(script: SealedScript): string;
}
