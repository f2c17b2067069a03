import type { Faults } from './faults.js';
import type { Ledger } from './ledger.js';

/** The platforms Immuta can look at before it registers one. */
export interface Platforms {
  readonly snowflake: SimulatedPlatform;
  readonly databricks: SimulatedWorkspace;
}

/** What the Immuta simulator asks of a simulated platform, and what the joined programs need to describe, reset and end it. */
export interface SimulatedPlatform {
  readonly host: string;
  readonly port: number;
  /** Names are compared exactly, as the catalog of the platform spells them. */
  hasDatabase(name: string): boolean;
  hasUser(name: string): boolean;
  hasRole(name: string): boolean;
  /** Everything that exists, for people and tests; never a secret. */
  objects(): unknown;
  /** How far its clock is ahead of this machine's. */
  setClockOffset(milliseconds: number): void;
  /** Every session that is open now has expired, with `master` beyond renewal. */
  expireSessions(which: 'session' | 'master'): void;
  /** Back to how it was at start: same users, same credentials, nothing else. */
  reset(): void;
  close(): Promise<void>;
}

/** Someone who can log in to the simulated platform. */
export interface PlatformUser {
  readonly name: string;
  readonly password?: string;
  readonly publicKeyPem?: string;
  readonly defaultRole: string;
  readonly roles: readonly string[];
  readonly tokens?: readonly UserToken[];
  /** OAuth clients that act as this user. */
  readonly oAuthClients?: readonly OAuthClient[];
}

/** A token that somebody was handed for a user. */
export interface UserToken {
  readonly kind: 'oAuth' | 'programmaticAccess';
  readonly value: string;
  readonly expired: boolean;
}

export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface PlatformOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly users: readonly PlatformUser[];
  readonly warehouses: readonly string[];
  /** 0 or absent: any free port. */
  readonly port?: number;
}

/** Starts a simulated platform on a loopback port. */
export type StartPlatform = (options: PlatformOptions) => Promise<SimulatedPlatform>;

/** A simulated Databricks workspace, as the Immuta simulator and the joined programs need it. */
export interface SimulatedWorkspace {
  readonly host: string;
  readonly port: number;
  readonly httpPath: string;
  /** PEM of the authority that signed its certificate. */
  readonly caCert: string;
  readonly url: string;
  /** Without regard to case, as the platform compares. */
  hasCatalog(name: string): boolean;
  hasPrincipal(name: string): boolean;
  /** The principal behind a credential; `undefined` when it is good for nothing. */
  identify(credential: WorkspaceCredential): string | undefined;
  /** Everything that exists, for people and tests; never a secret. */
  objects(): unknown;
  /** How far its clock is ahead of this machine's. */
  setClockOffset(milliseconds: number): void;
  /** Every session that is open now is gone; what runs in one goes on. */
  expireSessions(): void;
  /** Back to how it was at start: same principals, same credentials, nothing else. */
  reset(): void;
  close(): Promise<void>;
}

export type WorkspaceCredential = { readonly token: string } | { readonly clientId: string; readonly clientSecret: string };

/** Someone who can log in to the simulated workspace. */
export interface WorkspacePrincipal {
  readonly name: string;
  readonly token?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Account admin and metastore admin. */
  readonly admin: boolean;
  /** Held on the metastore, such as `CREATE CATALOG`. */
  readonly privileges: readonly string[];
}

export interface WorkspaceOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly principals: readonly WorkspacePrincipal[];
  /** 0 or absent: any free port. */
  readonly port?: number;
}

/** Starts a simulated workspace on a loopback port. */
export type StartWorkspace = (options: WorkspaceOptions) => Promise<SimulatedWorkspace>;
