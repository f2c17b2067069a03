// A new account, as the vendor hands one out: system roles, their privileges, the shared SNOWFLAKE database, and the users asked for.
// [doc] docs.snowflake.com/en/user-guide/security-access-control-overview ("System-defined roles").
import { Account } from './account.js';
import type { Clock } from './account.js';
import type { PropertyValue } from './catalog.js';
import { accountPrivileges } from './object-kinds.js';
import type { OAuthClient, UserToken } from '../simulated-platform.js';

export interface SimulatedUser {
  readonly name: string;
  readonly password?: string;
  /** SPKI, PEM. */
  readonly publicKeyPem?: string;
  readonly defaultRole: string;
  readonly roles: readonly string[];
  readonly tokens?: readonly UserToken[];
  readonly oAuthClients?: readonly OAuthClient[];
}

const systemRoles = ['ACCOUNTADMIN', 'SECURITYADMIN', 'USERADMIN', 'SYSADMIN', 'PUBLIC'];

/** [doc] what is not listed here belongs to ACCOUNTADMIN. */
const heldBy: Readonly<Record<string, string>> = {
  'CREATE DATABASE': 'SYSADMIN',
  'CREATE WAREHOUSE': 'SYSADMIN',
  'CREATE ROLE': 'USERADMIN',
  'CREATE USER': 'USERADMIN',
  'MANAGE GRANTS': 'SECURITYADMIN',
  'CREATE NETWORK POLICY': 'SECURITYADMIN',
};

/** [doc] database roles of the shared database that governance tools are given. */
const sharedDatabaseRoles = ['OBJECT_VIEWER', 'USAGE_VIEWER', 'GOVERNANCE_VIEWER', 'SECURITY_VIEWER'];

export function newAccount(clock: Clock, users: readonly SimulatedUser[], warehouses: readonly string[]): Account {
  const account = new Account(clock);
  for (const role of systemRoles) account.create('ROLE', [role], null);
  account.grantRole('USERADMIN', { kind: 'ROLE', name: 'SECURITYADMIN' }, '');
  account.grantRole('SECURITYADMIN', { kind: 'ROLE', name: 'ACCOUNTADMIN' }, '');
  account.grantRole('SYSADMIN', { kind: 'ROLE', name: 'ACCOUNTADMIN' }, '');
  for (const privilege of accountPrivileges) {
    const to = { kind: 'ROLE', name: heldBy[privilege] ?? 'ACCOUNTADMIN' } as const;
    account.grants.add({ privilege, on: { kind: 'ACCOUNT', path: [] }, to, grantOption: true, grantedBy: '', createdAt: clock.now() });
  }

  account.create('DATABASE', ['SNOWFLAKE'], null);
  account.create('SCHEMA', ['SNOWFLAKE', 'ACCOUNT_USAGE'], null);
  for (const role of sharedDatabaseRoles) account.create('DATABASE ROLE', ['SNOWFLAKE', role], null);
  // [doc] ACCOUNTADMIN alone can use the shared database until it grants imported privileges; its INFORMATION_SCHEMA functions answer to everybody
  grantOn(account, 'IMPORTED PRIVILEGES', { kind: 'DATABASE', path: ['SNOWFLAKE'] }, 'ACCOUNTADMIN');

  for (const warehouse of warehouses) {
    account.create('WAREHOUSE', [warehouse], 'SYSADMIN');
    // [known] the warehouse of a new account can be used by everybody
    grantOn(account, 'USAGE', { kind: 'WAREHOUSE', path: [warehouse] }, 'PUBLIC');
  }
  for (const user of users) addUser(account, user);
  account.catalog.takeChanges();
  return account;
}

function addUser(account: Account, user: SimulatedUser): void {
  const name = user.name.toUpperCase();
  const properties = new Map<string, PropertyValue>([
    ['LOGIN_NAME', name],
    ['DEFAULT_ROLE', user.defaultRole],
    // A user set up for automation: no secondary roles, so that what the primary role lacks shows
    ['DEFAULT_SECONDARY_ROLES', []],
  ]);
  if (user.password !== undefined) properties.set('PASSWORD', user.password);
  if (user.publicKeyPem !== undefined) properties.set('RSA_PUBLIC_KEY', user.publicKeyPem);
  account.create('USER', [name], 'USERADMIN', properties);
  for (const role of new Set([...user.roles, user.defaultRole])) {
    if (account.catalog.find('ROLE', [role]) === undefined) account.create('ROLE', [role], 'USERADMIN');
    if (role !== 'PUBLIC') account.grantRole(role, { kind: 'USER', name }, 'ACCOUNTADMIN');
  }
}

function grantOn(account: Account, privilege: string, on: { kind: string; path: readonly string[] }, role: string): void {
  account.grants.add({ privilege, on, to: { kind: 'ROLE', name: role }, grantOption: false, grantedBy: '', createdAt: account.clock.now() });
}
