import { z } from 'zod';
import { SecretReference } from './secret-reference.js';

const Name = z.string().min(1).max(255);
const Host = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    'must be the host name of the workspace without scheme, port or path, such as adb-1234567890123456.7.azuredatabricks.net',
  );
const Port = z.int().min(1).max(65535);
const HttpPath = z
  .string()
  .regex(
    /^\/?sql\/[A-Za-z0-9._~/-]+(\?o=[0-9]+)?$/,
    'must be the HTTP path of a SQL warehouse or cluster, such as /sql/1.0/warehouses/0123456789abcdef (Connection details in the workspace)',
  );
/** Immuta takes letters, digits and underscores; Unity Catalog keeps names in lower case whatever is written. */
const Catalog = z
  .string()
  .max(255)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a new catalog: letters, digits and "_", and no digit first');
const TokenAddress = z.string().regex(/^https:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be the https address of the token endpoint');

/** Immuta's own keys for OAuth client credentials (reference: its connection registration payload guide). */
export const DatabricksOAuthClientConfig = z.strictObject({
  useCertificate: z.literal(false).default(false),
  clientId: Name,
  clientSecret: SecretReference,
  scope: z.string().min(1).default('all-apis'),
  /** Of the workspace: `https://<host>/oidc/v1/token`. */
  authorityUrl: TokenAddress,
  resource: z.string().min(1).optional(),
});
export type DatabricksOAuthClientConfig = z.infer<typeof DatabricksOAuthClientConfig>;

/** The service principal Immuta uses afterwards, in Immuta's words. */
export const DatabricksSystemAccount = z.discriminatedUnion('authenticationType', [
  z.strictObject({ authenticationType: z.literal('token'), token: SecretReference }),
  z.strictObject({ authenticationType: z.literal('oAuthM2M'), oAuthClientConfig: DatabricksOAuthClientConfig }),
]);
export type DatabricksSystemAccount = z.infer<typeof DatabricksSystemAccount>;

/** Who runs the scripts. Never sent to Immuta. */
export const DatabricksPrivilegedUser = z.discriminatedUnion('authenticationType', [
  z.strictObject({ authenticationType: z.literal('token'), token: SecretReference }),
  /** A service principal; its token comes from the workspace itself. */
  z.strictObject({ authenticationType: z.literal('oAuthM2M'), clientId: Name, clientSecret: SecretReference }),
]);
export type DatabricksPrivilegedUser = z.infer<typeof DatabricksPrivilegedUser>;

/** Who that is, for a sentence. A token names nobody before it has logged in. */
export function describeServicePrincipal(user: DatabricksPrivilegedUser): string {
  return user.authenticationType === 'oAuthM2M' ? `the service principal ${user.clientId}` : 'the owner of the access token';
}

/** What a manifest says of one Databricks workspace with Unity Catalog, with defaults applied. Holds references, never secrets. */
export const DatabricksTarget = z.strictObject({
  technology: z.literal('Databricks'),
  host: Host,
  port: Port.default(443),
  httpPath: HttpPath,
  /** New: Immuta owns it, and the bootstrap script creates it. */
  catalog: Catalog,
  systemAccount: DatabricksSystemAccount,
  privilegedUser: DatabricksPrivilegedUser,
  audit: z.strictObject({ enabled: z.boolean() }).default({ enabled: true }),
  settings: z.strictObject({ isActive: z.boolean().default(false), activateNewChildren: z.boolean().optional() }).default({ isActive: false }),
  options: z.strictObject({ forceRecursiveCrawl: z.boolean().default(true) }).default({ forceRecursiveCrawl: true }),
  /** Members of this account group are exempt from policies. */
  groupPattern: z.strictObject({ deny: Name }).optional(),
  /** Narrows the audit to these workspaces. */
  workspaceIds: z.array(z.string().regex(/^[0-9]+$/, 'must be the number of a workspace, in quotes')).optional(),
  /** The proxy through which Immuta reaches the workspace; this program does not use it. */
  proxyOptions: z.strictObject({ host: Name, port: Port.optional(), username: Name.optional(), password: SecretReference.optional() }).optional(),
});
export type DatabricksTarget = z.infer<typeof DatabricksTarget>;
