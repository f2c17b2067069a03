// Removes an integration that no connection stands for: what a failed creation leaves, and what the next registration would be refused for. An id is
// never given twice, so this DELETE may be repeated.
import { activityInfo } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { durationMs } from '../rules/duration.js';
import { applicationFailure, isPortError, refusal } from './application-failure.js';
import { systemClock, type Clock } from './clock.js';
import { openRecord } from './awaited-heartbeat.js';
import type { ImmutaPort, OpenImmuta } from './ports.js';
import { readConnectionRequest } from './request.js';

/** Returns when the integration is no longer there. */
export function createDeleteIntegration({
  openImmuta,
  clock = systemClock,
}: {
  readonly openImmuta: OpenImmuta;
  readonly clock?: Clock | undefined;
}) {
  return async function deleteIntegration(input: { readonly request: ConnectionRequest; readonly integrationId: number }): Promise<void> {
    const record = openRecord<string>((details) => details, clock);
    try {
      const request = readConnectionRequest(input.request);
      const { verifyDeadline, pollInterval, heartbeatTimeout } = request.timing;
      const immuta = openImmuta(request.immuta, record.stop);
      const deadline = clock.now() + durationMs(verifyDeadline);
      const stopRenewing = clock.every(durationMs(heartbeatTimeout) / 3, () => void record.store('deleting').catch(() => undefined));
      try {
        while (!(await isGone(immuta, input.integrationId))) {
          if (clock.now() >= deadline) throw stillThere(input.integrationId, verifyDeadline);
          await clock.sleep(durationMs(pollInterval), record.stop);
        }
      } finally {
        stopRenewing();
      }
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}

/** One look, and one DELETE if it is still there and Immuta is not at it already. */
async function isGone(immuta: ImmutaPort, integrationId: number): Promise<boolean> {
  const status = (await immuta.getIntegration(integrationId))?.status;
  if (status === undefined || status === 'deleted') return true;
  if (status === 'deleting') return false;
  try {
    await immuta.deleteIntegration(integrationId);
  } catch (error) {
    const passes = isPortError(error) && (error.ambiguous || error.kind === 'not-found' || error.kind === 'throttled');
    if (!passes) throw error;
  }
  return false; // success means that a GET shows it
}

function stillThere(integrationId: number, deadline: string): Error {
  return refusal(
    'conflict',
    `Integration ${integrationId} is still there ${deadline} after its DELETE.`,
    'Look at it in Immuta and remove it there, then answer retry.',
  );
}
