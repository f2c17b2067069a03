import type { SnowflakeTarget } from '../domain/snowflake-target.js';

/** A danger for each account that logs in by a password alone: Snowflake announced the end of that, for people and services, for August to October 2026. */
export function endingPasswords({ systemAccount, privilegedUser }: SnowflakeTarget): readonly string[] {
  return [
    ...(systemAccount.authenticationType === 'userPassword'
      ? [ending(`The system account ${systemAccount.username}`, 'Immuta then loses its access')]
      : []),
    ...(privilegedUser.authenticationType === 'userPassword'
      ? [ending(`The privileged user ${privilegedUser.username}`, 'scripts then no longer run')]
      : []),
  ];
}

function ending(who: string, then: string): string {
  return `${who} logs in by a password alone, which Snowflake is ending (announced for August to October 2026): ${then}. Use keyPair.`;
}
