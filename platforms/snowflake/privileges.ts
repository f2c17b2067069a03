// What a role may do on the account, through all the roles it inherits. Snowflake's own roles have their privileges by definition, whether or not
// SHOW GRANTS lists them (Snowflake: "Overview of Access Control", system-defined roles).
import type { OwnStatement } from './own-statements.js';
import type { Row } from './statement.js';

/** Account privileges of a role. `WITH GRANT OPTION` is noted because Immuta asks for it. */
export interface AccountPrivileges {
  readonly has: (privilege: string) => boolean;
  readonly mayGrant: (privilege: string) => boolean;
  /** USAGE or OWNERSHIP on this warehouse, or MANAGE WAREHOUSES. */
  readonly mayUseWarehouse: (name: string) => boolean;
}

const byDefinition: Readonly<Record<string, readonly string[]>> = {
  SECURITYADMIN: ['MANAGE GRANTS', 'CREATE ROLE', 'CREATE USER'],
  USERADMIN: ['CREATE ROLE', 'CREATE USER'],
  SYSADMIN: ['CREATE DATABASE', 'CREATE WAREHOUSE'],
};

const roleLimit = 200; // a hierarchy deeper than any we heard of; beyond it privileges count as missing, which a person can judge

/** Reads the grants of `role` and of every role granted to it. */
export async function readPrivileges(read: (statement: OwnStatement) => Promise<readonly Row[]>, role: string): Promise<AccountPrivileges> {
  const granted = new Map<string, boolean>(); // privilege -> with grant option
  const warehouses = new Set<string>();
  const seen = new Set([role, 'PUBLIC']); // what PUBLIC may do, every role may do
  for (const current of seen) {
    if (current === 'ACCOUNTADMIN') return everything;
    if (seen.size > roleLimit) break;
    for (const privilege of byDefinition[current] ?? []) granted.set(privilege, true);
    for (const row of await read({ name: 'grants-to-role', role: current })) {
      const { privilege = '', granted_on: on = '', name = '', grant_option: option } = row;
      if (on === 'ROLE' && privilege === 'USAGE')
        seen.add(unquoted(name)); // a Set is walked to its end, also over what is added meanwhile
      else if (on === 'ACCOUNT') granted.set(privilege, granted.get(privilege) === true || option?.toLowerCase() === 'true');
      else if (on === 'WAREHOUSE' && ['USAGE', 'OWNERSHIP'].includes(privilege)) warehouses.add(unquoted(name));
    }
  }
  return {
    has: (privilege) => granted.has(privilege),
    mayGrant: (privilege) => granted.get(privilege) === true,
    mayUseWarehouse: (name) => warehouses.has(name) || granted.has('MANAGE WAREHOUSES'),
  };
}

const everything: AccountPrivileges = { has: () => true, mayGrant: () => true, mayUseWarehouse: () => true };

function unquoted(name: string): string {
  return name.startsWith('"') && name.endsWith('"') && name.length > 1 ? name.slice(1, -1).replaceAll('""', '"') : name;
}
