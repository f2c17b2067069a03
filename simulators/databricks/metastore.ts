// What exists in the metastore of one workspace, who owns it, and who holds what on it. Containment is by path.

/** Tables and views share one namespace and, for privileges, one kind: TABLE. */
export const securableKinds = ['METASTORE', 'CATALOG', 'SCHEMA', 'TABLE', 'FUNCTION', 'VOLUME'] as const;
export type SecurableKind = (typeof securableKinds)[number];

export interface Securable {
  readonly kind: SecurableKind;
  /** `VIEW` for a view, else the kind. */
  readonly shownKind: string;
  /** Catalog, schema and name, as far as the kind has them; empty for the metastore. */
  readonly path: readonly string[];
  /** A principal or a group; the vendor's own objects belong to `System user`. */
  owner: string;
  comment: string | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  changedAt: number;
}

export interface Grant {
  readonly principal: string;
  readonly privilege: string;
  readonly on: Securable;
  readonly grantor: string;
}

export interface MetastoreChange {
  readonly change: 'appeared' | 'changed' | 'vanished';
  readonly object: string;
  readonly name: string;
}

/** An object as the outside may see it. */
export interface ListedSecurable {
  readonly kind: string;
  readonly name: string;
  readonly owner: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export const systemOwner = 'System user';

export class Metastore {
  readonly name: string;
  /** Milliseconds since 1970, by the workspace's own clock. */
  readonly now: () => number;
  readonly root: Securable;
  readonly #securables = new Map<string, Securable>();
  #grants: Grant[] = [];
  #changes: MetastoreChange[] = [];

  constructor(name: string, owner: string, now: () => number = Date.now) {
    this.name = name;
    this.now = now;
    const startedAt = now();
    this.root = {
      kind: 'METASTORE',
      shownKind: 'METASTORE',
      path: [],
      owner,
      comment: undefined,
      createdAt: startedAt,
      createdBy: systemOwner,
      changedAt: startedAt,
    };
  }

  find(kind: SecurableKind, path: readonly string[]): Securable | undefined {
    return kind === 'METASTORE' ? this.root : this.#securables.get(keyOf(kind, path));
  }

  /** Every securable of a kind inside a container, by name. */
  list(kind?: SecurableKind, within: readonly string[] = []): Securable[] {
    return [...this.#securables.values()]
      .filter((each) => (kind === undefined || each.kind === kind) && isWithin(each, within))
      .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** The container of a securable, up to and including the metastore: inner first. */
  containers({ kind, path }: Securable): Securable[] {
    if (kind === 'METASTORE') return [];
    const outer = [path.slice(0, 2), path.slice(0, 1)].filter((part) => part.length < path.length && part.length > 0);
    const found = outer.map((part) => this.find(part.length === 2 ? 'SCHEMA' : 'CATALOG', part)).filter((each) => each !== undefined);
    return [...found, this.root];
  }

  add(kind: Exclude<SecurableKind, 'METASTORE'>, path: readonly string[], owner: string, comment?: string, shownKind: string = kind): Securable {
    const now = this.now();
    const securable: Securable = { kind, shownKind, path, owner, comment, createdAt: now, createdBy: owner, changedAt: now };
    this.#securables.set(keyOf(kind, path), securable);
    this.#note('appeared', securable);
    if (kind === 'CATALOG') {
      // [doc] every catalog comes with these two
      this.add('SCHEMA', [...path, 'information_schema'], systemOwner);
      this.add('SCHEMA', [...path, 'default'], owner);
    }
    return securable;
  }

  /** Removes a securable, all that lies in it, and every grant on any of it. */
  remove(securable: Securable): void {
    const inside = securable.kind === 'CATALOG' || securable.kind === 'SCHEMA' ? this.list(undefined, securable.path) : [];
    for (const gone of [...inside.toReversed(), securable]) {
      this.#securables.delete(keyOf(gone.kind, gone.path));
      this.#grants = this.#grants.filter((grant) => grant.on !== gone);
      this.#note('vanished', gone);
    }
  }

  touch(securable: Securable): void {
    securable.changedAt = this.now();
    this.#note('changed', securable);
  }

  /** Giving what is held already changes nothing. */
  grant(grant: Grant): void {
    if (this.holds(grant.principal, grant.privilege, grant.on)) return;
    this.#grants.push(grant);
    this.#note('changed', grant.on);
  }

  /** Taking what is not held changes nothing. */
  revoke(principal: string, privilege: string, on: Securable): void {
    const left = this.#grants.filter((each) => !(each.principal === principal && each.privilege === privilege && each.on === on));
    if (left.length === this.#grants.length) return;
    this.#grants = left;
    this.#note('changed', on);
  }

  /** Held on this very securable, not through one of its containers. */
  holds(principal: string, privilege: string, on: Securable): boolean {
    return this.#grants.some((each) => each.principal === principal && each.privilege === privilege && each.on === on);
  }

  grants(): readonly Grant[] {
    return this.#grants;
  }

  /** What changed since the last call. */
  takeChanges(): MetastoreChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  #note(change: MetastoreChange['change'], { shownKind, path }: Securable): void {
    this.#changes.push({ change, object: shownKind, name: path.length === 0 ? this.name : path.join('.') });
  }
}

export function listed({ shownKind, path, owner, createdAt }: Securable): ListedSecurable {
  return { kind: shownKind, name: path.join('.'), owner, createdAt: new Date(createdAt).toISOString() };
}

/** Dotted. */
export function nameOf({ path }: Securable): string {
  return path.join('.');
}

function isWithin({ path }: Securable, within: readonly string[]): boolean {
  return path.length > within.length && within.every((part, index) => path[index] === part);
}

function keyOf(kind: SecurableKind, path: readonly string[]): string {
  return [kind, ...path].join('\u0000');
}
