// Credentials that work on the simulators. They are made at start, or kept in a folder of which every file holds one value, so that a reference such
// as `file:<folder>/admin.p8` finds it: what the folder has is used, what it lacks is made and put there.
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PlatformUser, WorkspacePrincipal } from './simulated-platform.js';

export interface Login {
  readonly username: string;
  readonly role: string;
  readonly password: string;
  /** PKCS#8 PEM, not encrypted. */
  readonly privateKey: string;
}

/** A service principal of the Databricks workspace, with both ways to log in. */
export interface ServicePrincipal {
  /** Its application ID, which is also its name in grants. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** A personal access token. */
  readonly token: string;
}

export interface Credentials {
  readonly immutaApiKey: string;
  readonly warehouse: string;
  readonly privilegedUser: Login;
  /** Exists in the simulated account, as an admin makes it before a registration with a key pair. Its role does not: the bootstrap script makes it. */
  readonly systemAccount: Login;
  readonly databricks: { readonly privilegedUser: ServicePrincipal; readonly systemAccount: ServicePrincipal };
}

const files = {
  apiKey: 'immuta.api-key',
  adminPassword: 'admin.password',
  adminKey: 'admin.p8',
  systemPassword: 'immuta.password',
  systemKey: 'immuta.p8',
  databricksToken: 'databricks.token',
  databricksSecret: 'databricks.client-secret',
  databricksSystemToken: 'databricks-immuta.token',
  databricksSystemSecret: 'databricks-immuta.client-secret',
} as const;

/** Makes credentials, or completes those of a folder. Rejects if a file cannot be read or holds no usable key. */
export async function prepareCredentials(folder?: string): Promise<Credentials> {
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const keep = (file: string, make: () => Promise<string>): Promise<string> => (folder === undefined ? make() : kept(join(folder, file), make));
  const [immutaApiKey, adminPassword, adminKey, systemPassword, systemKey, token, clientSecret, systemToken, systemSecret] = await Promise.all([
    keep(files.apiKey, randomText),
    keep(files.adminPassword, randomText),
    keep(files.adminKey, makePrivateKey),
    keep(files.systemPassword, randomText),
    keep(files.systemKey, makePrivateKey),
    keep(files.databricksToken, randomToken),
    keep(files.databricksSecret, randomText),
    keep(files.databricksSystemToken, randomToken),
    keep(files.databricksSystemSecret, randomText),
  ]);
  return {
    immutaApiKey,
    warehouse: 'IMMUTA_WH',
    privilegedUser: { username: 'MOORING_ADMIN', role: 'ACCOUNTADMIN', password: adminPassword, privateKey: adminKey },
    systemAccount: { username: 'IMMUTA_SYSTEM_ACCOUNT', role: 'IMMUTA_SYSTEM', password: systemPassword, privateKey: systemKey },
    // Application IDs are UUIDs; these stay the same, so that a manifest can name them
    databricks: {
      privilegedUser: { clientId: 'c0ffee00-0000-4000-8000-000000000001', clientSecret, token },
      systemAccount: { clientId: 'c0ffee00-0000-4000-8000-000000000002', clientSecret: systemSecret, token: systemToken },
    },
  };
}

/** The users a fresh account has. */
export function platformUsers({ privilegedUser, systemAccount }: Credentials): readonly PlatformUser[] {
  return [
    platformUser(privilegedUser, privilegedUser.role, ['ACCOUNTADMIN', 'SECURITYADMIN', 'USERADMIN', 'SYSADMIN', 'PUBLIC']),
    platformUser(systemAccount, 'PUBLIC', ['PUBLIC']),
  ];
}

/** The principals a fresh workspace has. */
export function workspacePrincipals({ databricks: { privilegedUser, systemAccount } }: Credentials): readonly WorkspacePrincipal[] {
  return [
    { ...privilegedUser, name: privilegedUser.clientId, admin: true, privileges: ['CREATE CATALOG'] },
    { ...systemAccount, name: systemAccount.clientId, admin: false, privileges: [] },
  ];
}

function platformUser({ username, password, privateKey }: Login, defaultRole: string, roles: readonly string[]): PlatformUser {
  const publicKeyPem = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'pem' }).toString();
  return { name: username, password, publicKeyPem, defaultRole, roles };
}

async function kept(path: string, make: () => Promise<string>): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const value = await make();
  await writeFile(path, `${value}\n`, { mode: 0o600, flag: 'wx' });
  return value;
}

async function makePrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}

async function randomText(): Promise<string> {
  return randomBytes(24).toString('base64url');
}

/** In the shape of the vendor's personal access tokens. */
async function randomToken(): Promise<string> {
  return `dapi${randomBytes(16).toString('hex')}`;
}
