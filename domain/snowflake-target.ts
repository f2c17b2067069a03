import { z } from 'zod';
import { SecretReference } from './secret-reference.js';

const Name = z.string().min(1).max(255);
const Host = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    'must be a host name without scheme, port or path, such as acme.eu-west-1.snowflakecomputing.com',
  );
const Port = z.int().min(1).max(65535).default(443);
const HttpsUrl = z.string().regex(/^https:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[^\s#]*)?$/, 'must be a URL that starts with https://');
const TokenUrl = z
  .string()
  .regex(
    /^(https:\/\/[A-Za-z0-9.-]+|http:\/\/(localhost|127(\.[0-9]{1,3}){3}))(:[0-9]{1,5})?(\/[^\s#]*)?$/,
    'must be the token endpoint, a URL that starts with https://; plain http is for loopback only',
  )
  .refine((url) => URL.canParse(url), 'must be a URL with a host and a port that exist');

// Snowflake announced the end of single-factor passwords for August to October 2026; what still logs in so then is an exception that ends too.
const endingPassword = 'Ending: Snowflake takes single-factor passwords away. Prefer keyPair.';

const oAuthClient = {
  /** The name of the identity provider. Some tenants ask for it where the script is made. */
  provider: Name.optional(),
  clientId: Name,
  /** The identity provider's token endpoint. Immuta asks there, never we. */
  authorityUrl: HttpsUrl,
  scope: Name.optional(),
  resource: Name.optional(),
};

/** Immuta's `oAuthClientConfig`, in Immuta's own keys: an OAuth client that proves itself by a secret or by a certificate. */
const SnowflakeOAuthClientConfig = z.discriminatedUnion('useCertificate', [
  // Optional first: only so does a discriminated union know that an absent key means `false`.
  z.strictObject({ useCertificate: z.literal(false).optional().default(false), ...oAuthClient, clientSecret: SecretReference }),
  z.strictObject({
    useCertificate: z.literal(true),
    ...oAuthClient,
    publicCertificateThumbprint: Name,
    oauthPrivateKey: SecretReference,
  }),
]);

/** The account Immuta uses afterwards, in Immuta's words (reference: its connection registration payload guide). */
export const SnowflakeSystemAccount = z.discriminatedUnion('authenticationType', [
  z.strictObject({ authenticationType: z.literal('userPassword'), username: Name, password: SecretReference, role: Name }).describe(endingPassword),
  z.strictObject({
    authenticationType: z.literal('keyPair'),
    username: Name,
    role: Name,
    privateKey: SecretReference,
    privateKeyPassword: SecretReference.optional(),
  }),
  z.strictObject({ authenticationType: z.literal('oAuthClientCredentials'), role: Name, oAuthClientConfig: SnowflakeOAuthClientConfig }),
]);
export type SnowflakeSystemAccount = z.infer<typeof SnowflakeSystemAccount>;

const session = { role: Name, warehouse: Name.optional() };

/** Who runs the scripts. Never sent to Immuta. `warehouse` defaults to the connection's. */
export const SnowflakePrivilegedUser = z.discriminatedUnion('authenticationType', [
  z.strictObject({ authenticationType: z.literal('userPassword'), username: Name, password: SecretReference, ...session }).describe(endingPassword),
  z.strictObject({
    authenticationType: z.literal('keyPair'),
    username: Name,
    privateKey: SecretReference,
    privateKeyPassword: SecretReference.optional(),
    ...session,
  }),
  // A token says itself whose it is; a `username` beside it must agree.
  z.strictObject({ authenticationType: z.literal('oAuthToken'), username: Name.optional(), token: SecretReference, ...session }),
  z.strictObject({ authenticationType: z.literal('programmaticAccessToken'), username: Name.optional(), token: SecretReference, ...session }),
  z.strictObject({
    authenticationType: z.literal('oAuthClientCredentials'),
    clientId: Name,
    clientSecret: SecretReference,
    tokenUrl: TokenUrl,
    /** Default: `session:role:<role>`, as Snowflake's own drivers ask for it. */
    scope: Name.optional(),
    ...session,
  }),
]);
export type SnowflakePrivilegedUser = z.infer<typeof SnowflakePrivilegedUser>;

/** Who that is, for a sentence. A token names nobody before it has logged in. */
export function describePrivilegedUser(user: SnowflakePrivilegedUser): string {
  if (user.authenticationType === 'oAuthClientCredentials') return `the OAuth client ${user.clientId}`;
  return user.username ?? `the holder of the ${user.authenticationType === 'oAuthToken' ? 'OAuth token' : 'programmatic access token'}`;
}

const Switch = z.strictObject({ enabled: z.boolean() });

/** What a manifest says of one Snowflake account, with defaults applied. Holds references, never secrets. */
export const SnowflakeTarget = z.strictObject({
  technology: z.literal('Snowflake'),
  host: Host,
  port: Port,
  warehouse: Name,
  /** New: Immuta owns it, and the bootstrap script creates it. */
  database: Name,
  systemAccount: SnowflakeSystemAccount,
  privilegedUser: SnowflakePrivilegedUser,
  audit: Switch.default({ enabled: true }),
  impersonation: z.strictObject({ enabled: z.boolean(), role: Name.optional() }).default({ enabled: false }),
  settings: z.strictObject({ isActive: z.boolean().default(false), activateNewChildren: z.boolean().optional() }).default({ isActive: false }),
  options: z.strictObject({ forceRecursiveCrawl: z.boolean().default(true) }).default({ forceRecursiveCrawl: true }),
  userRolePattern: z.strictObject({ exclude: z.array(Name) }).optional(),
});
export type SnowflakeTarget = z.infer<typeof SnowflakeTarget>;
