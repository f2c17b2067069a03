// What exists in the account. Containment is by path: an object lies in every object whose path begins its own.
import type { ObjectKind } from './object-kinds.js';

export type PropertyValue = string | number | boolean | null | readonly PropertyValue[];

export interface CatalogObject {
  readonly kind: ObjectKind;
  /** Database, schema and name, as far as the kind has them. A procedure's last part carries its argument types. */
  path: readonly string[];
  /** The role that owns it; null for what the vendor itself owns. */
  owner: string | null;
  readonly createdAt: number;
  readonly properties: Map<string, PropertyValue>;
}

/** An object as the outside may see it: no properties, for they hold passwords. */
export interface ListedObject {
  readonly kind: string;
  readonly name: string;
  readonly owner: string | null;
  /** ISO 8601, by the simulator's clock. */
  readonly createdAt: string;
}

export interface CatalogChange {
  readonly change: 'appeared' | 'changed' | 'vanished';
  readonly object: string;
  readonly name: string;
}

export class Catalog {
  readonly #objects = new Map<string, CatalogObject>();
  #changes: CatalogChange[] = [];

  find(kind: string, path: readonly string[]): CatalogObject | undefined {
    return this.#objects.get(keyOf(kind, path));
  }

  /** Every object of a kind, optionally only those inside a database or schema, in the order of their names. */
  list(kind?: string, within: readonly string[] = []): CatalogObject[] {
    return [...this.#objects.values()]
      .filter((object) => (kind === undefined || object.kind.name === kind) && isWithin(object, within))
      .sort((a, b) => compare(displayName(a.path), displayName(b.path)));
  }

  add(object: CatalogObject): void {
    this.#objects.set(keyOf(object.kind.name, object.path), object);
    this.note('appeared', object);
  }

  /** Removes an object and, for a container, all that lies in it; gives everything removed. */
  remove(object: CatalogObject): CatalogObject[] {
    const removed = isContainer(object) ? [...this.list(undefined, object.path).filter((inner) => inner.kind.level !== 'account'), object] : [object];
    for (const gone of removed) {
      this.#objects.delete(keyOf(gone.kind.name, gone.path));
      this.note('vanished', gone);
    }
    return removed;
  }

  /** Moves an object, and all that lies in it, to another path. */
  rename(object: CatalogObject, path: readonly string[]): void {
    const before = object.path;
    const moved = isContainer(object) ? [object, ...this.list(undefined, before).filter((inner) => inner.kind.level !== 'account')] : [object];
    for (const each of moved) this.#objects.delete(keyOf(each.kind.name, each.path));
    for (const each of moved) {
      each.path = [...path, ...each.path.slice(before.length)];
      this.#objects.set(keyOf(each.kind.name, each.path), each);
    }
    this.note('changed', object);
  }

  note(change: CatalogChange['change'], object: CatalogObject): void {
    this.#changes.push({ change, object: object.kind.name, name: displayName(object.path) });
  }

  /** What changed since the last call. */
  takeChanges(): CatalogChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }
}

export function listed(object: CatalogObject): ListedObject {
  return { kind: object.kind.name, name: displayName(object.path), owner: object.owner, createdAt: new Date(object.createdAt).toISOString() };
}

/** Dotted, quoted where the name would not survive without quotes. */
export function displayName(path: readonly string[]): string {
  return path.map((part) => (/^[A-Z_][A-Z0-9_$]*(\(.*\))?$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.');
}

/** The last part of the path, as SHOW prints it in `name`. */
export function lastPart(path: readonly string[]): string {
  return path.at(-1) ?? '';
}

function isContainer(object: CatalogObject): boolean {
  return object.kind.name === 'DATABASE' || object.kind.name === 'SCHEMA';
}

function isWithin(object: CatalogObject, within: readonly string[]): boolean {
  if (within.length === 0) return true;
  return object.path.length > within.length && within.every((part, index) => object.path[index] === part);
}

function keyOf(kind: string, path: readonly string[]): string {
  // [doc] tables and views share one namespace
  const space = kind === 'VIEW' ? 'TABLE' : kind;
  return [space, ...path].join('\u0000');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
