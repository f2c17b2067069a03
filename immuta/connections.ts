// Connections and their data objects. A key goes out as one encoded path segment, and what comes back must name the same key byte for byte:
// a proxy or a server that tidied it up would otherwise make us read, or delete, another connection.
import { z } from 'zod';
import type { PlatformTarget } from '../domain/platform-target.js';
import { ImmutaError } from './immuta-error.js';
import { connectionPayload } from './payloads.js';
import type { Answer, Call, Tenant } from './tenant.js';
import { describeTests, findValidation } from './validation.js';
import { Id, OptionalId, OptionalText, normalHost, parsedJson } from './wire.js';

/** A connection as Immuta reads it back: no secret in it. `host` is normalised, `createdAt` is ISO 8601 in UTC. */
export interface ConnectionRecord {
  readonly connectionKey: string;
  readonly technology: string | undefined;
  readonly host: string | undefined;
  readonly role: string | undefined;
  readonly username: string | undefined;
  readonly warehouse: string | undefined;
  readonly authenticationType: string | undefined;
  readonly createdAt: string | undefined;
  /** E-mail address, name or number of the user who registered it: the first that is given. */
  readonly creator: string | undefined;
  readonly integrationId: number | undefined;
}

/** How many data objects lie under a connection; not `exact` when Immuta may have given one page only. */
export interface ChildCount {
  readonly count: number;
  readonly exact: boolean;
}

const writePermission = 'APPLICATION_ADMIN and CREATE_DATA_SOURCE';
const readPermission = 'APPLICATION_ADMIN (or CREATE_DATA_SOURCE, GOVERNANCE)';
const deletePermission = 'APPLICATION_ADMIN (older tenants: Infrastructure Admin on the connection)';

/** `POST /data/connection/test`: a dry run. Tenants after 2024 may not answer it. */
export async function testConnection(tenant: Tenant, connectionKey: string, target: PlatformTarget): Promise<'passed' | 'not-answered'> {
  const answer = await tenant.askIfOffered({ ...registration(tenant, connectionKey, target, ['data', 'connection', 'test']), writes: false });
  if (answer === undefined) return 'not-answered';
  tenant.refuseHtml(answer);
  const validation = findValidation(parsedJson(answer.text));
  const failed = validation?.status === 'failed' || validation?.validationTests?.some((test) => test.status === 'failed');
  if (validation === undefined || !failed) return 'passed';
  const tests = describeTests(validation, tenant.words).join('\n');
  throw new ImmutaError('validation-failed', `Immuta's test of the connection failed at ${answer.call.label}${tests === '' ? '' : `\n${tests}`}`, {
    next: 'Correct what the tests name (system account, role, warehouse), then start again.',
    status: answer.status,
  });
}

/** `POST /data/connection`. The answer promises nothing: confirm with `getConnection`. Gives the id of the background jobs where there is one. */
export async function createConnection(
  tenant: Tenant,
  connectionKey: string,
  target: PlatformTarget,
  mayLeave?: () => void,
): Promise<{ readonly bulkId: string | undefined }> {
  const answer = await tenant.ask({ ...registration(tenant, connectionKey, target, ['data', 'connection']), mayLeave });
  if (answer.text.trim() === '') return { bulkId: undefined };
  const created = tenant.read(Created, answer);
  sameKey(tenant, answer, connectionKey, created);
  return { bulkId: created.bulkId };
}

/** `GET /data/connection/{key}`; `undefined` on 404. */
export async function getConnection(tenant: Tenant, connectionKey: string): Promise<ConnectionRecord | undefined> {
  const answer = await tenant.askForOne({ method: 'GET', path: ['data', 'connection', connectionKey], permission: readPermission, writes: false });
  if (answer === undefined) return undefined;
  const found = tenant.read(Connection, answer);
  sameKey(tenant, answer, connectionKey, found);
  const { technology, hostname, role, username, warehouse, authenticationType } = found.connection;
  return {
    connectionKey,
    technology,
    host: hostname === undefined ? undefined : normalHost(hostname),
    role,
    username,
    warehouse,
    authenticationType,
    createdAt: instant(found.createdAt),
    creator: found.creator?.email ?? found.creator?.name ?? (found.creator?.id ?? found.createdBy)?.toString(),
    integrationId: found.nativeIntegrationId,
  };
}

/** `DELETE /data/object/{key}`: the connection and all its data objects. 404 is `not-found`: only the caller knows whether it deleted before. */
export async function deleteConnection(tenant: Tenant, connectionKey: string, mayLeave?: () => void): Promise<{ readonly childCount: number }> {
  const answer = await tenant.ask({
    method: 'DELETE',
    path: ['data', 'object', connectionKey],
    permission: deletePermission,
    writes: true,
    mayLeave,
  });
  const deleted = tenant.read(Deleted, answer);
  sameKey(tenant, answer, connectionKey, deleted);
  return { childCount: deleted.childCount };
}

/** `POST /data/object/search/{key}`; `undefined` where the tenant does not answer it. */
export async function countChildren(tenant: Tenant, connectionKey: string): Promise<ChildCount | undefined> {
  const answer = await tenant.askIfOffered({
    method: 'POST',
    path: ['data', 'object', 'search', connectionKey],
    body: () => ({}),
    permission: readPermission,
    writes: false,
  });
  if (answer === undefined) return undefined;
  const found = tenant.read(SearchResult, answer);
  if (Array.isArray(found)) return { count: found.length, exact: false };
  const total = found.total ?? found.totalCount ?? found.count;
  const page = found.hits ?? found.objects ?? found.results ?? found.data ?? found.children;
  if (total !== undefined) return { count: Math.max(total, page?.length ?? 0), exact: true };
  if (page === undefined) throw tenant.badAnswer(answer.call, 'holds neither a list nor a number', answer.status);
  return { count: page.length, exact: false };
}

function registration(tenant: Tenant, connectionKey: string, target: PlatformTarget, path: readonly string[]): Call {
  return { method: 'POST', path, body: () => connectionPayload(connectionKey, target, tenant.reveal), permission: writePermission, writes: true };
}

const ObjectPath = z.union([z.array(z.string()), z.string().transform((path) => [path])]);

const Created = z.looseObject({ connectionKey: z.string().optional(), objectPath: ObjectPath.optional(), bulkId: OptionalText });

const Connection = z.looseObject({
  connectionKey: z.string(),
  connection: z.looseObject({
    technology: OptionalText,
    hostname: OptionalText,
    role: OptionalText,
    username: OptionalText,
    warehouse: OptionalText,
    authenticationType: OptionalText,
  }),
  createdAt: z.union([z.string(), z.number()]).optional().catch(undefined),
  createdBy: OptionalId,
  creator: z.looseObject({ id: OptionalId, name: OptionalText, email: OptionalText }).optional().catch(undefined),
  nativeIntegrationId: OptionalId,
});

// Immuta's table names `connectionKey`, its example `objectPath`: at least one has to say what was deleted.
const Deleted = z
  .looseObject({ childCount: Id, connectionKey: z.string().optional(), objectPath: ObjectPath.optional() })
  .refine((deleted) => deleted.connectionKey !== undefined || deleted.objectPath !== undefined, { path: ['connectionKey'] });

const Page = z.array(z.unknown()).optional().catch(undefined);
const SearchResult = z.union([
  z.array(z.unknown()),
  z.looseObject({
    total: OptionalId,
    totalCount: OptionalId,
    count: OptionalId,
    hits: Page,
    objects: Page,
    results: Page,
    data: Page,
    children: Page,
  }),
]);

function sameKey(
  tenant: Tenant,
  answer: Answer,
  connectionKey: string,
  named: { readonly connectionKey?: string | undefined; readonly objectPath?: readonly string[] | undefined },
): void {
  const keyAgrees = named.connectionKey === undefined || named.connectionKey === connectionKey;
  const pathAgrees = named.objectPath === undefined || (named.objectPath.length === 1 && named.objectPath[0] === connectionKey);
  if (keyAgrees && pathAgrees) return;
  const other = keyAgrees ? (named.objectPath ?? []).join('/') : (named.connectionKey ?? '');
  throw tenant.badAnswer(
    answer.call,
    `is about another connection: "${tenant.words.show(other, 120)}" instead of "${tenant.words.show(connectionKey, 120)}"`,
    answer.status,
    'Nothing is concluded from it. Look at both connections in Immuta.',
  );
}

/** A point in time; text without a zone proves nothing and counts as absent. */
function instant(value: string | number | undefined): string | undefined {
  if (typeof value === 'string' && !/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:?\d{2})$/i.test(value)) return undefined;
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
