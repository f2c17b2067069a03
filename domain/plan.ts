import type { Platform, Purpose, SealedScript } from './script.js';

/**
 * What a statement does, closed. `elevated` grants or uses account-wide power; `opaque` runs code that only the platform can read (CALL,
 * EXECUTE IMMEDIATE, anonymous blocks); `unknown` is everything the classifier is not sure of.
 */
export const statementClasses = [
  'session',
  'read',
  'create',
  'replace',
  'alter',
  'grant',
  'revoke',
  'elevated',
  'data',
  'transaction',
  'drop',
  'opaque',
  'unknown',
] as const;
export type StatementClass = (typeof statementClasses)[number];

/** An object on the platform as a statement names it. `name` is in the platform's own spelling: unquoted Snowflake names in upper case, all Databricks names in lower case, parts joined by dots. */
export interface ObjectReference {
  readonly kind:
    | 'database'
    | 'catalog'
    | 'schema'
    | 'role'
    | 'user'
    | 'warehouse'
    | 'table'
    | 'view'
    | 'volume'
    | 'procedure'
    | 'function'
    | 'integration'
    | 'other';
  readonly name: string;
}

/** One statement as people see it. `text` is redacted. */
export interface PlannedStatement {
  readonly index: number;
  /** First line of the statement in the script, from 1. */
  readonly line: number;
  readonly class: StatementClass;
  readonly text: string;
  readonly sha256: string;
  /** The object it creates or drops, where the classifier can tell. */
  readonly object?: ObjectReference | undefined;
  /** True if running it twice leaves the platform as running it once would. */
  readonly repeatable: boolean;
  /** CREATE without IF NOT EXISTS, OR REPLACE or OR ALTER: when the platform acknowledges it, the object was made by it. */
  readonly plainCreate?: boolean | undefined;
}

export interface PlannedScript {
  readonly purpose: Purpose;
  readonly sha256: string;
  readonly statements: readonly PlannedStatement[];
}

/** Where the scripts run, as shown to people. */
export interface PlanTarget {
  readonly platform: Platform;
  readonly host: string;
  /** The database that the bootstrap script creates; on Databricks the catalog. */
  readonly database: string;
}

/** Both scripts split, classified, summarised and fingerprinted: what a person decides on. */
export interface Plan {
  /** Absent for `planConnection`: a decision is worth something in one run only. */
  readonly digest?: string | undefined;
  /** SHA-256 over content alone; the same in a plan and in a later run of the same content. */
  readonly planSha256: string;
  readonly summary: string;
  readonly target: PlanTarget;
  readonly privilegedUser: string;
  /** Sentences a person has to read before deciding. */
  readonly dangers: readonly string[];
  /** Classes that occur, with how many statements of each, over both scripts. */
  readonly classes: Readonly<Partial<Record<StatementClass, number>>>;
  readonly scripts: readonly PlannedScript[];
}

/** The policy asked for, the one in force, and why they differ. */
export interface EffectivePolicy {
  readonly asked: 'automatic' | 'approval' | 'external';
  readonly effective: 'automatic' | 'approval' | 'external';
  readonly because: string;
}

/** What `preparePlan` hands to the workflow: a plan to decide on, or the news that there is nothing to do. */
export type PreparedPlan =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly policy: EffectivePolicy;
      readonly bootstrap: SealedScript;
      /** Absent when Immuta gives none: the plan says so as a danger. */
      readonly cleanup?: SealedScript | undefined;
    }
  /** The connection stands in Immuta with equal host, database, role and authentication type, and its integration is enabled. */
  | { readonly kind: 'unchanged'; readonly integrationId: number };

/** What `prepareRemoval` hands to the workflow: the plan of a deregistration, or the news that Immuta has no such connection. */
export type PreparedRemoval =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly policy: EffectivePolicy;
      /** The script of the integration, fetched while its id still exists. */
      readonly cleanup: SealedScript;
      readonly integrationId: number;
      /** The most data objects that may go with the connection; null where Immuta does not count them. */
      readonly childCeiling: number | null;
      /** When the connection that was looked at was made: another one under its key is not meant. */
      readonly createdAt?: string | undefined;
    }
  | { readonly kind: 'absent' };

/** A plan of either operation, as far as a decision is about it. */
export type DecidablePlan = Pick<PreparedPlan & { kind: 'plan' }, 'plan' | 'policy'>;
