// Two factories, one for each task queue. Only the platform queue ever holds the privileged user's secrets.
import { createAwaitIntegration } from './await-integration.js';
import { createCheckImmuta } from './check-immuta.js';
import { createCheckPlatform } from './check-platform.js';
import type { Clock } from './clock.js';
import { createCreateConnection } from './create-connection.js';
import { createDeleteConnection } from './delete-connection.js';
import { createDeleteIntegration } from './delete-integration.js';
import { createInspectPlatform } from './inspect-platform.js';
import { createInspectRegistration } from './inspect-registration.js';
import { keepHeard } from './keep-heard.js';
import type { OpenImmuta, OpenPlatform, ResolveSecret, ScriptSeal } from './ports.js';
import { createPreflightPlatform } from './preflight-platform.js';
import { createPreparePlan } from './prepare-plan.js';
import { createPrepareRemoval } from './prepare-removal.js';
import { createRunScript } from './run-script.js';

/** What every worker decides for itself, whatever a requester asks. */
export interface WorkerRules {
  /** Honours the script policy `automatic`. */
  readonly allowAutomatic: boolean;
  /** Takes waits that are safe only against simulators. */
  readonly allowShortTiming: boolean;
  /** The machine's unless given. */
  readonly clock?: Clock | undefined;
}

/** Activities of the queue `mooring`: Immuta, with the system account's secrets. */
export function createImmutaActivities(
  ports: { readonly openImmuta: OpenImmuta; readonly seal: ScriptSeal; readonly resolveSecret: ResolveSecret },
  rules: WorkerRules,
) {
  return {
    checkImmuta: createCheckImmuta(ports),
    preparePlan: keepHeard(createPreparePlan({ ...ports, ...rules }), rules.clock),
    prepareRemoval: keepHeard(createPrepareRemoval({ ...ports, ...rules }), rules.clock),
    createConnection: createCreateConnection({ ...ports, ...rules }),
    deleteConnection: createDeleteConnection({ ...ports, ...rules }),
    awaitIntegration: createAwaitIntegration({ ...ports, ...rules }),
    deleteIntegration: createDeleteIntegration({ ...ports, ...rules }),
    inspectRegistration: keepHeard(createInspectRegistration(ports), rules.clock),
  };
}

/** Activities of the queue `mooring-platform`: the privileged user's sessions. */
export function createPlatformActivities(
  ports: { readonly openPlatform: OpenPlatform; readonly seal: ScriptSeal; readonly resolveSecret: ResolveSecret },
  rules: WorkerRules,
) {
  return {
    checkPlatform: createCheckPlatform({ ...ports, ...rules }),
    preflightPlatform: keepHeard(createPreflightPlatform({ ...ports, ...rules }), rules.clock),
    runScript: createRunScript({ ...ports, ...rules }),
    inspectPlatform: keepHeard(createInspectPlatform(ports), rules.clock),
  };
}

export type ImmutaActivities = ReturnType<typeof createImmutaActivities>;
export type PlatformActivities = ReturnType<typeof createPlatformActivities>;
