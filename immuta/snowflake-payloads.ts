// What Immuta is told about a Snowflake account. The same credential stands in two places of a registration (`connection` and
// `nativeIntegration.config`) and in the script request. Keys are exactly those of Immuta's registration payload guide; the script's copy alone also
// names the OAuth `provider`. `workspaces` and `lineage` are never sent (removed features, refused by newer tenants).
import type { SnowflakeSystemAccount, SnowflakeTarget } from '../domain/snowflake-target.js';
import { ImmutaError } from './immuta-error.js';
import type { Reveal } from './reveal.js';

export async function snowflakeScriptPayload(target: SnowflakeTarget, reveal: Reveal) {
  return nativeIntegration(target, await credential(target.systemAccount, reveal));
}

/** `connection` and `nativeIntegration` of a registration. */
export async function snowflakeConnectionPayload(target: SnowflakeTarget, reveal: Reveal) {
  const proof = await credential(target.systemAccount, reveal);
  return {
    connection: {
      technology: target.technology,
      hostname: target.host,
      port: target.port,
      warehouse: target.warehouse,
      role: target.systemAccount.role,
      ...withoutProvider(proof),
    },
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
  switch (account.authenticationType) {
    case 'userPassword':
      return { authenticationType: account.authenticationType, username: account.username, password: await reveal(account.password) };
    case 'keyPair': {
      const content = await reveal(account.privateKey);
      const passphrase = account.privateKeyPassword === undefined ? {} : { privateKeyPassword: await reveal(account.privateKeyPassword) };
      checkPem(content, 'privateKey');
      if (isEncrypted(content) && account.privateKeyPassword === undefined) throw encryptedWithoutPassphrase();
      return {
        authenticationType: account.authenticationType,
        username: account.username,
        // Immuta demands this keyName; userFilename is only shown. The PEM goes plain: base64 is the rule of another API of Immuta.
        privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'rsa_key.p8', content },
        ...passphrase,
      };
    }
    case 'oAuthClientCredentials':
      return { authenticationType: account.authenticationType, oAuthClientConfig: await oAuthClient(account.oAuthClientConfig, reveal) };
  }
}

type OAuthClientConfig = Extract<SnowflakeSystemAccount, { readonly authenticationType: 'oAuthClientCredentials' }>['oAuthClientConfig'];

async function oAuthClient(config: OAuthClientConfig, reveal: Reveal) {
  const { provider, clientId, authorityUrl, scope, resource } = config;
  const common = {
    ...(provider === undefined ? {} : { provider }),
    clientId,
    authorityUrl,
    ...(scope === undefined ? {} : { scope }),
    ...(resource === undefined ? {} : { resource }),
  };
  if (!config.useCertificate) return { useCertificate: false, ...common, clientSecret: await reveal(config.clientSecret) };
  const content = await reveal(config.oauthPrivateKey);
  checkPem(content, 'oAuthClientConfig.oauthPrivateKey');
  if (isEncrypted(content)) throw encryptedCertificateKey();
  return {
    useCertificate: true,
    ...common,
    publicCertificateThumbprint: config.publicCertificateThumbprint,
    oauthPrivateKey: { keyName: 'oauth client certificate', userFilename: 'oauth_client.key', content },
  };
}

/** Immuta's guide names `provider` where the script is made, and not among the keys of `connection`. */
function withoutProvider(proof: Credential) {
  if (proof.oAuthClientConfig === undefined) return proof;
  const { provider: _provider, ...oAuthClientConfig } = proof.oAuthClientConfig;
  return { ...proof, oAuthClientConfig };
}

/** A wrong file would be stored by Immuta and fail much later, after the bootstrap script ran. */
function checkPem(content: string, key: string): void {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(content)) return;
  throw new ImmutaError('invalid-request', `systemAccount.${key} does not hold a private key in PEM form. Nothing was sent.`, {
    next: 'Store the whole file, from -----BEGIN PRIVATE KEY----- to its END line.',
  });
}

function isEncrypted(pem: string): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

function encryptedWithoutPassphrase(): ImmutaError {
  return new ImmutaError(
    'invalid-request',
    'systemAccount.privateKey is encrypted and systemAccount.privateKeyPassword is missing. Nothing was sent.',
    { next: 'Add privateKeyPassword with a reference to the passphrase, or use an unencrypted key.' },
  );
}

function encryptedCertificateKey(): ImmutaError {
  return new ImmutaError(
    'invalid-request',
    'systemAccount.oAuthClientConfig.oauthPrivateKey is encrypted, and Immuta takes no passphrase for it. Nothing was sent.',
    { next: 'Store the key without a passphrase: openssl pkey -in client.key -out client-plain.key' },
  );
}
