// The script endpoints only make text: asking for a script changes nothing, so it may be asked for as often as one likes.
import { json, text } from './answer.js';
import type { Answer } from './answer.js';
import { complain, object, oneOf, optional, record } from './payload-rules.js';
import { Refusal } from './refusal.js';
import type { Route } from './route.js';
import { busy, integrationOf } from './integrations.js';
import { technologyOf } from './technologies.js';
import type { RequestedIntegration, Step } from './technology.js';
import type { Switches } from './switches.js';

/** Reads `{ type, autoBootstrap, config }`. Throws a 400. */
export function readIntegrationPayload(payload: unknown, path: string, step: Step, switches: Switches): RequestedIntegration {
  const technology = technologyOf(payload, 'type', path);
  const config = technology.integration(step, switches);
  const rule = object({ ...technology.envelope(step), type: oneOf(technology.name), autoBootstrap: oneOf(false), config });
  return rule(payload, path).config;
}

/** The account and database that a script was made for. */
export function scriptedFor({ account, database }: RequestedIntegration): string {
  return JSON.stringify([account, database]);
}

export const scriptRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/integrations/scripts/create',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer({ payload }, { switches, state, platforms }) {
      const integration = readIntegrationPayload(payload, '', 'script', switches);
      const body = integration.bootstrapScript(switches, platforms);
      state.scripted.set(scriptedFor(integration), integration.agreement);
      return script(body, switches);
    },
  },
  {
    method: 'POST',
    path: '/integrations/scripts/cleanup',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer({ payload }, { switches }) {
      if (!switches.cleanupScript) throw new Refusal(404, 'Not Found');
      return script(readIntegrationPayload(payload, '', 'script', switches).cleanupScript, switches);
    },
  },
  {
    method: 'POST',
    path: '/integrations/{id}/scripts/delete',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer({ segments, payload }, { switches, state }) {
      const [key] = Object.keys(optional(record)(payload, '') ?? {});
      if (key !== undefined) complain(key, 'is not allowed');
      const integration = integrationOf(segments, state);
      if (integration.status === 'creating') throw busy(integration);
      return script(integration.cleanupScript, switches);
    },
  },
];

function script(body: string, { scriptForm }: Switches): Answer {
  switch (scriptForm) {
    case 'text':
      return text(body);
    case 'jsonString':
      return json(body);
    case 'jsonObject':
      return json({ script: body });
    case 'jsonArray':
      return json(body.split('\n'));
  }
}
