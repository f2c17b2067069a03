import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { durationMs } from '../rules/duration.js';
import { applicationFailure } from './application-failure.js';
import { openRecord } from './awaited-heartbeat.js';
import type { OpenImmuta } from './ports.js';
import { readConnectionRequest } from './request.js';

/** Immuta's words for "not finished yet". */
const passing = new Set(['creating', 'editing', 'migrating', 'deleting']);

/** Waits until Immuta has finished with an integration, at most for the verify deadline; gives its status then, `gone` when it is no longer listed. */
export function createAwaitIntegration({ openImmuta }: { readonly openImmuta: OpenImmuta }) {
  return async function awaitIntegration(input: { readonly request: ConnectionRequest; readonly integrationId: number }): Promise<string> {
    const record = openRecord<string>();
    try {
      const request = readConnectionRequest(input.request);
      const { verifyDeadline, pollInterval, heartbeatTimeout } = request.timing;
      const immuta = openImmuta(request.immuta, record.stop);
      const deadline = Date.now() + durationMs(verifyDeadline);
      const renewal = setInterval(() => void record.store('waiting').catch(() => undefined), durationMs(heartbeatTimeout) / 3);
      try {
        for (;;) {
          const status = (await immuta.getIntegration(input.integrationId))?.status;
          if (status === undefined || status === 'deleted') return 'gone';
          if (!passing.has(status) || Date.now() >= deadline) return status;
          await sleep(durationMs(pollInterval), undefined, { signal: record.stop });
        }
      } finally {
        clearInterval(renewal);
      }
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType);
    }
  };
}
