// The three script generators. Their answer's form is documented nowhere, so the reader takes plain text, a JSON string, and JSON objects and
// arrays that hold the text; it refuses what is empty, a web page, or holds no statement. The text is never shown, not even in part.
import type { PlatformTarget } from '../domain/platform-target.js';
import { ImmutaError } from './immuta-error.js';
import { scriptPayload } from './payloads.js';
import type { Answer, Call, Tenant } from './tenant.js';
import { parsedJson } from './wire.js';

const permission = 'APPLICATION_ADMIN';

/** `POST /integrations/scripts/create`: a pure generator, nothing is stored. */
export async function bootstrapScript(tenant: Tenant, target: PlatformTarget): Promise<string> {
  const answer = await tenant.ask(generator('create', target, tenant));
  return scriptOf(answer, tenant) ?? refuseEmpty(answer, tenant);
}

/** `POST /integrations/scripts/cleanup`; `undefined` on 404, 405 and an empty answer: older tenants have none to give. */
export async function cleanupScript(tenant: Tenant, target: PlatformTarget): Promise<string | undefined> {
  const answer = await tenant.askIfOffered(generator('cleanup', target, tenant));
  return answer === undefined ? undefined : scriptOf(answer, tenant);
}

/** `POST /integrations/{id}/scripts/delete`, documented without a body; `{}` where a server insists on one. */
export async function deletionScript(tenant: Tenant, integrationId: number): Promise<string> {
  const call: Call = { method: 'POST', path: ['integrations', String(integrationId), 'scripts', 'delete'], permission, writes: false };
  const answer = await tenant.ask(call).catch((error: unknown) => {
    if (error instanceof ImmutaError && (error.status === 400 || error.status === 415)) return tenant.ask({ ...call, body: () => ({}) });
    throw error;
  });
  return scriptOf(answer, tenant) ?? refuseEmpty(answer, tenant);
}

function generator(kind: 'create' | 'cleanup', target: PlatformTarget, tenant: Tenant): Call {
  return { method: 'POST', path: ['integrations', 'scripts', kind], body: () => scriptPayload(target, tenant.reveal), permission, writes: false };
}

const sqlWord =
  /\b(create|alter|drop|grant|revoke|use|set|unset|call|begin|declare|execute|insert|update|delete|merge|select|show|describe|comment|undrop|truncate)\b/i;

/** The script in an answer; `undefined` when it is empty. */
export function scriptOf(answer: Answer, tenant: Tenant): string | undefined {
  const declaredJson = /\bjson\b/i.test(answer.headers.get('content-type') ?? '');
  const text = declaredJson || /^\s*["[{]/.test(answer.text) ? textIn(answer, tenant) : answer.text;
  if (text.trim() === '') return undefined;
  tenant.refuseHtml({ ...answer, text });
  if (!sqlWord.test(text)) throw tenant.badAnswer(answer.call, 'holds no SQL statement', answer.status);
  return text;
}

function textIn(answer: Answer, tenant: Tenant): string {
  if (answer.text.trim() === '') return '';
  const body = parsedJson(answer.text);
  if (body === undefined) return answer.text; // declared JSON, sent plain: the checks that follow decide
  const script = scriptIn(body);
  if (script === undefined) throw tenant.badAnswer(answer.call, 'is JSON that holds no script', answer.status);
  return script;
}

const namesOfScript = ['script', 'scripts', 'sql', 'content', 'data', 'result', 'body'] as const;

function scriptIn(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return body;
  if (body === null) return '';
  if (typeof body !== 'object' || depth > 3) return undefined;
  if (Array.isArray(body)) {
    const parts = body.map((part) => scriptIn(part, depth + 1));
    return parts.every((part) => part !== undefined) ? parts.join('\n') : undefined;
  }
  const fields = new Map<string, unknown>(Object.entries(body));
  for (const name of namesOfScript) {
    const script = fields.has(name) ? scriptIn(fields.get(name), depth + 1) : undefined;
    if (script !== undefined) return script;
  }
  return undefined;
}

function refuseEmpty(answer: Answer, tenant: Tenant): never {
  throw tenant.badAnswer(
    answer.call,
    'holds an empty script',
    answer.status,
    'Look at the integration in Immuta; without a script nothing can be run.',
  );
}
