// What a tenant remembers. Every change goes through here, so that the ledger misses none. Waits are real timers: a change of state happens when its
// time comes, not when somebody looks.
import { randomUUID } from 'node:crypto';
import type { Ledger } from '../ledger.js';
import type { Person } from './authenticator.js';
import type { Agreement, ValidationTest } from './technology.js';

export type IntegrationStatus = 'creating' | 'enabled' | 'createError' | 'deleting' | 'deleteError' | 'disabled';

export interface Integration {
  readonly id: number;
  readonly type: string;
  readonly account: string;
  readonly database: string;
  readonly shown: Readonly<Record<string, unknown>>;
  readonly cleanupScript: string;
  readonly validationTests: readonly ValidationTest[];
  status: IntegrationStatus;
}

export interface DataObject {
  readonly objectPath: readonly string[];
  state: 'active' | 'inactive';
  overrides: Readonly<Record<string, unknown>>;
}

export interface Connection {
  readonly connectionKey: string;
  readonly technology: string;
  readonly integrationId: number;
  readonly createdAt: string;
  readonly creator: Person;
  shown: Readonly<Record<string, unknown>>;
  settings: Readonly<Record<string, unknown>>;
  updatedAt: string;
  updater: Person;
  /** Everything below the connection, by path joined with `/`. */
  readonly objects: Map<string, DataObject>;
}

export interface Job {
  readonly id: string;
  readonly bulkId: string;
  readonly startedAt: number;
}

export class State {
  readonly connections = new Map<string, Connection>();
  readonly integrations = new Map<number, Integration>();
  readonly jobs = new Map<string, Job>();
  /** What the last script of an account and database was made from: the connection step has to send the same. */
  readonly scripted = new Map<string, Agreement>();
  readonly #ledger: Ledger;
  readonly #timers = new Set<NodeJS.Timeout>();
  #nextId = 1;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  addIntegration(fields: Omit<Integration, 'id' | 'status'>): Integration {
    const integration: Integration = { ...fields, id: this.#nextId++, status: 'creating' };
    this.integrations.set(integration.id, integration);
    this.#noteIntegration(integration, 'appeared');
    return integration;
  }

  changeStatus(integration: Integration, status: IntegrationStatus): void {
    integration.status = status;
    this.#noteIntegration(integration, 'changed');
  }

  removeIntegration(integration: Integration): void {
    if (this.integrations.delete(integration.id)) this.#noteIntegration(integration, 'vanished');
  }

  addConnection(connection: Connection): void {
    this.connections.set(connection.connectionKey, connection);
    this.noteConnection(connection, 'appeared');
  }

  removeConnection(connection: Connection): void {
    if (this.connections.delete(connection.connectionKey)) this.noteConnection(connection, 'vanished');
  }

  noteConnection({ connectionKey, integrationId }: Connection, change: 'appeared' | 'changed' | 'vanished'): void {
    this.#ledger.record({ simulator: 'immuta', kind: 'object', object: 'connection', change, key: connectionKey, integrationId });
  }

  /** Starts background jobs and gives the id under which they are found. */
  startJobs(count: number): string {
    const bulkId = randomUUID();
    for (let each = 0; each < count; each++) {
      const id = randomUUID();
      this.jobs.set(id, { id, bulkId, startedAt: Date.now() });
    }
    return bulkId;
  }

  after(ms: number, change: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      change();
    }, ms);
    this.#timers.add(timer);
  }

  /** Forgets everything, and what was still to come. */
  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.connections.clear();
    this.integrations.clear();
    this.jobs.clear();
    this.scripted.clear();
    this.#nextId = 1;
  }

  #noteIntegration({ id, type, account, database, status }: Integration, change: 'appeared' | 'changed' | 'vanished'): void {
    this.#ledger.record({ simulator: 'immuta', kind: 'object', object: 'integration', change, id, type, account, database, status });
  }
}
