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

/** The account Immuta uses afterwards, in Immuta's words (reference: its connection registration payload guide). */
export const SnowflakeSystemAccount = z.discriminatedUnion('authenticationType', [
  z.strictObject({ authenticationType: z.literal('userPassword'), username: Name, password: SecretReference, role: Name }),
  z.strictObject({
    authenticationType: z.literal('keyPair'),
    username: Name,
    role: Name,
    privateKey: SecretReference,
    privateKeyPassword: SecretReference.optional(),
  }),
]);
export type SnowflakeSystemAccount = z.infer<typeof SnowflakeSystemAccount>;

/** Who runs the scripts. Never sent to Immuta. `warehouse` defaults to the connection's. */
export const SnowflakePrivilegedUser = z.discriminatedUnion('authenticationType', [
  z.strictObject({
    authenticationType: z.literal('userPassword'),
    username: Name,
    password: SecretReference,
    role: Name,
    warehouse: Name.optional(),
  }),
  z.strictObject({
    authenticationType: z.literal('keyPair'),
    username: Name,
    role: Name,
    warehouse: Name.optional(),
    privateKey: SecretReference,
    privateKeyPassword: SecretReference.optional(),
  }),
]);
export type SnowflakePrivilegedUser = z.infer<typeof SnowflakePrivilegedUser>;

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
