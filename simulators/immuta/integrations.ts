import { json, text } from './answer.js';
import { Refusal } from './refusal.js';
import type { Route, Tenant } from './route.js';
import type { Integration, State } from './state.js';
import type { Switches } from './switches.js';

/** The integration a path names, or a 404 in the vendor's words. */
export function integrationOf([id = '']: readonly string[], state: State): Integration {
  const integration = /^\d+$/.test(id) ? state.integrations.get(Number(id)) : undefined;
  if (integration === undefined) throw new Refusal(404, `No integration found with ID ${id}`);
  return integration;
}

/** Lets an integration go: `deleting` first, then whatever the switch says when the time has come. */
export function release(integration: Integration, tenant: Tenant): void {
  const { state } = tenant;
  state.changeStatus(integration, 'deleting');
  state.after(tenant.switches.deletingMs, () => {
    const ending = tenant.switches.deletionEnding;
    if (ending === 'gone') state.removeIntegration(integration);
    else state.changeStatus(integration, ending);
  });
}

/** The answer to a change that has to wait for another to end. */
export function busy({ id, status }: Integration): Refusal {
  return new Refusal(409, `Unable to edit integration with ID ${id} in current state ${status}`);
}

/** An integration as it is read back, without secrets. */
export function showIntegration(integration: Integration, { integrationIdForm }: Switches): Record<string, unknown> {
  const { id, status, type, shown, validationTests } = integration;
  const healthy = status !== 'createError' && status !== 'deleteError';
  return {
    id: integrationIdForm === 'string' ? String(id) : id,
    status,
    type,
    autoBootstrap: false,
    config: shown,
    validationResults: { status: healthy ? 'passed' : 'failed', validationTests: healthy ? validationTests : [...validationTests, setUpFailed] },
  };
}

const setUpFailed = {
  name: 'Set up of the Immuta objects',
  status: 'failed',
  message: 'The integration could not be set up or removed in the platform.',
  result: [],
};

export const integrationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/integrations',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer: (_call, { state, switches }) => json([...state.integrations.values()].map((each) => showIntegration(each, switches))),
  },
  {
    method: 'GET',
    path: '/integrations/{id}',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer: ({ segments }, { state, switches }) => json(showIntegration(integrationOf(segments, state), switches)),
  },
  {
    method: 'GET',
    path: '/integrations/{id}/status',
    read: true,
    permissions: ['APPLICATION_ADMIN'],
    answer({ segments }, { state, switches }) {
      const { status } = integrationOf(segments, state);
      return switches.statusForm === 'string' ? text(status) : json({ status });
    },
  },
  {
    // Not the way to drop a connection: it serves remnants that no connection stands for. What it does to one in use is not documented; refusing shows a wrong caller.
    method: 'DELETE',
    path: '/integrations/{id}',
    read: false,
    permissions: ['APPLICATION_ADMIN'],
    answer({ segments, payload }, tenant) {
      const integration = integrationOf(segments, tenant.state);
      if (payload !== undefined && Object.keys(payload ?? {}).length > 0)
        throw new Refusal(400, 'Credentials are not required to disable a manual integration');
      const used = [...tenant.state.connections.values()].find((each) => each.integrationId === integration.id);
      if (used !== undefined) throw new Refusal(409, `Integration with ID ${integration.id} belongs to connection ${used.connectionKey}`);
      if (integration.status === 'creating' || integration.status === 'deleting') throw busy(integration);
      release(integration, tenant);
      return json({ id: integration.id, status: integration.status });
    },
  },
];
