import { activityInfo } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { durationMs } from '../rules/duration.js';
import { applicationFailure } from './application-failure.js';
import { systemClock, type Clock } from './clock.js';
import { openRecord } from './awaited-heartbeat.js';
import type { OpenImmuta } from './ports.js';
import { readConnectionRequest } from './request.js';

/** Immuta's words for "not finished yet". */
const passing = new Set(['creating', 'editing', 'migrating', 'deleting']);

/** Waits until Immuta has finished with an integration, at most for the verify deadline; gives its status then, `gone` when it is no longer listed. */
export function createAwaitIntegration({ openImmuta, clock = systemClock }: { readonly openImmuta: OpenImmuta; readonly clock?: Clock | undefined }) {
  return async function awaitIntegration(input: { readonly request: ConnectionRequest; readonly integrationId: number }): Promise<string> {
    const record = openRecord<string>((details) => details, clock);
    try {
      const request = readConnectionRequest(input.request);
      const { verifyDeadline, pollInterval, heartbeatTimeout } = request.timing;
      const immuta = openImmuta(request.immuta, record.stop);
      const deadline = clock.now() + durationMs(verifyDeadline);
      const stopRenewing = clock.every(durationMs(heartbeatTimeout) / 3, () => void record.store('waiting').catch(() => undefined));
      try {
        for (;;) {
          const status = (await immuta.getIntegration(input.integrationId))?.status;
          if (status === undefined || status === 'deleted') return 'gone';
          if (!passing.has(status) || clock.now() >= deadline) return status;
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
