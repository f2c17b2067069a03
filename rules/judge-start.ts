// Anyone may start a workflow. Workflow code that throws on a strange input is tried again for ever, and the run holds its connection all the
// while; so what the workflow itself leans on is looked at before it begins. The activities parse the rest (activities/request.ts).
import { isDuration } from './duration.js';
import { platformFacts } from './platform-facts.js';
import { connectionWorkflowId } from './workflow-id.js';

const waits = ['quietPeriod', 'heartbeatTimeout', 'verifyDeadline', 'pollInterval'] as const;

/** Why a run cannot begin with this input, in words; `undefined` if it can. */
export function obstacleToStart(input: unknown): string | undefined {
  const { connectionKey, requester, immuta, target, script, timing } = fields(input);
  if (!isText(connectionKey)) return '"connectionKey" is missing.';
  if (!isText(requester)) return '"requester" is missing.';
  if (!isUrl(fields(immuta)['url'])) return '"immuta.url" is missing, or no web address.';
  const obstacle = obstacleInTarget(fields(target));
  if (obstacle !== undefined) return obstacle;
  if (!isDuration(fields(script)['expiresAfter'])) return '"script.expiresAfter" is no duration such as 72h, at most a year.';
  const strange = waits.find((name) => !isDuration(fields(timing)[name]));
  return strange === undefined ? undefined : `"timing.${strange}" is no duration such as 30s.`;
}

function obstacleInTarget(target: Readonly<Record<string, unknown>>): string | undefined {
  const platform = Object.entries(platformFacts).find(([technology]) => technology === target['technology']);
  if (platform === undefined) return `"target.technology" is none of ${Object.keys(platformFacts).join(', ')}.`;
  const [, { databaseKind }] = platform;
  return isText(target['host']) && isText(target[databaseKind]) ? undefined : `"target" needs "host" and "${databaseKind}".`;
}

/** The workflow ID is the lock of the connection: under another one a second run could change it at the same time. */
export function holdsLock(workflowId: string, request: { readonly immuta: { readonly url: string }; readonly connectionKey: string }): boolean {
  return workflowId === connectionWorkflowId(request.immuta.url, request.connectionKey);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/[^/?#]/i.test(value);
}
