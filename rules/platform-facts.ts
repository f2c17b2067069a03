// What runs have to know of the difference between platforms; a third one is one more entry here. What plans say of it is in activities/target-facts.ts,
// what Immuta is told in immuta/payloads.ts, how each is talked to in platforms/.
import type { ObjectReference } from '../domain/plan.js';
import type { PlatformTarget } from '../domain/platform-target.js';
import type { Platform } from '../domain/script.js';

export interface PlatformFacts {
  /** What the bootstrap script makes new and Immuta then owns. Immuta, the manifest and the platform call it so. */
  readonly databaseKind: 'database' | 'catalog';
  /** Kinds that are listed by name. What else a script makes or drops is known by the acknowledgement, or a person's word, alone. */
  readonly lookable: ReadonlySet<ObjectReference['kind']>;
}

export const platformFacts: Readonly<Record<Platform, PlatformFacts>> = {
  Snowflake: { databaseKind: 'database', lookable: new Set(['database', 'schema', 'role', 'user', 'warehouse']) },
  Databricks: { databaseKind: 'catalog', lookable: new Set(['catalog', 'schema']) },
};

/** Whether the platform can be asked for this object. A schema is looked up in its database, which its name has to hold. */
export function isLookable(technology: Platform, { kind, name }: ObjectReference): boolean {
  return platformFacts[technology].lookable.has(kind) && (kind !== 'schema' || name.split('.').length === 2);
}

/** The database of a target, or its catalog, as the platform spells it. Needs no more of the target than that name. */
export function databaseOf(target: PlatformTarget): ObjectReference {
  switch (target.technology) {
    case 'Snowflake':
      return { kind: 'database', name: target.database };
    case 'Databricks':
      return { kind: 'catalog', name: spelledByDatabricks(target.catalog) };
  }
}

/** Whether the name that Immuta shows of a database or catalog means that of the target. */
export function hasDatabase(target: PlatformTarget, shown: string | undefined): boolean {
  const { name } = databaseOf(target);
  return shown !== undefined && name === (target.technology === 'Databricks' ? spelledByDatabricks(shown) : shown);
}

/** Whether an integration, as Immuta shows it, is that of the target. */
export function isOnTarget(
  target: PlatformTarget,
  { type, host, database }: { readonly type: string; readonly host: string | undefined; readonly database: string | undefined },
): boolean {
  return type === target.technology && host === target.host.toLowerCase() && hasDatabase(target, database);
}

/** Unity Catalog keeps names in lower case, whatever is written. */
function spelledByDatabricks(name: string): string {
  return name.toLowerCase();
}
