// The manifests of examples/ on the simulators. The text stays as it is but for addresses, client ids and the folder of secrets; every reference keeps
// its name, and finds the credential of the simulators that it stands for.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest } from '../../client/read-manifest.js';
import type { Sandbox } from '../../dev/sandbox.js';
import type { ManifestConnection } from '../../domain/manifest.js';
import { asAccountAdmin } from './account-admin.js';
import type { Stage } from './stage.js';

const folder = fileURLToPath(new URL('../../../examples/', import.meta.url));

export const exampleFiles: readonly string[] = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** One connection of an example, and how everybody logs in. */
export interface WayIn {
  readonly connectionKey: string;
  readonly platform: 'Snowflake' | 'Databricks';
  readonly systemAccount: string;
  readonly privilegedUser: string;
  readonly immuta: string;
}

export function waysIn(file: string): readonly WayIn[] {
  const { immuta, connections } = readManifest(join(folder, file), folder);
  return Object.entries(connections).map(([connectionKey, connection]) => ({
    connectionKey,
    platform: connection.technology,
    systemAccount: describeAccount(connection.systemAccount),
    privilegedUser: describeAccount(connection.privilegedUser),
    immuta: immuta.authentication,
  }));
}

type Account = ManifestConnection['systemAccount'] | ManifestConnection['privilegedUser'];

function describeAccount(account: Account): string {
  const kind = account.authenticationType;
  if ('privateKeyPassword' in account && account.privateKeyPassword !== undefined) return `${kind} (encrypted)`;
  if (kind === 'oAuthClientCredentials' && 'oAuthClientConfig' in account)
    return `${kind} (${account.oAuthClientConfig.useCertificate ? 'certificate' : 'secret'})`;
  return kind;
}

const passphrase = 'canary-passphrase-31d7';

/** Credentials under the names that the examples give them: files in `run-secrets`, and the environment that a worker has to have. */
export async function provideSecrets(sandbox: Sandbox): Promise<Readonly<Record<string, string>>> {
  const { secretFolder } = sandbox;
  const secret = async (name: string): Promise<string> => (await readFile(join(secretFolder, name), 'utf8')).trim();
  const encrypted = async (name: string): Promise<string> =>
    createPrivateKey(await secret(name))
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString();
  const apiKey = await secret('immuta.api-key');
  const certificateKey = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const files: Readonly<Record<string, string>> = {
    'immuta-api-key': apiKey,
    'immuta.p8': await secret('immuta.p8'),
    'admin.p8': await secret('admin.p8'),
    'admin-eu.p8': await encrypted('admin.p8'),
    'admin-us.p8': await encrypted('admin.p8'),
    'admin.oauth-token': await secret('admin.oauth-token'),
    'immuta-client.key': certificateKey,
    'mooring-client-secret': await secret('admin.oauth-client-secret'),
    'databricks.token': await secret('databricks.token'),
    'databricks-immuta.token': await secret('databricks-immuta.token'),
    'databricks.client-secret': await secret('databricks.client-secret'),
    'databricks-immuta.client-secret': await secret('databricks-immuta.client-secret'),
  };
  await mkdir(join(secretFolder, 'run', 'encrypted'), { recursive: true, mode: 0o700 });
  const write = (name: string, value: string): Promise<void> => writeFile(join(secretFolder, name), value, { mode: 0o600 });
  await Promise.all(Object.entries(files).flatMap(([name, value]) => [write(`run/${name}`, value), write(`run/encrypted/${name}`, value)]));
  await write('run/encrypted/immuta.p8', await encrypted('immuta.p8'));
  return {
    IMMUTA_API_KEY: apiKey,
    IMMUTA_KEY_PASSPHRASE: passphrase,
    SNOWFLAKE_ADMIN_PASSPHRASE: passphrase,
    IMMUTA_OAUTH_CLIENT_SECRET: 'canary-client-secret-77aa',
    IMMUTA_SYSTEM_ACCOUNT_PASSWORD: await secret('immuta.password'),
    SNOWFLAKE_ADMIN_PASSWORD: await secret('admin.password'),
    SNOWFLAKE_ADMIN_TOKEN: await secret('admin.pat'),
  };
}

/** A token of the tenant, fetched as somebody without Mooring would. */
export async function provideBearer({ secretFolder, simulators }: Sandbox): Promise<void> {
  const apikey = (await readFile(join(secretFolder, 'immuta.api-key'), 'utf8')).trim();
  const response = await fetch(`${simulators.immuta.url}/bim/apikey/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apikey }),
  });
  const { token } = (await response.json()) as { token: string };
  await writeFile(join(secretFolder, 'run', 'immuta-token'), token, { mode: 0o600 });
}

/** Makes the example the manifest of the stage, and what it takes for granted on the account: a role that installs, a warehouse of its own. */
export async function simulated(stage: Stage, file: string): Promise<void> {
  const { simulators, secretFolder } = stage.sandbox;
  const { snowflake, databricks } = simulators;
  const text = readFileSync(join(folder, file), 'utf8');
  const folderOfSecrets = join(secretFolder, 'run', text.includes('privateKeyPassword') ? 'encrypted' : '');
  const replacements: readonly (readonly [written: RegExp, simulated: string])[] = [
    [/https:\/\/acme\.hosted\.immutacloud\.com/g, simulators.immuta.url],
    [/^ +port: 443\n/gm, ''],
    [/^( +)host: acme\.[a-z0-9.-]+/gm, `$1host: ${snowflake.host}\n$1port: ${snowflake.port}`],
    [/^( +)host: adb-[a-z0-9.-]+/gm, `$1host: ${databricks.host}\n$1port: ${databricks.port}`],
    [/https:\/\/adb-[a-z0-9.-]+\/oidc\/v1\/token/g, databricks.tokenUrl],
    [/httpPath: [^\s#]+/g, `httpPath: ${databricks.httpPath}`],
    [/5f1d0c1e-[0-9a-f-]+/g, databricks.systemAccount.clientId],
    [/8b2e4d6f-[0-9a-f-]+/g, databricks.privilegedUser.clientId],
    [/clientId: mooring$/gm, 'clientId: mooring-admin'],
    [/tokenUrl: [^\s#]+/g, `tokenUrl: http://${snowflake.host}:${snowflake.port}/oauth/token-request`],
    [/file:\/run\/secrets\//g, `file:${folderOfSecrets}/`],
  ];
  await writeFile(
    join(stage.folder, 'mooring.yaml'),
    replacements.reduce((before, [written, instead]) => before.replace(written, instead), text),
  );
  if (text.includes('IMMUTA_INSTALLER')) await makeInstaller(stage);
  if (text.includes('ADMIN_WH')) await asAccountAdmin(stage.sandbox, 'CREATE WAREHOUSE ADMIN_WH');
}

/** What the vendor asks of a role that runs the script, and the roles that the script itself changes to. */
async function makeInstaller({ sandbox }: Stage): Promise<void> {
  const privileges = ['CREATE DATABASE', 'CREATE ROLE', 'CREATE USER', 'MANAGE GRANTS', 'APPLY MASKING POLICY', 'APPLY ROW ACCESS POLICY'];
  await asAccountAdmin(sandbox, 'CREATE ROLE IMMUTA_INSTALLER');
  for (const privilege of privileges) await asAccountAdmin(sandbox, `GRANT ${privilege} ON ACCOUNT TO ROLE IMMUTA_INSTALLER WITH GRANT OPTION`);
  await asAccountAdmin(sandbox, 'GRANT ROLE IMMUTA_INSTALLER TO USER MOORING_ADMIN');
}
