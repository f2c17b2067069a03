// Everything a worker and its runner ever say to each other: one request, one answer. The runner never speaks first. Credentials travel here, over
// the IPC channel, because argv and environment can be read by whoever may list processes.
import type { ObjectReference } from '../domain/plan.js';
import type { PlatformTarget } from '../domain/platform-target.js';
import type { Platform } from '../domain/script.js';
import type { Check } from '../rules/check.js';
import type { Place } from '../rules/journal.js';
import type { PlainPlatformError } from './platform-error.js';

/** An object as the platform shows it now. Times are the platform's own, ISO 8601. */
export interface ObjectState {
  readonly object: ObjectReference;
  readonly exists: boolean;
  readonly createdAt?: string | undefined;
  readonly owner?: string | undefined;
}

/** What the platform's own history says of a statement that we tagged. */
export interface StatementRecord {
  readonly tag: string;
  readonly queryId: string;
  readonly state: 'succeeded' | 'failed' | 'running';
  readonly startedAt: string;
}

export interface Preflight {
  readonly checks: readonly Check[];
  readonly existing: readonly ObjectState[];
}

export interface Identity {
  readonly user: string;
  /** Databricks has no roles: there it names the metastore. */
  readonly role: string;
}

/** A statement of a decided script. `leaseEndsAt` is a reading of `monotonicMs`: after it nothing of the statement is sent. */
export interface StatementToRun {
  readonly index: number;
  readonly text: string;
  readonly tag: string;
  readonly timeoutMs: number;
  readonly leaseEndsAt: number;
}

/** A resolved login as the privileged user. Holds secrets: it goes over IPC and nowhere else. */
export type PlatformLogin = SnowflakeLogin | DatabricksLogin;

export interface SnowflakeLogin {
  readonly technology: 'Snowflake';
  readonly host: string;
  readonly port: number;
  /** Plain HTTP: only ever true for a loopback host that the worker was told to allow. */
  readonly plainHttp: boolean;
  /** Absent where a token alone says who it is. */
  readonly username?: string | undefined;
  /** Who that is, for a sentence. */
  readonly who: string;
  readonly role: string;
  readonly warehouse: string;
  readonly credential: SnowflakeCredential;
}

export type SnowflakeCredential =
  | { readonly kind: 'userPassword'; readonly password: string }
  | { readonly kind: 'keyPair'; readonly privateKey: string; readonly privateKeyPassword?: string | undefined }
  | { readonly kind: 'oAuthToken' | 'programmaticAccessToken'; readonly token: string }
  | ({ readonly kind: 'oAuthClientCredentials' } & ClientCredentials);

/** What an OAuth client needs for a token of its own. */
export interface ClientCredentials {
  /** Has passed the list of token hosts. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
}

export interface DatabricksLogin {
  readonly technology: 'Databricks';
  readonly host: string;
  readonly port: number;
  readonly httpPath: string;
  readonly credential:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'oAuthM2M'; readonly clientId: string; readonly clientSecret: string };
}

/** What came of a statement, and where the session stands behind it, where the platform tells. */
export interface StatementDone {
  readonly queryId: string;
  readonly place?: Place | undefined;
}

/** Whether a platform could be asked to end a statement by its id. */
export type CancelAnswer = 'asked' | 'impossible';

/** One login at a platform, inside the runner. */
export interface OpenedSession {
  readonly identity: Identity;
  /** The platform's clock minus ours. */
  readonly clockOffsetMs: number;
  execute(statement: StatementToRun): Promise<StatementDone>;
  /** Gives where the session stands then; null where the platform does not tell. */
  moveTo(place: Place): Promise<Place | null>;
  preflight(target: PlatformTarget): Promise<Preflight>;
  history(tagPrefix: string, since: string): Promise<readonly StatementRecord[] | 'unavailable'>;
  inspect(objects: readonly ObjectReference[]): Promise<readonly ObjectState[]>;
  cancel(queryId: string): Promise<CancelAnswer>;
  /** True if the platform acknowledged the log-out. */
  close(): Promise<boolean>;
}

/** Request and answer of each thing that a runner can be asked. */
export interface RunnerCalls {
  /** Loads the driver ahead of `open`, which does it too where this was not asked. */
  prepare: { request: { readonly technology: Platform }; answer: null };
  open: { request: { readonly login: PlatformLogin }; answer: { readonly identity: Identity; readonly clockOffsetMs: number } };
  preflight: { request: { readonly target: PlatformTarget }; answer: Preflight };
  decide: { request: { readonly statementHashes: readonly string[] }; answer: null };
  execute: { request: { readonly statement: StatementToRun }; answer: StatementDone };
  moveTo: { request: { readonly place: Place }; answer: Place | null };
  history: { request: { readonly tagPrefix: string; readonly since: string }; answer: readonly StatementRecord[] | 'unavailable' };
  cancel: { request: { readonly queryId: string }; answer: CancelAnswer };
  inspect: { request: { readonly objects: readonly ObjectReference[] }; answer: readonly ObjectState[] };
  /** `clean`: nothing of the session is left, and the runner may serve another one. */
  close: { request: Record<never, never>; answer: { readonly clean: boolean } };
}

export type RunnerCall = keyof RunnerCalls;

export type RunnerRequest = {
  readonly [Call in RunnerCall]: { readonly id: number; readonly call: Call } & RunnerCalls[Call]['request'];
}[RunnerCall];

export type RunnerAnswer =
  | { readonly id: number; readonly ok: true; readonly value: RunnerCalls[RunnerCall]['answer'] }
  | { readonly id: number; readonly ok: false; readonly error: PlainPlatformError };
