import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { hasDatabase, isOnTarget } from '../rules/platform-facts.js';
import { applicationFailure } from './application-failure.js';
import type { ImmutaConnection, Integration, OpenImmuta } from './ports.js';
import { readRequest } from './request.js';

/** What stands in Immuta of a registration, and whether it is this run's. */
export interface RegistrationState {
  readonly connection: 'absent' | 'ours' | 'foreign';
  /** An integration with our host and database; a run starts only where there was none. */
  readonly integration: 'absent' | 'ours';
  readonly integrationId?: number | undefined;
}

export function createInspectRegistration({ openImmuta }: { readonly openImmuta: OpenImmuta }) {
  return async function inspectRegistration(input: {
    readonly request: RegistrationRequest;
    readonly sentAt?: string | undefined;
  }): Promise<RegistrationState> {
    try {
      const request = readRequest(input.request);
      const immuta = openImmuta(request.immuta, cancellationSignal());
      const connection = await immuta.getConnection(request.connectionKey);
      const integrations = await immuta.listIntegrations();
      const integration = findIntegration(integrations, request);
      return {
        connection:
          connection === undefined ? 'absent' : isOurs(connection, integrations, request, input.sentAt, immuta.clockSkewMs) ? 'ours' : 'foreign',
        integration: integration === undefined ? 'absent' : 'ours',
        ...(integration === undefined ? {} : { integrationId: integration.id }),
      };
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}

/** Immuta shows whole seconds in some versions; a creation time may lie this much before our POST. */
const creationMarginMs = 1_500;

/**
 * A connection is ours if our host stands in it, its integration has our database, and it was created no earlier than our POST, by Immuta's clock.
 * That it was absent at preflight is given: no run gets past preflight otherwise. An integration that is gone already says nothing against it.
 */
export function isOurs(
  connection: ImmutaConnection,
  integrations: readonly Integration[],
  { target }: RegistrationRequest,
  sentAt: string | undefined,
  clockSkewMs: number,
): boolean {
  if (sentAt === undefined || connection.createdAt === undefined || connection.host !== target.host.toLowerCase()) return false;
  const integration = integrations.find(({ id }) => id === connection.integrationId);
  if (integration !== undefined && !hasDatabase(target, integration.database)) return false;
  return Date.parse(connection.createdAt) >= Date.parse(sentAt) + clockSkewMs - creationMarginMs;
}

export function findIntegration(integrations: readonly Integration[], request: RegistrationRequest): Integration | undefined {
  return integrations.find((integration) => isOnTarget(request.target, integration) && integration.status !== 'deleted');
}
