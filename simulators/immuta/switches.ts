import { Refusal } from './refusal.js';
import { flag, integer, listOf, oneOf, record } from './payload-rules.js';
import type { Rule } from './payload-rules.js';

export const permissions = ['APPLICATION_ADMIN', 'CREATE_DATA_SOURCE', 'GOVERNANCE'] as const;
export type Permission = (typeof permissions)[number];

/** Where the vendor's documentation is silent, or versions disagree, a switch stands for each reading. All have a default; all can change while it runs. */
export interface Switches {
  /** How the three script endpoints answer; the documentation shows no sample. */
  readonly scriptForm: 'text' | 'jsonString' | 'jsonObject' | 'jsonArray';
  /** Adds a CALL, or on Databricks an EXECUTE IMMEDIATE, to the bootstrap script: a statement whose effect only the platform can read. */
  readonly opaqueStatements: boolean;
  /** The published example quotes the password with double quotes. */
  readonly doubleQuotedPassword: boolean;
  /** Off: `POST /integrations/scripts/cleanup` answers 404, as an older tenant does. */
  readonly cleanupScript: boolean;
  /** Off: `POST /data/connection/test` answers 404; later pages do not mention it. */
  readonly connectionTest: boolean;
  /** Off: the keys `workspaces` and `lineage` are refused; the features were removed in 2026. */
  readonly legacyFeatureKeys: boolean;
  /** How long an integration stays `creating`, and what it becomes. */
  readonly creatingMs: number;
  readonly creationEnding: 'enabled' | 'createError' | 'disabled';
  /** Whether the connection outlives an integration that did not become `enabled`: not documented. */
  readonly connectionAfterCreateError: 'kept' | 'removed';
  /** How long an integration stays `deleting`, and what it becomes. */
  readonly deletingMs: number;
  readonly deletionEnding: 'gone' | 'deleteError' | 'disabled';
  /** The documentation's table says number, its example says string. */
  readonly integrationIdForm: 'number' | 'string';
  readonly statusForm: 'object' | 'string';
  /** Off: `GET /data/connection/{key}` leaves `nativeIntegrationId` out. */
  readonly nativeIntegrationId: boolean;
  /** The documentation's table and example of the delete answer contradict each other. */
  readonly deletionAnswer: 'connectionKey' | 'objectPath' | 'both';
  /** On: any key is taken, as older tenants did, whose connections still stand. */
  readonly oldKeys: boolean;
  /** On: a connection has to be inactive before it can be deleted, as the new API demands. */
  readonly strictState: boolean;
  /** How many data objects a new connection finds. */
  readonly children: number;
  readonly jobMs: number;
  readonly jobEnding: 'completed' | 'failed' | 'expired' | 'cancelled';
  readonly jobsForm: 'array' | 'map';
  /** On: a call without credentials answers 500, as public clients have met it. */
  readonly legacy500: boolean;
  /** Off: an API key after `Bearer` is refused; the Terraform provider sends it so, no page says it works. */
  readonly apiKeyAsBearer: boolean;
  readonly tokenLifetimeMs: number;
  /** What the caller may do. */
  readonly permissions: readonly Permission[];
}

export const defaultSwitches: Switches = {
  scriptForm: 'text',
  opaqueStatements: false,
  doubleQuotedPassword: false,
  cleanupScript: true,
  connectionTest: true,
  legacyFeatureKeys: true,
  creatingMs: 200,
  creationEnding: 'enabled',
  connectionAfterCreateError: 'kept',
  deletingMs: 200,
  deletionEnding: 'gone',
  integrationIdForm: 'number',
  statusForm: 'object',
  nativeIntegrationId: true,
  deletionAnswer: 'both',
  oldKeys: false,
  strictState: false,
  children: 12,
  jobMs: 300,
  jobEnding: 'completed',
  jobsForm: 'array',
  legacy500: false,
  apiKeyAsBearer: true,
  tokenLifetimeMs: 3_600_000, // no length is published; an hour outlives every test that does not ask for less
  permissions,
};

const day = 86_400_000;
const rules: { readonly [K in keyof Switches]: Rule<Switches[K]> } = {
  scriptForm: oneOf('text', 'jsonString', 'jsonObject', 'jsonArray'),
  opaqueStatements: flag,
  doubleQuotedPassword: flag,
  cleanupScript: flag,
  connectionTest: flag,
  legacyFeatureKeys: flag,
  creatingMs: integer(0, day),
  creationEnding: oneOf('enabled', 'createError', 'disabled'),
  connectionAfterCreateError: oneOf('kept', 'removed'),
  deletingMs: integer(0, day),
  deletionEnding: oneOf('gone', 'deleteError', 'disabled'),
  integrationIdForm: oneOf('number', 'string'),
  statusForm: oneOf('object', 'string'),
  nativeIntegrationId: flag,
  deletionAnswer: oneOf('connectionKey', 'objectPath', 'both'),
  oldKeys: flag,
  strictState: flag,
  children: integer(0, 200_000),
  jobMs: integer(0, day),
  jobEnding: oneOf('completed', 'failed', 'expired', 'cancelled'),
  jobsForm: oneOf('array', 'map'),
  legacy500: flag,
  apiKeyAsBearer: flag,
  tokenLifetimeMs: integer(0, day),
  permissions: listOf(oneOf(...permissions)),
};

/** Reads the switches somebody wants to set. Throws a 400 that names an unknown switch or a wrong value. */
export function readSwitches(value: unknown): Partial<Switches> {
  const given = record(value, '');
  const read: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(given)) {
    if (!Object.hasOwn(rules, name)) throw new Refusal(400, `"${name}" is no switch. There are: ${Object.keys(rules).join(', ')}.`);
    read[name] = rules[name as keyof Switches](setting, name);
  }
  return read;
}
