// From a resolved login to the driver's options. Fresh for each connection, because the driver changes the object it is given and forgets the
// password after the first answer. No `queryTag` here: the connection's would win over the one of each statement.
import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { ConnectionOptions } from 'snowflake-sdk';
import { PlatformError } from '../platform-error.js';
import type { SnowflakeLogin } from '../runner-messages.js';
import type { Driver, DriverConnection } from './driver.js';
import { loginFailure } from './error.js';

/** Logs in once. A refused login is never tried again: a wrong password tried again locks the account. */
export async function logIn(driver: Driver, login: SnowflakeLogin): Promise<DriverConnection> {
  const options = connectionOptions(await withToken(login));
  return await new Promise((resolve, reject) => {
    try {
      // The callback form: `connectAsync` resolves when the login failed.
      driver.createConnection(options).connect((error, connection) => {
        if (error === undefined || error === null) resolve(connection);
        else reject(loginFailure(error, login));
      });
    } catch (error) {
      reject(loginFailure(error, login));
    }
  });
}

type ReadyLogin = SnowflakeLogin & { readonly credential: Exclude<SnowflakeLogin['credential'], { readonly kind: 'oAuthClientCredentials' }> };

/** An OAuth client gets its token here, not in the driver (docs/decisions/0003-oauth-token.md). One token a session: a session outlives its token. */
async function withToken({ credential, ...login }: SnowflakeLogin): Promise<ReadyLogin> {
  if (credential.kind !== 'oAuthClientCredentials') return { ...login, credential };
  const { fetchAccessToken } = await import('../oauth-token.js'); // only this authentication pays for its library
  // In the form, as Snowflake's own driver sends it.
  const { token } = await fetchAccessToken(credential, { authentication: 'post' });
  return { ...login, credential: { kind: 'oAuthToken', token } };
}

/** The driver's options for one connection. */
export function connectionOptions(login: ReadyLogin): ConnectionOptions {
  return {
    accessUrl: `${login.plainHttp ? 'http' : 'https'}://${login.host}:${login.port}`,
    account: accountOf(login.host),
    ...(login.username === undefined ? {} : { username: login.username }),
    role: login.role,
    warehouse: login.warehouse,
    application: 'Mooring',
    clientSessionKeepAlive: false, // nothing is sent that no message asked for
    timeout: 60_000, // ms for each HTTP request; Snowflake answers "in progress" after 45 s at the latest
    sfRetryMaxLoginRetries: 0, // only Temporal retries
    retryTimeout: 300, // s; the least the driver takes
    streamResult: true, // else an HTTP failure makes the driver send its whole series of attempts twice
    ...credentialOptions(login),
  };
}

function credentialOptions({ credential, who }: ReadyLogin): ConnectionOptions {
  // The driver silently falls back to a password for an authenticator it does not know: upper-case constants only.
  switch (credential.kind) {
    case 'userPassword':
      return { authenticator: 'SNOWFLAKE', password: credential.password };
    case 'keyPair': {
      const key = readPrivateKey(credential.privateKey, credential.privateKeyPassword, who);
      return { authenticator: 'SNOWFLAKE_JWT', privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
    }
    case 'oAuthToken':
      return { authenticator: 'OAUTH', token: readToken(credential.token, who) };
    case 'programmaticAccessToken':
      return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: readToken(credential.token, who) };
  }
}

/** A token is one word; a file that holds more is the wrong file, and its content has no business at Snowflake. */
function readToken(text: string, who: string): string {
  const token = text.trim();
  if (/^[\x21-\x7E]+$/.test(token)) return token;
  throw badCredential(
    `The token of ${who}`,
    'is empty, or holds blanks or line breaks',
    'Store the token alone in the secret that privilegedUser.token refers to.',
  );
}

/** PKCS#8, encrypted PKCS#8 or PKCS#1 in PEM. Read here, not by the driver, which passes on OpenSSL's own errors. */
function readPrivateKey(pem: string, passphrase: string | undefined, username: string): KeyObject {
  const encrypted = pem.includes('ENCRYPTED');
  if (encrypted && (passphrase === undefined || passphrase === ''))
    throw badKey(username, 'is encrypted, and no passphrase was given', 'Name its passphrase as privateKeyPassword of the privileged user.');
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem.trim(), format: 'pem', ...(encrypted ? { passphrase } : {}) });
  } catch {
    if (encrypted)
      throw badKey(
        username,
        'could not be decrypted: the passphrase is wrong, or the file is damaged',
        'Correct the secret that privateKeyPassword refers to. Check it with: openssl pkey -in key.p8 -noout',
      );
    throw badKey(
      username,
      'is not a private key in PEM form',
      'Give the whole file that begins with "-----BEGIN PRIVATE KEY-----" or "-----BEGIN ENCRYPTED PRIVATE KEY-----".',
    );
  }
  if (key.asymmetricKeyType === 'rsa') return key;
  throw badKey(username, `is not an RSA key but ${key.asymmetricKeyType ?? 'unknown'}`, 'Snowflake takes RSA keys of 2048 bits or more.');
}

function badKey(username: string, what: string, next: string): PlatformError {
  return badCredential(`The private key of the privileged user ${username}`, what, next);
}

function badCredential(subject: string, what: string, next: string): PlatformError {
  return new PlatformError({ kind: 'credential-refused', message: `${subject} ${what}. Nothing was sent.`, next, ambiguous: false });
}

/** The account is the first label of the host, with or without a region after it. A loopback address has none; any word does. */
function accountOf(host: string): string {
  const [label = ''] = host.split('.');
  return /^[A-Za-z]/.test(label) ? label : 'loopback';
}
