// What a plan says of its target that differs by platform; a third platform is one more case here.
import type { PlatformTarget } from '../domain/platform-target.js';
import { describeServicePrincipal, type DatabricksTarget } from '../domain/databricks-target.js';
import { describePrivilegedUser, type SnowflakeTarget } from '../domain/snowflake-target.js';
import { databaseOf } from '../rules/platform-facts.js';
import { endingPasswords } from './ending-passwords.js';

export interface TargetFacts {
  /** Who runs the scripts and how that user logs in, in words. */
  readonly privilegedUser: string;
  /** Names a cleanup script may drop without a person's consent, besides those its bootstrap script creates. */
  readonly manifestNames: readonly string[];
  /** The role that Immuta shows of a connection to it; absent where the platform has none. */
  readonly role?: string | undefined;
  /** Sentences for the plan that its accounts give reason for. */
  readonly dangers: readonly string[];
}

export function factsOf(target: PlatformTarget): TargetFacts {
  switch (target.technology) {
    case 'Snowflake':
      return snowflakeFacts(target);
    case 'Databricks':
      return databricksFacts(target);
  }
}

function snowflakeFacts(target: SnowflakeTarget): TargetFacts {
  const { privilegedUser, database, impersonation, systemAccount } = target;
  return {
    privilegedUser: `${describePrivilegedUser(privilegedUser)} (role ${privilegedUser.role}, ${privilegedUser.authenticationType})`,
    manifestNames: [database, `${database}_SYSTEM`, ...(impersonation.role === undefined ? [] : [impersonation.role])],
    role: systemAccount.role,
    dangers: endingPasswords(target),
  };
}

function databricksFacts(target: DatabricksTarget): TargetFacts {
  const { privilegedUser } = target;
  return {
    privilegedUser: `${describeServicePrincipal(privilegedUser)} (${privilegedUser.authenticationType})`,
    manifestNames: [databaseOf(target).name],
    dangers: [],
  };
}
