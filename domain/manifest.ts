// mooring.yaml as a value. Reading the file, and naming the line of a complaint, is the client's (`client/read-manifest.ts`).
import { z } from 'zod';
import { StandingConnectionKey } from './connection-key.js';
import { DatabricksTarget } from './databricks-target.js';
import type { DeregistrationRequest } from './deregistration-request.js';
import type { RegistrationRequest } from './registration-request.js';
import { ImmutaTarget, ScriptPolicy } from './registration-request.js';
import { SnowflakeTarget } from './snowflake-target.js';
import type { Timing } from './timing.js';

/** One entry under `connections`, after `defaults`. */
const script = ScriptPolicy.default({ policy: 'approval', expiresAfter: '72h' });
export const ManifestConnection = z.discriminatedUnion('technology', [SnowflakeTarget.extend({ script }), DatabricksTarget.extend({ script })], {
  error: ({ code, input }) => (code === 'invalid_union' ? technologyComplaint(input) : undefined),
});
export type ManifestConnection = z.infer<typeof ManifestConnection>;

/** The manifest after `defaults` were merged into every connection. The keys a person may write are these and `defaults`. */
export const MergedManifest = z.strictObject({
  $schema: z.string().optional(),
  immuta: ImmutaTarget.refine(({ url }) => url.startsWith('https://') || isLoopback(url), {
    path: ['url'],
    error: 'must start with https://; plain http is for a tenant on loopback only',
  }),
  connections: z.record(StandingConnectionKey, ManifestConnection).refine((connections) => Object.keys(connections).length > 0, {
    error: 'names no connection. Write at least one connectionKey with its settings under it',
  }),
});

/** mooring.yaml as a person writes it: `defaults` are deep-merged under every connection, arrays are replaced. */
export const Manifest = z.preprocess(mergeDefaults, MergedManifest);
export type Manifest = z.infer<typeof Manifest>;

/**
 * The request that registers one key of a manifest; `undefined` when the manifest has no such key. The manifest may hold keys that only a
 * deregistration takes: whether this one meets the rule for new keys, `ConnectionKey` says.
 */
export function registrationRequest(
  manifest: Manifest,
  connectionKey: string,
  by: { readonly requester: string; readonly timing: Timing },
): RegistrationRequest | undefined {
  // Object.hasOwn: a key may be called `constructor`.
  const entry = Object.hasOwn(manifest.connections, connectionKey) ? manifest.connections[connectionKey] : undefined;
  if (entry === undefined) return undefined;
  const { script, ...target } = entry;
  return { connectionKey, immuta: manifest.immuta, target, script, requester: by.requester, timing: by.timing };
}

/** The same entry as the request that takes the connection out. */
export function deregistrationRequest(request: RegistrationRequest, integrationId: number | undefined): DeregistrationRequest {
  return { ...request, operation: 'deregister', ...(integrationId === undefined ? {} : { integrationId }) };
}

function mergeDefaults(written: unknown): unknown {
  if (!isObject(written)) return written;
  const { defaults, ...rest } = written;
  if (!isObject(defaults)) return defaults === undefined ? written : { ...written, defaults };
  if (!isObject(rest['connections'])) return rest;
  const connections = Object.entries(rest['connections']).map(([key, entry]) => [key, isObject(entry) ? merge(defaults, entry) : entry]);
  return { ...rest, connections: Object.fromEntries(connections) };
}

function merge(under: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const merged = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isObject(below) && isObject(value) ? merge(below, value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLoopback(url: string): boolean {
  return /^http:\/\/(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]+)?(\/|$)/i.test(url);
}

function technologyComplaint(entry: unknown): string {
  const input = isObject(entry) ? entry['technology'] : undefined;
  if (input === undefined) return 'is missing. Write technology: Snowflake or technology: Databricks';
  const asked = typeof input === 'string' && /^[A-Za-z][A-Za-z0-9 ()_-]{0,40}$/.test(input) ? `is ${input}, but ` : '';
  return `${asked}this version of Mooring registers Snowflake and Databricks. Write one of them as technology, or leave the connection out`;
}
