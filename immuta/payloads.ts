// What Immuta is told about a Snowflake account. The same credential stands in two places of a registration (`connection` and
// `nativeIntegration.config`) and in the script request: all three are built from one source, so that they cannot differ. Keys are exactly
// those of Immuta's registration payload guide; `workspaces` and `lineage` are never sent (removed features, refused by newer tenants).
// The values returned hold secrets in clear: they live as long as one call.
import type { SecretReference } from '../domain/secret-reference.js';
import type { SnowflakeSystemAccount, SnowflakeTarget } from '../domain/snowflake-target.js';
import { ImmutaError } from './immuta-error.js';

/** Resolves a reference now and gives its value. */
export type Reveal = (reference: SecretReference) => Promise<string>;

/** The body of `POST /integrations/scripts/create` and of `POST /integrations/scripts/cleanup`. */
export async function scriptPayload(target: SnowflakeTarget, reveal: Reveal) {
  return nativeIntegration(target, await credential(target.systemAccount, reveal));
}

/** The body of `POST /data/connection` and of `POST /data/connection/test`. */
export async function connectionPayload(connectionKey: string, target: SnowflakeTarget, reveal: Reveal) {
  const proof = await credential(target.systemAccount, reveal);
  const { isActive, activateNewChildren } = target.settings;
  return {
    connectionKey,
    connection: {
      technology: target.technology,
      hostname: target.host,
      port: target.port,
      warehouse: target.warehouse,
      role: target.systemAccount.role,
      ...proof,
    },
    settings: { isActive, ...(activateNewChildren === undefined ? {} : { activateNewChildren }) },
    options: { forceRecursiveCrawl: target.options.forceRecursiveCrawl },
    nativeIntegration: nativeIntegration(target, proof),
  };
}

function nativeIntegration(target: SnowflakeTarget, proof: Credential) {
  const { enabled, role } = target.impersonation;
  return {
    type: target.technology,
    autoBootstrap: false,
    config: {
      host: target.host,
      port: target.port,
      warehouse: target.warehouse,
      database: target.database,
      role: target.systemAccount.role,
      ...proof,
      audit: { enabled: target.audit.enabled },
      impersonation: { enabled, ...(role === undefined ? {} : { role }) },
      ...(target.userRolePattern === undefined ? {} : { userRolePattern: { exclude: target.userRolePattern.exclude } }),
    },
  };
}

type Credential = Awaited<ReturnType<typeof credential>>;

async function credential(account: SnowflakeSystemAccount, reveal: Reveal) {
  const { authenticationType, username } = account;
  switch (authenticationType) {
    case 'userPassword':
      return { authenticationType, username, password: await reveal(account.password) };
    case 'keyPair': {
      const content = await reveal(account.privateKey);
      const passphrase = account.privateKeyPassword === undefined ? {} : { privateKeyPassword: await reveal(account.privateKeyPassword) };
      checkPem(content, account.privateKeyPassword !== undefined);
      return {
        authenticationType,
        username,
        // Immuta demands this keyName; userFilename is only shown. The PEM goes plain: base64 is the rule of another API of Immuta.
        privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'rsa_key.p8', content },
        ...passphrase,
      };
    }
  }
}

/** A wrong file would be stored by Immuta and fail much later, after the bootstrap script ran. */
function checkPem(content: string, hasPassphrase: boolean): void {
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(content);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(content))
    throw new ImmutaError('invalid-request', 'systemAccount.privateKey does not hold a private key in PEM form. Nothing was sent.', {
      next: 'Store the whole file, from -----BEGIN PRIVATE KEY----- to its END line.',
    });
  if (encrypted && !hasPassphrase)
    throw new ImmutaError(
      'invalid-request',
      'systemAccount.privateKey is encrypted and systemAccount.privateKeyPassword is missing. Nothing was sent.',
      {
        next: 'Add privateKeyPassword with a reference to the passphrase, or use an unencrypted key.',
      },
    );
}
