// Who holds what. A role granted to somebody is the privilege USAGE on that role, as SHOW GRANTS prints it [doc].
import { displayName } from './catalog.js';

export interface Securable {
  /** `ACCOUNT`, or a kind of object. */
  readonly kind: string;
  readonly path: readonly string[];
}

export interface Grantee {
  readonly kind: 'ROLE' | 'DATABASE ROLE' | 'USER';
  /** Dotted for a database role. */
  readonly name: string;
}

export interface Grant {
  readonly privilege: string;
  on: Securable;
  to: Grantee;
  grantOption: boolean;
  /** Empty for what the vendor granted. */
  grantedBy: string;
  readonly createdAt: number;
}

/** Applies to every object of a kind that will be created in a database or schema. */
export interface FutureGrant extends Omit<Grant, 'on'> {
  readonly kind: string;
  readonly within: Securable;
}

export class Grants {
  #grants: Grant[] = [];
  #future: FutureGrant[] = [];

  add(grant: Grant): void {
    const held = this.#grants.find(
      (other) => other.privilege === grant.privilege && sameSecurable(other.on, grant.on) && sameGrantee(other.to, grant.to),
    );
    if (held === undefined) this.#grants.push(grant);
    else held.grantOption ||= grant.grantOption;
  }

  addFuture(grant: FutureGrant): void {
    const held = this.#future.some(
      (other) =>
        other.privilege === grant.privilege &&
        other.kind === grant.kind &&
        sameSecurable(other.within, grant.within) &&
        sameGrantee(other.to, grant.to),
    );
    if (!held) this.#future.push(grant);
  }

  all(): readonly Grant[] {
    return this.#grants;
  }

  future(): readonly FutureGrant[] {
    return this.#future;
  }

  on(securable: Securable): Grant[] {
    return this.#grants.filter((grant) => sameSecurable(grant.on, securable));
  }

  to(grantee: Grantee): Grant[] {
    return this.#grants.filter((grant) => sameGrantee(grant.to, grantee));
  }

  removeWhere(gone: (grant: Grant) => boolean): number {
    const before = this.#grants.length;
    this.#grants = this.#grants.filter((grant) => !gone(grant));
    return before - this.#grants.length;
  }

  removeFutureWhere(gone: (grant: FutureGrant) => boolean): number {
    const before = this.#future.length;
    this.#future = this.#future.filter((grant) => !gone(grant));
    return before - this.#future.length;
  }

  /** Forgets everything on and to an object that was dropped. */
  forget(securable: Securable): void {
    const name = displayName(securable.path);
    const held = (to: Grantee): boolean => to.kind === securable.kind && to.name === name;
    this.removeWhere((grant) => sameSecurable(grant.on, securable) || held(grant.to));
    this.removeFutureWhere((grant) => sameSecurable(grant.within, securable) || held(grant.to));
  }

  /** Follows an object, with all that lies in it, to its new path. */
  rename(kind: string, before: readonly string[], after: readonly string[]): void {
    const inside = (path: readonly string[]): boolean => before.every((part, index) => path[index] === part);
    const moves = (on: Securable): boolean =>
      on.kind === kind
        ? path(on.path) === path(before)
        : (kind === 'DATABASE' || kind === 'SCHEMA') && on.path.length > before.length && inside(on.path);
    for (const grant of this.#grants) {
      if (moves(grant.on)) grant.on = { kind: grant.on.kind, path: [...after, ...grant.on.path.slice(before.length)] };
      if (grant.to.kind === kind && grant.to.name === displayName(before)) grant.to = { kind: grant.to.kind, name: displayName(after) };
    }
  }
}

export function sameSecurable(a: Securable, b: Securable): boolean {
  return a.kind === b.kind && path(a.path) === path(b.path);
}

export function sameGrantee(a: Grantee, b: Grantee): boolean {
  return a.kind === b.kind && a.name === b.name;
}

function path(parts: readonly string[]): string {
  return parts.join('\u0000');
}
