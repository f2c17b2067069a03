// The manifest that `init` writes: plain text with comments, because a person goes on from here. Values are written as JSON texts, which YAML reads
// as they are.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `init` has to know. Secrets are references here as everywhere. */
export interface NewManifest {
  readonly immutaUrl: string;
  readonly immutaSecret: string;
  readonly connectionKey: string;
  readonly host: string;
  readonly port: number;
  readonly warehouse: string;
  readonly database: string;
  readonly systemAccount: NewAccount;
  readonly privilegedUser: NewAccount;
  readonly policy: 'approval' | 'automatic';
}

export interface NewAccount {
  readonly authenticationType: 'keyPair' | 'userPassword';
  readonly username: string;
  readonly role: string;
  /** Of the private key or of the password. */
  readonly secret: string;
}

/** The text of a manifest that lies in `folder`. */
export function manifestText(manifest: NewManifest, folder: string): string {
  const { immutaUrl, immutaSecret, connectionKey, host, port, warehouse, database, systemAccount, privilegedUser, policy } = manifest;
  return `# yaml-language-server: $schema=${schemaReference(folder)}
# Secrets are references, resolved by the worker: env:NAME or file:/absolute/path. Never write a secret here.
immuta:
  url: ${quoted(immutaUrl)}
  authentication: apiKey
  secret: ${quoted(immutaSecret)}

# Merged under every connection.
defaults:
  script: { policy: ${policy}, expiresAfter: 72h }

connections:
  ${quoted(connectionKey)}:
    technology: Snowflake
    host: ${quoted(host)}
    port: ${port}
    warehouse: ${quoted(warehouse)}
    database: ${quoted(database)} # new: the bootstrap script creates it, and Immuta owns it
    systemAccount: # the account Immuta uses afterwards
${account(systemAccount)}
    privilegedUser: # runs the scripts; never sent to Immuta
${account(privilegedUser)}
`;
}

function account({ authenticationType, username, role, secret }: NewAccount): string {
  const secretKey = authenticationType === 'keyPair' ? 'privateKey' : 'password';
  return `      authenticationType: ${authenticationType}
      username: ${quoted(username)}
      role: ${quoted(role)}
      ${secretKey}: ${quoted(secret)}`;
}

/** Plain where YAML reads plain text as text, else in quotes. */
function quoted(text: string): string {
  const plain = /^[A-Za-z/][A-Za-z0-9_./:-]*$/.test(text) && !text.endsWith(':') && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

/** The schema that lies beside this program: by a relative path where it is near, since a project moves as a whole. */
function schemaReference(folder: string): string {
  const schema = new URL('../manifest.schema.json', import.meta.url);
  const near = relative(folder, fileURLToPath(schema));
  return near.startsWith('..') ? schema.href : `./${near}`;
}
