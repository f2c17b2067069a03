import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { RegistrationRequest } from '../domain/registration-request.js';
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
      const integration = findIntegration(await immuta.listIntegrations(), request);
      return {
        connection: connection === undefined ? 'absent' : isOurs(connection, request, input.sentAt, immuta.clockSkewMs) ? 'ours' : 'foreign',
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
 * A connection is ours if our host stands in it and it was created no earlier than our POST, by Immuta's clock. That it was absent at preflight is
 * given: no run gets past preflight otherwise.
 */
export function isOurs(connection: ImmutaConnection, request: RegistrationRequest, sentAt: string | undefined, clockSkewMs: number): boolean {
  if (sentAt === undefined || connection.createdAt === undefined) return false;
  if (connection.host !== undefined && connection.host !== request.target.host.toLowerCase()) return false;
  return Date.parse(connection.createdAt) >= Date.parse(sentAt) + clockSkewMs - creationMarginMs;
}

export function findIntegration(integrations: readonly Integration[], request: RegistrationRequest): Integration | undefined {
  const { host, database } = request.target;
  return integrations.find((integration) => integration.host === host.toLowerCase() && integration.database === database);
}
