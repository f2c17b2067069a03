// Who may do what. Sources:
// [privileges] docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges: privileges flow down to what lies inside; the
//   owner of an object has all privileges on it; USE CATALOG and USE SCHEMA are needed to reach anything inside; ALL PRIVILEGES does not include MANAGE.
// [ownership] .../manage-privileges/ownership and .../manage-privileges/manage-privileges: the owner of an object or of what contains it, holders of
//   MANAGE, and metastore admins may grant and may change the owner.
// [admin] .../manage-privileges/admin-privileges: metastore admins create catalogs and grant on everything; they do not read data by that alone.
import { insufficientPermissions, notAnOwner, notFound } from './errors.js';
import { nameOf } from './metastore.js';
import type { Metastore, Securable, SecurableKind } from './metastore.js';
import type { Principal, Principals } from './principals.js';

/** Every principal of the account is a member [doc]. */
export const everybody = 'account users';
/** Owns the metastore; its members are the metastore admins. */
export const metastoreAdmins = 'metastore admins';

export class Access {
  readonly metastore: Metastore;
  readonly principal: Principal;
  readonly principals: Principals;

  constructor(metastore: Metastore, principals: Principals, principal: Principal) {
    this.metastore = metastore;
    this.principals = principals;
    this.principal = principal;
  }

  isMember(group: string): boolean {
    return group === everybody || (group === metastoreAdmins && this.principal.admin);
  }

  /** Acts as this principal or group. */
  is(name: string): boolean {
    return name === this.principal.name || this.isMember(name);
  }

  /** [ownership] Owner of it or of what contains it. */
  owns(securable: Securable): boolean {
    return [securable, ...this.metastore.containers(securable)]
      .filter((each) => each.kind !== 'METASTORE' || securable.kind === 'METASTORE')
      .some((each) => this.is(each.owner));
  }

  /** [ownership] May grant, drop, rename and give away. */
  manages(securable: Securable): boolean {
    return this.owns(securable) || this.holds('MANAGE', securable);
  }

  /** [privileges] Granted on it or on what contains it; ALL PRIVILEGES stands for all but MANAGE. */
  holds(privilege: string, securable: Securable): boolean {
    const places = [securable, ...this.metastore.containers(securable)].filter((each) => each.kind !== 'METASTORE' || securable.kind === 'METASTORE');
    const wanted = privilege === 'MANAGE' ? [privilege] : [privilege, 'ALL PRIVILEGES'];
    return this.metastore.grants().some((grant) => places.includes(grant.on) && wanted.includes(grant.privilege) && this.is(grant.principal));
  }

  may(privilege: string, securable: Securable): boolean {
    return this.owns(securable) || this.holds(privilege, securable);
  }

  /** [doc] information_schema and SHOW list only what the asker may interact with; metastore admins see all [known]. */
  sees(securable: Securable): boolean {
    if (this.principal.admin || this.owns(securable) || securable.path[0] === 'system') return true;
    const related = [securable, ...this.metastore.containers(securable)].filter((each) => each.kind !== 'METASTORE');
    return this.metastore.grants().some((grant) => this.is(grant.principal) && (related.includes(grant.on) || isInside(grant.on, securable)));
  }

  /** Finds what a statement names. @throws SqlError when it, or what contains it, is absent or out of reach. */
  resolve(kind: SecurableKind, path: readonly string[]): Securable {
    this.reach(path);
    const found = this.metastore.find(kind, path);
    if (found === undefined) throw notFound(kind, path.join('.'));
    return found;
  }

  /** [privileges] USE CATALOG and USE SCHEMA open the way; who manages a container needs neither. @throws SqlError */
  reach(path: readonly string[]): Securable {
    let container: Securable = this.metastore.root;
    for (const [index, privilege] of (['USE CATALOG', 'USE SCHEMA'] as const).entries()) {
      if (path.length <= index + 1) break;
      const kind = index === 0 ? 'CATALOG' : 'SCHEMA';
      const found = this.metastore.find(kind, path.slice(0, index + 1));
      if (found === undefined) throw notFound(kind, path.slice(0, index + 1).join('.'));
      if (!this.principal.admin && !this.may(privilege, found) && !isPublic(found)) throw insufficientPermissions(privilege, kind, nameOf(found));
      container = found;
    }
    return container;
  }

  /** @throws SqlError 42501 */
  require(privilege: string, securable: Securable): void {
    const isCreateOnMetastore = securable.kind === 'METASTORE' && this.principal.admin;
    if (!isCreateOnMetastore && !this.may(privilege, securable)) throw insufficientPermissions(privilege, securable.shownKind, this.shown(securable));
  }

  /** @throws SqlError 42501. `admins`: whether being a metastore admin is enough. */
  requireManage(securable: Securable, admins: boolean): void {
    if (!(admins && this.principal.admin) && !this.manages(securable)) throw notAnOwner(securable.shownKind, this.shown(securable));
  }

  shown(securable: Securable): string {
    return securable.kind === 'METASTORE' ? this.metastore.name : nameOf(securable);
  }
}

/** [doc] every catalog's information_schema is open to whoever may use the catalog, and the system catalog to everybody. */
function isPublic({ path }: Securable): boolean {
  return path[1] === 'information_schema' || (path[0] === 'system' && path.length === 1);
}

function isInside(inner: Securable, outer: Securable): boolean {
  return inner.path.length > outer.path.length && outer.path.every((part, index) => inner.path[index] === part);
}
