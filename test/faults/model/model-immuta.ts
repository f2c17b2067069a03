// An Immuta of a run: connections and integrations, whose states change in their own time, and a network before it that loses, delays and garbles.
import type { ImmutaConnection, ImmutaPort, Integration } from '../../../activities/ports.js';
import type { Fates } from './fates.js';
import type { RunLedger } from './ledger.js';
import type { Machine } from './machine.js';
import type { ModelPlatform } from './model-platform.js';
import { PortFailure } from './port-failure.js';
import type { ImmutaFate, Schedule } from './schedule.js';
import { bootstrapText, cleanupText, databaseName, runtimeNames } from './script-texts.js';
import type { World } from './world.js';

interface Standing {
  readonly createdAt: number;
  readonly integrationId: number;
  readonly creator: 'us' | 'somebody';
  readonly host: string;
}

type Status = 'creating' | 'enabled' | 'createError' | 'deleting' | 'deleteError';

type Refusal = 409 | 404 | 422 | 'busy';

/** The client's deadline for one call. */
const deadlineMs = 60_000;

export class ModelImmuta {
  readonly #world: World;
  readonly #ledger: RunLedger;
  readonly #schedule: Schedule;
  readonly #platform: ModelPlatform;
  readonly #integrations = new Map<number, { status: Status; readonly host: string }>();
  #connection: Standing | undefined;
  #nextId = 1;

  constructor(world: World, ledger: RunLedger, schedule: Schedule, platform: ModelPlatform) {
    this.#world = world;
    this.#ledger = ledger;
    this.#schedule = schedule;
    this.#platform = platform;
  }

  get now(): number {
    return this.#world.now + this.#schedule.immutaSkewMs;
  }

  get connection(): Standing | undefined {
    return this.#connection;
  }

  /** What of integrations on our platform stands. */
  get integrations(): readonly { readonly id: number; readonly status: Status }[] {
    return [...this.#integrations].map(([id, { status }]) => ({ id, status }));
  }

  /** As if it had been registered long ago. */
  standsAlready(): void {
    this.#connection = { createdAt: this.now - 86_400_000, integrationId: this.#addIntegration('enabled'), creator: 'us', host: runtimeNames.host };
  }

  /** Somebody else registers our key for another platform. */
  othersRegister(): boolean {
    if (this.#connection !== undefined) return false;
    const id = this.#nextId++;
    this.#integrations.set(id, { status: 'enabled', host: 'elsewhere.example' });
    this.#connection = { createdAt: this.now, integrationId: id, creator: 'somebody', host: 'elsewhere.example' };
    this.#ledger.immuta.push({ at: this.#world.now, what: 'other-create', key: runtimeNames.connectionKey, applied: true });
    return true;
  }

  /** A person removes by hand what is left of ours. */
  cleanByHand(): void {
    if (this.#connection?.creator === 'us') this.#connection = undefined;
    for (const [id, { host }] of this.#integrations) if (host === runtimeNames.host) this.#integrations.delete(id);
  }

  create(): Refusal | undefined {
    if (this.#connection !== undefined) return 409;
    if ([...this.#integrations.values()].some(({ host }) => host === runtimeNames.host)) return 409;
    if (!this.#platform.things.some(({ object }) => object.name === databaseName(this.#schedule.platform))) return 422;
    const id = this.#addIntegration('creating');
    this.#connection = { createdAt: this.now, integrationId: id, creator: 'us', host: runtimeNames.host };
    const { integration } = this.#schedule;
    if (integration === 'stuck') return undefined;
    this.#world.after(integration === 'slow' ? this.#world.between(50_000, 150_000) : this.#world.between(500, 20_000), () => {
      const standing = this.#integrations.get(id);
      if (standing?.status !== 'creating') return;
      standing.status = integration.startsWith('createError') ? 'createError' : 'enabled';
      this.#ledger.immuta.push({ at: this.#world.now, what: 'status', id, status: standing.status, applied: true });
      if (integration === 'createError-removed' && this.#connection?.integrationId === id) this.#connection = undefined;
    });
    return undefined;
  }

  delete(): { readonly childCount: number } | Refusal {
    const connection = this.#connection;
    if (connection === undefined) return 404;
    const integration = this.#integrations.get(connection.integrationId);
    if (integration?.status === 'creating' && this.#schedule.integration !== 'stuck') return 'busy';
    this.#connection = undefined;
    this.#take(connection.integrationId);
    return { childCount: 3 };
  }

  deleteIntegration(id: number): Refusal | undefined {
    if (!this.#integrations.has(id)) return 404;
    this.#take(id);
    return undefined;
  }

  show(id: number): Integration | undefined {
    const found = this.#integrations.get(id);
    if (found === undefined) return undefined;
    const { platform } = this.#schedule;
    const database = found.host === runtimeNames.host ? databaseName(platform) : 'OTHER';
    return { id, type: platform, status: found.status, host: found.host, database, complaints: [] };
  }

  showConnection(): ImmutaConnection | undefined {
    if (this.#connection === undefined) return undefined;
    const { createdAt, creator, integrationId, host } = this.#connection;
    return {
      connectionKey: runtimeNames.connectionKey,
      technology: this.#schedule.platform,
      host,
      role: undefined,
      username: undefined,
      warehouse: undefined,
      authenticationType: undefined,
      createdAt: new Date(createdAt).toISOString(),
      creator,
      integrationId: this.#schedule.linked ? integrationId : undefined,
    };
  }

  #addIntegration(status: Status): number {
    const id = this.#nextId++;
    this.#integrations.set(id, { status, host: runtimeNames.host });
    return id;
  }

  #take(id: number): void {
    const standing = this.#integrations.get(id);
    if (standing === undefined) return;
    standing.status = 'deleting';
    const fails = this.#schedule.integration === 'deleteError' && !this.#ledger.immuta.some(({ status }) => status === 'deleteError');
    this.#world.after(this.#world.between(200, 12_000), () => {
      if (fails) standing.status = 'deleteError';
      else this.#integrations.delete(id);
      this.#ledger.immuta.push({ at: this.#world.now, what: 'status', id, status: fails ? 'deleteError' : 'gone', applied: true });
    });
  }
}

interface Calls {
  readonly machine: Machine;
  readonly fates: Fates;
  readonly ledger: RunLedger;
  readonly immuta: ModelImmuta;
  readonly schedule: Schedule;
  readonly by: { readonly activity: string; readonly attempt: number };
}

/** One client of it, in one process. */
export function immutaPort({ machine, fates, ledger, immuta, schedule, by }: Calls, signal: AbortSignal): ImmutaPort {
  const { world } = machine;
  const { connectionKey: key } = runtimeNames;

  function read<T>(look: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      machine.deliver(() => {
        if (signal.aborted) return reject(new PortFailure('timeout', 'The call was stopped before it began.', false));
        const fails = fates.readFails();
        machine.after(world.between(10, 500), () =>
          fails ? reject(new PortFailure('unreachable', 'Immuta did not answer.', false)) : resolve(look()),
        );
      });
    });
  }

  /** `what` for the ledger; `carryOut` runs when it arrives, and says why not, if not. */
  function write<T>(what: 'create' | 'delete' | 'delete-integration', carryOut: () => T | Refusal, mayLeave: () => void, id?: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        try {
          mayLeave();
        } catch (error) {
          return reject(error as Error);
        }
        const fate = fates.immutaWrite();
        const leftAt = world.now;
        const withdraw = machine.after(deadlineMs, () => reject(new PortFailure('timeout', 'Immuta did not answer in time.', true)));
        const answer = (ms: number, tell: () => void): void =>
          void machine.after(ms, () => {
            withdraw();
            tell();
          });
        const refuse = (error: PortFailure): void => answer(world.between(10, 300), () => reject(error));
        const unapplied = refusalBefore(fate);
        if (unapplied !== undefined) return refuse(unapplied);
        if (fate === 'silent-before') return;
        if (fate === 'late') refuse(lost());
        const wayMs = fate === 'late' ? world.between(2_000, runtimeNames.quietPeriodMs - 3_000) : world.between(10, 400);
        world.after(wayMs, () => {
          const done = carryOut();
          const refused = isRefusal(done) ? done : undefined;
          const { childCount } = typeof done === 'object' && done !== null ? (done as { childCount?: number }) : {};
          ledger.immuta.push({ at: world.now, by, what, leftAt, key, id, applied: refused === undefined, childCount });
          fates.comes('immuta-done');
          if (fate === 'silent-after' || fate === 'late') return;
          if (fate === 'cut-after' || fate === 'status-500-after') return refuse(lost());
          if (fate === 'garbage') return refuse(new PortFailure('bad-answer', 'Immuta answered with a web page.', true));
          answer(world.between(10, 400), () => (refused === undefined ? resolve(done as T) : reject(errorFor(refused))));
        });
      };
      // Secrets and a login come before it.
      machine.after(world.between(1, 400), () => {
        fates.comes('immuta-write');
        machine.deliver(leave);
      });
    });
  }

  return {
    get clockSkewMs() {
      return Math.abs(schedule.immutaSkewMs) < 1_000 ? 0 : schedule.immutaSkewMs + world.between(-400, 400);
    },
    bootstrapScript: () => read(() => bootstrapText(schedule)),
    cleanupScript: () => read(() => cleanupText(schedule)),
    deletionScript: () => read(() => cleanupText(schedule) ?? cleanupText({ ...schedule, cleanup: 'whole' }) ?? ''),
    testConnection: () => read(() => 'passed' as const),
    createConnection: (_key, _target, mayLeave) => write<void>('create', () => immuta.create() as undefined, mayLeave),
    deleteConnection: (_key, mayLeave) => write('delete', () => immuta.delete(), mayLeave),
    deleteIntegration: (id) =>
      write<void>(
        'delete-integration',
        () => immuta.deleteIntegration(id) as undefined,
        () => undefined,
        id,
      ),
    countChildren: () => read(() => (immuta.connection === undefined ? undefined : { count: 3, exact: true })),
    getConnection: () =>
      read(() => {
        const found = immuta.showConnection();
        ledger.reads.push({ at: world.now, what: 'connection', found: found !== undefined });
        return found;
      }),
    listIntegrations: () => read(() => immuta.integrations.flatMap(({ id }) => immuta.show(id) ?? [])),
    getIntegration: (id) =>
      read(() => {
        const found = immuta.show(id);
        ledger.reads.push({ at: world.now, what: 'integration', found: found !== undefined, status: found?.status });
        return found;
      }),
  };
}

function lost(): PortFailure {
  return new PortFailure('unreachable', 'The connection broke before the call was answered in full.', true);
}

/** Answers that mean that nothing was carried out, or leave it open although nothing was. */
function refusalBefore(fate: ImmutaFate | undefined): PortFailure | undefined {
  switch (fate) {
    case 'not-sent':
      return new PortFailure('unreachable', 'Immuta could not be reached.', false);
    case 'cut-before':
    case 'status-500':
      return lost();
    case 'status-409':
      return new PortFailure('conflict', 'Immuta answered 409.', false);
    case 'status-409-busy':
      return new PortFailure('throttled', 'Immuta is still busy with this integration.', false);
    case 'status-422':
      return new PortFailure('validation-failed', 'Immuta answered 422.', false);
    case 'status-429':
      return new PortFailure('throttled', 'Immuta asks to wait.', false, undefined, 20_000);
    case 'status-403':
      return new PortFailure('permission-missing', 'Immuta answered 403.', false);
    case 'cut-after':
    case 'silent-before':
    case 'silent-after':
    case 'late':
    case 'status-500-after':
    case 'garbage':
    case undefined:
      return undefined;
  }
}

function errorFor(refusal: Refusal): PortFailure {
  switch (refusal) {
    case 404:
      return new PortFailure('not-found', 'Immuta answered 404.', false);
    case 409:
      return new PortFailure('conflict', 'Immuta answered 409.', false);
    case 422:
      return new PortFailure('validation-failed', 'Immuta answered 422.', false);
    case 'busy':
      return new PortFailure('throttled', 'Immuta is still busy with this integration.', false);
  }
}

function isRefusal(done: unknown): done is Refusal {
  return typeof done === 'number' || done === 'busy';
}
