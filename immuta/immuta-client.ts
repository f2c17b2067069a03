// Immuta's classic HTTP contract for one tenant. A library without Temporal: it sends each request once (but for one new login after 401) and
// says with every failure what kind it is and whether the request may have been carried out; whoever calls decides what to repeat.
import type { ImmutaTarget } from '../domain/registration-request.js';
import type { Secret } from '../domain/secret.js';
import type { SecretReference } from '../domain/secret-reference.js';
import type { PlatformTarget } from '../domain/platform-target.js';
import { countChildren, createConnection, deleteConnection, getConnection, testConnection } from './connections.js';
import type { ChildCount, ConnectionRecord } from './connections.js';
import { deleteIntegration, getIntegration, integrationStatus, listIntegrations } from './integrations.js';
import type { IntegrationRecord } from './integrations.js';
import { jobStatuses, jobsOf } from './jobs.js';
import type { Job } from './jobs.js';
import { bootstrapScript, cleanupScript, deletionScript } from './scripts.js';
import { Tenant } from './tenant.js';

export interface ImmutaClientOptions {
  readonly target: ImmutaTarget;
  /** Gives the value of a reference; called at each use. */
  readonly resolve: (reference: SecretReference) => Promise<Secret>;
  /** Ends every call when aborted. */
  readonly signal?: AbortSignal;
  /** For a whole method with its login; 60 s by default, as Immuta's own Terraform provider has it. */
  readonly deadlineMs?: number;
  /** Largest answer, after decompression; 5 MiB by default. Scripts are tens of KiB. */
  readonly maxBytes?: number;
  /** Exact hosts this worker may talk to, `host` or `host:port`; a bare host means port 443. */
  readonly allowedHosts: readonly string[] | 'loopback-only';
  /** Lets the tenant live on loopback, with http too; false by default. */
  readonly allowLoopback?: boolean;
}

/**
 * Meets the Immuta port of the activities. Every method throws an `ImmutaError` (or the error of `resolve`, as it is); secrets are resolved at
 * the moment of use and masked in everything the client says.
 */
export class ImmutaClient {
  readonly #tenant: Tenant;

  constructor({
    target,
    resolve,
    signal,
    deadlineMs = 60_000,
    maxBytes = 5 * 1024 * 1024,
    allowedHosts,
    allowLoopback = false,
  }: ImmutaClientOptions) {
    this.#tenant = new Tenant({ target, resolve, signal, deadlineMs, maxBytes, allowedHosts, allowLoopback });
  }

  /** Immuta's clock minus ours in ms, from the newest `Date` header; 0 before the first answer and while the clocks may agree. */
  get clockSkewMs(): number {
    return this.#tenant.clockSkewMs;
  }

  async bootstrapScript(target: PlatformTarget): Promise<string> {
    return bootstrapScript(this.#tenant, target);
  }

  /** `undefined` where Immuta has none to give. */
  async cleanupScript(target: PlatformTarget): Promise<string | undefined> {
    return cleanupScript(this.#tenant, target);
  }

  /** The removal script of a configured integration; fetch it while the integration exists. */
  async deletionScript(integrationId: number): Promise<string> {
    return deletionScript(this.#tenant, integrationId);
  }

  async testConnection(connectionKey: string, target: PlatformTarget): Promise<'passed' | 'not-answered'> {
    return testConnection(this.#tenant, connectionKey, target);
  }

  /** `mayLeave` is asked right before the request leaves: what it throws is thrown on. */
  async createConnection(connectionKey: string, target: PlatformTarget, mayLeave?: () => void): Promise<void> {
    await createConnection(this.#tenant, connectionKey, target, mayLeave);
  }

  async getConnection(connectionKey: string): Promise<ConnectionRecord | undefined> {
    return getConnection(this.#tenant, connectionKey);
  }

  /** Deletes the connection with everything under it. `mayLeave` as for `createConnection`. */
  async deleteConnection(connectionKey: string, mayLeave?: () => void): Promise<{ readonly childCount: number }> {
    return deleteConnection(this.#tenant, connectionKey, mayLeave);
  }

  async countChildren(connectionKey: string): Promise<ChildCount | undefined> {
    return countChildren(this.#tenant, connectionKey);
  }

  async listIntegrations(): Promise<readonly IntegrationRecord[]> {
    return listIntegrations(this.#tenant);
  }

  async getIntegration(integrationId: number): Promise<IntegrationRecord | undefined> {
    return getIntegration(this.#tenant, integrationId);
  }

  async integrationStatus(integrationId: number): Promise<string | undefined> {
    return integrationStatus(this.#tenant, integrationId);
  }

  async deleteIntegration(integrationId: number): Promise<void> {
    await deleteIntegration(this.#tenant, integrationId);
  }

  async jobsOf(bulkId: string): Promise<readonly Job[]> {
    return jobsOf(this.#tenant, bulkId);
  }

  async jobStatuses(jobIds: readonly string[]): Promise<readonly Job[]> {
    return jobStatuses(this.#tenant, jobIds);
  }
}
