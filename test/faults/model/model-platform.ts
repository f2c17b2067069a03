// A platform of a run: objects, sessions, statements that run for a while, and the query history. It knows of statements what their texts say, by rules of
// its own, and it keeps the ledger of what reached it.
import type { ObjectReference } from '../../../domain/plan.js';
import type { PlatformLine, RunLedger, Script, Thing, Maker } from './ledger.js';
import type { Schedule } from './schedule.js';
import { privileged } from './script-texts.js';
import type { World } from './world.js';

export interface Arrival {
  readonly tag: string;
  readonly text: string;
  readonly leftAt: number;
  readonly session: { role: string | undefined };
  readonly attempt: { readonly activity: string; readonly attempt: number };
  /** How long it runs. */
  readonly forMs: number;
  readonly hollow: boolean;
  /** The platform refuses it, whatever it says. */
  readonly refused: boolean;
}

export interface Ended {
  readonly queryId: string;
  readonly failure?: 'already-exists' | 'not-found' | 'statement-failed' | undefined;
}

const madeEarlierMs = 2_000;
const unseenMs = 2_500;
/** Where nothing tells what became of a CREATE, what appears within the time it may take counts as its work: the product's rule, and its limit. */
const openMs = 40 * 60_000;
const creation = /^CREATE (\w+)( IF NOT EXISTS)? ([^\s(]+)/;

const kinds: Readonly<Record<string, ObjectReference['kind']>> = {
  DATABASE: 'database',
  CATALOG: 'catalog',
  SCHEMA: 'schema',
  TABLE: 'table',
  PROCEDURE: 'procedure',
  FUNCTION: 'function',
  ROLE: 'role',
  USER: 'user',
};

export class ModelPlatform {
  readonly #world: World;
  readonly #ledger: RunLedger;
  readonly #schedule: Schedule;
  readonly #things = new Map<string, Thing>();
  readonly #running = new Map<string, (how: 'cancelled') => void>();
  /** When a CREATE of it left of which nothing was heard. */
  readonly #expected = new Map<string, number>();
  readonly #lastSeen = new Map<string, number>();
  #queries = 0;

  constructor(world: World, ledger: RunLedger, schedule: Schedule) {
    this.#world = world;
    this.#ledger = ledger;
    this.#schedule = schedule;
  }

  /** By its own clock. */
  get now(): number {
    return this.#world.now + this.#schedule.platformSkewMs;
  }

  get things(): readonly Thing[] {
    return [...this.#things.values()];
  }

  find({ kind, name }: ObjectReference): Thing | undefined {
    return this.#things.get(`${kind} ${name}`);
  }

  /** Puts something there that no statement of ours made. False if it stands already, or has nowhere to stand. */
  put(object: ObjectReference, maker: Maker, owner = 'SOMEBODY'): boolean {
    if (this.find(object) !== undefined || !this.#hasPlace(object)) return false;
    this.#things.set(`${object.kind} ${object.name}`, {
      object,
      createdAt: this.now,
      madeAt: this.#world.now,
      maker,
      owner,
    });
    return true;
  }

  /** Another user made it two seconds ago, unless somebody would have seen it since, or was about to make it: who was first would then be a matter of clocks. */
  othersMake(object: ObjectReference): boolean {
    const key = `${object.kind} ${object.name}`;
    if ((this.#lastSeen.get(key) ?? 0) > this.#world.now - unseenMs || (this.#expected.get(key) ?? 0) > this.#world.now - openMs) return false;
    if (!this.put(object, 'other')) return false;
    const thing = this.find(object);
    if (thing !== undefined) this.#things.set(key, { ...thing, createdAt: this.now - madeEarlierMs });
    return true;
  }

  /** Somebody looks at it, or is about to make it. */
  sees({ kind, name }: ObjectReference): void {
    this.#lastSeen.set(`${kind} ${name}`, this.#world.now);
  }

  /** A statement leaves for the platform: what it makes counts as seen. */
  expects(text: string): void {
    const [, kind, , name] = creation.exec(text) ?? [];
    if (kind === undefined || name === undefined) return;
    const object = referenceTo(kind, name);
    this.sees(object);
    this.#expected.set(`${object.kind} ${object.name}`, this.#world.now);
  }

  /** A person removes it by hand. */
  remove(object: ObjectReference): void {
    this.#drop(object);
  }

  /** A statement arrives, runs, and ends; `ended` hears how, as the connection it came by would. */
  arrive({ tag, text, leftAt, session, attempt, forMs, hollow, refused }: Arrival, ended: (end: Ended) => void): void {
    const queryId = this.#nextQueryId();
    const line: PlatformLine = {
      at: this.#world.now,
      leftAt,
      tag,
      text,
      place: placeOf(tag, attempt),
      queryId,
      sessionRole: session.role,
      state: 'running',
    };
    this.#ledger.platform.push(line);
    const finish = (cancelled?: 'cancelled'): void => {
      this.#running.delete(queryId);
      line.endedAt = this.#world.now;
      const failure = cancelled !== undefined || refused ? 'statement-failed' : hollow ? undefined : this.#apply(text, session, line);
      line.state = failure === undefined ? (hollow ? 'hollow' : 'applied') : 'failed';
      ended({ queryId, failure });
    };
    const withdraw = this.#world.after(forMs, finish);
    this.#running.set(queryId, (how) => {
      withdraw();
      finish(how);
    });
  }

  /** As Snowflake has it; nothing that has ended is changed by it. */
  cancel(queryId: string): void {
    const end = this.#running.get(queryId);
    if (end !== undefined) this.#world.after(this.#world.between(20, 3_000), () => (this.#running.has(queryId) ? end('cancelled') : undefined));
  }

  /** Everything that ran under a tag and had not ended before a time of the platform's clock. */
  history(since: number): readonly PlatformLine[] {
    const skew = this.#schedule.platformSkewMs;
    return this.#ledger.platform.filter(({ tag, endedAt }) => tag !== '' && (endedAt === undefined || endedAt + skew >= since));
  }

  toPlatformTime(at: number): string {
    return new Date(at + this.#schedule.platformSkewMs).toISOString();
  }

  #nextQueryId(): string {
    return `00000000-0000-0000-0000-${String(++this.#queries).padStart(12, '0')}`;
  }

  #apply(text: string, session: Arrival['session'], line: PlatformLine): Ended['failure'] {
    const [, role] = /^USE (?:ROLE|CATALOG|SCHEMA) (\S+)/.exec(text) ?? [];
    if (role !== undefined) {
      session.role = role;
      return undefined;
    }
    const [, createKind, guardedCreate, created] = creation.exec(text) ?? [];
    if (createKind !== undefined && created !== undefined) {
      const owner = this.#schedule.platform === 'Snowflake' ? (session.role ?? privileged.role) : privileged.user;
      return this.#create(referenceTo(createKind, created), { guarded: guardedCreate !== undefined, owner }, line);
    }
    const [, dropKind, guardedDrop, name] = /^DROP (\w+)( IF EXISTS)? ([^\s(]+)/.exec(text) ?? [];
    if (dropKind === undefined || name === undefined) return undefined;
    const gone = this.#drop(referenceTo(dropKind, name));
    line.dropped = gone;
    return gone.length > 0 || guardedDrop !== undefined ? undefined : 'not-found';
  }

  #create(object: ObjectReference, { guarded, owner }: { readonly guarded: boolean; readonly owner: string }, line: PlatformLine): Ended['failure'] {
    this.sees(object);
    this.#expected.delete(`${object.kind} ${object.name}`);
    if (this.find(object) !== undefined) return guarded ? undefined : 'already-exists';
    if (!this.put(object, 'run', owner)) return 'not-found';
    line.made = this.find(object);
    return undefined;
  }

  /** With everything inside. */
  #drop({ kind, name }: ObjectReference): readonly Thing[] {
    const gone = this.things.filter(({ object }) => (object.kind === kind && object.name === name) || object.name.startsWith(`${name}.`));
    if (!gone.some(({ object }) => object.kind === kind && object.name === name)) return [];
    for (const { object } of gone) this.#things.delete(`${object.kind} ${object.name}`);
    return gone;
  }

  #hasPlace({ name }: ObjectReference): boolean {
    const [container = name, ...inside] = name.split('.');
    return inside.length === 0 || this.things.some(({ object }) => object.name === container);
  }
}

function referenceTo(kind: string, name: string): ObjectReference {
  return { kind: kinds[kind] ?? 'other', name: name.replaceAll(/["`]/g, '') };
}

/** Tags of statements that restore a session have no number in this place. */
function placeOf(tag: string, { activity }: Arrival['attempt']): PlatformLine['place'] {
  const [, script, index, attempt] = /^mooring\/[^/]+\/(bootstrap|cleanup)\/(\d+)\/(\d+)$/.exec(tag) ?? [];
  if (script === undefined || index === undefined || attempt === undefined) return undefined;
  return { script: script as Script, index: Number(index), attempt: Number(attempt), activity };
}
