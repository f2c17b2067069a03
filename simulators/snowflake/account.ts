// One account: what exists, who holds what, its parameters and its clock. Statements change it; sessions look through it.
import type { CatalogObject, PropertyValue } from './catalog.js';
import { Catalog, displayName } from './catalog.js';
import { Grants } from './grants.js';
import { objectKind } from './object-kinds.js';

export interface Clock {
  /** Milliseconds since 1970, by the simulated account's own clock. */
  now(): number;
}

export class Account {
  /** What CURRENT_ACCOUNT() answers and refusals name. */
  readonly name = 'SIMULATED';
  readonly catalog = new Catalog();
  readonly grants = new Grants();
  /** Account parameters by name, in upper case. */
  readonly parameters = new Map<string, string>([
    ['QUOTED_IDENTIFIERS_IGNORE_CASE', 'false'],
    ['STATEMENT_TIMEOUT_IN_SECONDS', '172800'],
    ['TIMEZONE', 'UTC'],
  ]);
  readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Creates an object with its owner, and what the vendor creates along with it. */
  create(kind: string, path: readonly string[], owner: string | null, properties: ReadonlyMap<string, PropertyValue> = new Map()): CatalogObject {
    const object: CatalogObject = { kind: objectKind(kind), path, owner, createdAt: this.clock.now(), properties: new Map(properties) };
    this.catalog.add(object);
    this.#applyFutureGrants(object);
    if (kind === 'DATABASE') {
      // [doc] every database comes with these two
      this.create('SCHEMA', [...path, 'INFORMATION_SCHEMA'], null);
      this.create('SCHEMA', [...path, 'PUBLIC'], owner);
    }
    return object;
  }

  /** Removes an object with all that lies in it and every grant on or to it. Gives what was removed. */
  drop(object: CatalogObject): CatalogObject[] {
    const removed = this.catalog.remove(object);
    for (const gone of removed) this.grants.forget({ kind: gone.kind.name, path: gone.path });
    return removed;
  }

  rename(object: CatalogObject, path: readonly string[]): void {
    const before = object.path;
    this.catalog.rename(object, path);
    this.grants.rename(object.kind.name, before, path);
    if (object.kind.name !== 'ROLE') return;
    for (const owned of this.catalog.list()) if (owned.owner === displayName(before)) owned.owner = displayName(path);
  }

  grantRole(role: string, to: { kind: 'ROLE' | 'USER'; name: string }, grantedBy: string): void {
    const createdAt = this.clock.now();
    this.grants.add({ privilege: 'USAGE', on: { kind: 'ROLE', path: [role] }, to, grantOption: false, grantedBy, createdAt });
  }

  /** [doc] grants defined on a schema win over those on its database. */
  #applyFutureGrants(object: CatalogObject): void {
    const { name: kind, level } = object.kind;
    if (level === 'account') return;
    const matching = this.grants
      .future()
      .filter(
        (grant) =>
          grant.kind === kind &&
          grant.within.path.every((part, index) => object.path[index] === part) &&
          grant.within.path.length < object.path.length,
      );
    const onSchema = matching.filter((grant) => grant.within.kind === 'SCHEMA');
    for (const { privilege, to, grantOption, grantedBy } of onSchema.length > 0 ? onSchema : matching) {
      if (privilege === 'OWNERSHIP') object.owner = to.name;
      else this.grants.add({ privilege, on: { kind, path: object.path }, to, grantOption, grantedBy, createdAt: this.clock.now() });
    }
  }
}
