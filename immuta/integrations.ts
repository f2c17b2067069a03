// Integrations: Immuta's policy links to platforms. Only what decides something is read; an unknown status is kept as Immuta's own word.
import { z } from 'zod';
import type { Answer, Call, Tenant } from './tenant.js';
import { Validation, failedTests } from './validation.js';
import { Id, OptionalId, OptionalText, normalHost, parsedJson } from './wire.js';

/** An integration as far as we read it. `host` is `config.host` or `config.workspaceUrl`, normalised; `database` is the database or catalog. */
export interface IntegrationRecord {
  readonly id: number;
  readonly type: string;
  readonly status: string;
  readonly host: string | undefined;
  readonly database: string | undefined;
  /** Failed validation tests, one sentence each. */
  readonly complaints: readonly string[];
}

/** `GET /integrations`. A list that says it is not whole is refused: what is missing could be the one. */
export async function listIntegrations(tenant: Tenant): Promise<readonly IntegrationRecord[]> {
  const answer = await tenant.ask(call('GET', []));
  const found = tenant.read(IntegrationList, answer);
  const list = Array.isArray(found) ? found : (found.integrations ?? found.hits ?? found.data);
  if (list === undefined) throw tenant.badAnswer(answer.call, 'holds no list', answer.status);
  const total = Array.isArray(found) ? undefined : (found.total ?? found.totalCount ?? found.count);
  if (total !== undefined && total > list.length) throw tenant.badAnswer(answer.call, `holds ${list.length} of ${total} integrations`, answer.status);
  return list.map((integration) => recordOf(integration, tenant));
}

/** `GET /integrations/{id}`; `undefined` on 404. */
export async function getIntegration(tenant: Tenant, integrationId: number): Promise<IntegrationRecord | undefined> {
  const answer = await tenant.askForOne(call('GET', [String(integrationId)]));
  if (answer === undefined) return undefined;
  const found = tenant.read(Integration, answer);
  if (found.id !== integrationId) throw tenant.badAnswer(answer.call, `is about integration ${found.id} instead of ${integrationId}`, answer.status);
  return recordOf(found, tenant);
}

/** `GET /integrations/{id}/status`: an object, a JSON string or a bare word; `undefined` on 404. */
export async function integrationStatus(tenant: Tenant, integrationId: number): Promise<string | undefined> {
  const answer = await tenant.askForOne(call('GET', [String(integrationId), 'status']));
  if (answer === undefined) return undefined;
  const word = statusIn(answer, tenant);
  return tenant.words.show(word, longestStatus);
}

/** `DELETE /integrations/{id}`: for what a failed registration left. Not the way to drop a connection. */
export async function deleteIntegration(tenant: Tenant, integrationId: number): Promise<void> {
  const answer = await tenant.ask({ ...call('DELETE', [String(integrationId)]), writes: true });
  tenant.refuseHtml(answer);
}

const longestStatus = 64; // the longest known word has 24

function call(method: Call['method'], path: readonly string[]): Call {
  return { method, path: ['integrations', ...path], permission: 'APPLICATION_ADMIN', writes: false };
}

const Integration = z.looseObject({
  id: Id,
  status: z.string().min(1).catch('unknown'),
  type: z.string().min(1),
  config: z
    .looseObject({ host: OptionalText, workspaceUrl: OptionalText, database: OptionalText, catalog: OptionalText })
    .optional()
    .catch(undefined),
  validationResults: Validation.optional().catch(undefined),
});

const List = z.array(Integration).optional();
const IntegrationList = z.union([
  z.array(Integration),
  z.looseObject({ integrations: List, hits: List, data: List, total: OptionalId, totalCount: OptionalId, count: OptionalId }),
]);

function recordOf({ id, type, status, config, validationResults }: z.infer<typeof Integration>, tenant: Tenant): IntegrationRecord {
  const host = config?.host ?? config?.workspaceUrl;
  return {
    id,
    type: tenant.words.show(type, longestStatus),
    status: tenant.words.show(status, longestStatus),
    host: host === undefined ? undefined : normalHost(host),
    database: config?.database ?? config?.catalog,
    complaints: failedTests(validationResults, tenant.words),
  };
}

function statusIn(answer: Answer, tenant: Tenant): string {
  if (parsedJson(answer.text) === undefined && /^\s*[A-Za-z]+\s*$/.test(answer.text)) return answer.text.trim();
  const found = tenant.read(z.union([z.string().min(1), z.looseObject({ status: z.string().min(1) })]), answer);
  return typeof found === 'string' ? found : found.status;
}
