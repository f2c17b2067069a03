import { expect, test } from 'vitest';
import { connectionPayload, scriptPayload } from '../../immuta/payloads.js';
import { encryptedKeyPairTarget, keyPairTarget, passwordTarget, resolveSecret, secrets } from './tenant-server.js';

const reveal = async (reference: string) => (await resolveSecret(reference)).reveal();
const noFeatures = { audit: { enabled: true }, impersonation: { enabled: false } };

test('a password account gives exactly the documented keys, the same credential in both places', async () => {
  const proof = { authenticationType: 'userPassword', username: 'IMMUTA_SYSTEM', password: secrets['env:IMMUTA_PASSWORD'] };

  const payload = await connectionPayload('snow_prod', passwordTarget, reveal);

  expect(payload).toStrictEqual({
    connectionKey: 'snow_prod',
    connection: {
      technology: 'Snowflake',
      hostname: 'acme.eu-west-1.snowflakecomputing.com',
      port: 443,
      warehouse: 'IMMUTA_WH',
      role: 'IMMUTA_ROLE',
      ...proof,
    },
    settings: { isActive: false },
    options: { forceRecursiveCrawl: true },
    nativeIntegration: {
      type: 'Snowflake',
      autoBootstrap: false,
      config: {
        host: 'acme.eu-west-1.snowflakecomputing.com',
        port: 443,
        warehouse: 'IMMUTA_WH',
        database: 'IMMUTA',
        role: 'IMMUTA_ROLE',
        ...proof,
        ...noFeatures,
      },
    },
  });
});

test('a key pair goes out as plain PEM under the key name that Immuta demands', async () => {
  const payload = await scriptPayload(keyPairTarget, reveal);

  expect(payload).toStrictEqual({
    type: 'Snowflake',
    autoBootstrap: false,
    config: {
      host: 'acme.eu-west-1.snowflakecomputing.com',
      port: 443,
      warehouse: 'IMMUTA_WH',
      database: 'IMMUTA',
      role: 'IMMUTA_ROLE',
      authenticationType: 'keyPair',
      username: 'IMMUTA_SYSTEM',
      privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'rsa_key.p8', content: secrets['env:IMMUTA_KEY'] },
      ...noFeatures,
    },
  });
});

test('an encrypted key pair brings its passphrase, and every option of the manifest is sent', async () => {
  const payload = await connectionPayload('snow_prod', encryptedKeyPairTarget, reveal);

  const proof = {
    authenticationType: 'keyPair',
    username: 'IMMUTA_SYSTEM',
    privateKey: { keyName: 'PRIV_KEY_FILE', userFilename: 'rsa_key.p8', content: secrets['env:IMMUTA_ENCRYPTED_KEY'] },
    privateKeyPassword: 'canary-passphrase-5c4b',
  };
  expect(payload).toStrictEqual({
    connectionKey: 'snow_prod',
    connection: {
      technology: 'Snowflake',
      hostname: 'acme.eu-west-1.snowflakecomputing.com',
      port: 8443,
      warehouse: 'IMMUTA_WH',
      role: 'IMMUTA_ROLE',
      ...proof,
    },
    settings: { isActive: true, activateNewChildren: false },
    options: { forceRecursiveCrawl: false },
    nativeIntegration: {
      type: 'Snowflake',
      autoBootstrap: false,
      config: {
        host: 'acme.eu-west-1.snowflakecomputing.com',
        port: 8443,
        warehouse: 'IMMUTA_WH',
        database: 'IMMUTA',
        role: 'IMMUTA_ROLE',
        ...proof,
        audit: { enabled: false },
        impersonation: { enabled: true, role: 'IMMUTA_IMPERSONATION' },
        userRolePattern: { exclude: ['LOADER'] },
      },
    },
  });
});

const oAuthClient = { clientId: 'immuta-client', authorityUrl: 'https://idp.example.com/token', scope: 'session:role-any', provider: 'Okta' };
const oAuthTarget = {
  ...keyPairTarget,
  systemAccount: {
    authenticationType: 'oAuthClientCredentials',
    role: 'IMMUTA_ROLE',
    oAuthClientConfig: { useCertificate: false, ...oAuthClient, clientSecret: 'env:IMMUTA_PASSWORD' },
  },
} as const;
const certificateTarget = {
  ...keyPairTarget,
  systemAccount: {
    ...oAuthTarget.systemAccount,
    oAuthClientConfig: { useCertificate: true, ...oAuthClient, publicCertificateThumbprint: '3F2A', oauthPrivateKey: 'env:IMMUTA_KEY' },
  },
} as const;

test.each([
  ['a secret', oAuthTarget, { useCertificate: false, clientSecret: secrets['env:IMMUTA_PASSWORD'] }],
  [
    'a certificate',
    certificateTarget,
    {
      useCertificate: true,
      publicCertificateThumbprint: '3F2A',
      oauthPrivateKey: { keyName: 'oauth client certificate', userFilename: 'oauth_client.key', content: secrets['env:IMMUTA_KEY'] },
    },
  ],
])('an OAuth client with %s says which it is, names no user, and its provider only where the script is made', async (_name, target, proof) => {
  const { connection, nativeIntegration } = await connectionPayload('snow_prod', target, reveal);

  const { provider, ...withoutProvider } = oAuthClient;
  expect(connection).toStrictEqual({
    technology: 'Snowflake',
    hostname: 'acme.eu-west-1.snowflakecomputing.com',
    port: 443,
    warehouse: 'IMMUTA_WH',
    role: 'IMMUTA_ROLE',
    authenticationType: 'oAuthClientCredentials',
    oAuthClientConfig: { ...withoutProvider, ...proof },
  });
  expect(nativeIntegration.config).toStrictEqual({
    host: 'acme.eu-west-1.snowflakecomputing.com',
    port: 443,
    warehouse: 'IMMUTA_WH',
    database: 'IMMUTA',
    role: 'IMMUTA_ROLE',
    authenticationType: 'oAuthClientCredentials',
    oAuthClientConfig: { provider, ...withoutProvider, ...proof },
    ...noFeatures,
  });
});

test('what the manifest leaves out of an OAuth client is not sent', async () => {
  const { clientId, authorityUrl } = oAuthClient;
  const oAuthClientConfig = { useCertificate: false, clientId, authorityUrl, clientSecret: 'env:IMMUTA_PASSWORD' } as const;
  const target = { ...oAuthTarget, systemAccount: { ...oAuthTarget.systemAccount, oAuthClientConfig } };

  const { config } = await scriptPayload(target, reveal);

  expect(config.oAuthClientConfig).toStrictEqual({ useCertificate: false, clientId, authorityUrl, clientSecret: secrets['env:IMMUTA_PASSWORD'] });
});

test('the script request is byte for byte the nativeIntegration of the registration', async () => {
  for (const target of [passwordTarget, keyPairTarget, encryptedKeyPairTarget, oAuthTarget, certificateTarget]) {
    const script = await scriptPayload(target, reveal);
    const registration = await connectionPayload('snow_prod', target, reveal);

    expect(JSON.stringify(script)).toBe(JSON.stringify(registration.nativeIntegration));
  }
});

test('a registration resolves each secret once, so that a rotation cannot make its two places differ', async () => {
  let resolved = 0;
  const rotating = async () => `password ${++resolved}`;

  const payload = await connectionPayload('snow_prod', passwordTarget, rotating);

  expect(resolved).toBe(1);
  expect(payload.connection).toMatchObject({ password: 'password 1' });
  expect(payload.nativeIntegration.config).toMatchObject({ password: 'password 1' });
});

test('nothing of the privileged user is in any payload', async () => {
  const text = JSON.stringify(await connectionPayload('snow_prod', passwordTarget, reveal));

  expect(text).not.toContain('ADMIN');
});

test('a private key that is no PEM, or is encrypted without a passphrase, is refused before anything is sent', async () => {
  const encryptedKey = { authenticationType: 'keyPair', username: 'U', role: 'R', privateKey: 'env:IMMUTA_ENCRYPTED_KEY' } as const;
  const notPem = { authenticationType: 'keyPair', username: 'U', role: 'R', privateKey: 'env:IMMUTA_PASSPHRASE' } as const;

  await expect(scriptPayload({ ...keyPairTarget, systemAccount: encryptedKey }, reveal)).rejects.toMatchObject({ kind: 'invalid-request' });
  await expect(scriptPayload({ ...keyPairTarget, systemAccount: notPem }, reveal)).rejects.toThrow(/PEM form/);
  const certificate = { ...certificateTarget.systemAccount.oAuthClientConfig, oauthPrivateKey: 'env:IMMUTA_ENCRYPTED_KEY' };
  const systemAccount = { ...certificateTarget.systemAccount, oAuthClientConfig: certificate };
  await expect(scriptPayload({ ...keyPairTarget, systemAccount }, reveal)).rejects.toThrow(/oauthPrivateKey is encrypted/);
});
