// Every activity a workflow may call, each with its options from one of a few named profiles. `cancellationType` is always set: the SDK's real
// default lets the workflow go on while the activity still works.
import { ActivityCancellationType, proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { ImmutaActivities, PlatformActivities } from '../activities/index.js';
import type { Timing } from '../domain/timing.js';

/** Looks only: tried again soon, given up after eight seconds of refusals or ten minutes of silence, since nothing is lost. */
function reading({ heartbeatTimeout }: Timing): ActivityOptions {
  return {
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '10m',
    heartbeatTimeout,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/** Looks once, and soon: whoever asked waits for the answer, and a login that was refused is not tried again. */
const checking = {
  scheduleToStartTimeout: '10s', // a worker that polls takes it within a second, unless all of its places are taken
  startToCloseTimeout: '3m', // a platform's login and all its read-only statements, each with a deadline of its own
  retry: { maximumAttempts: 1 },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
} satisfies ActivityOptions;

/** Writes: one attempt at a time under a lease, and each new one settles the last one first. No schedule-to-close for an undo: it must not give up. */
function writing({ heartbeatTimeout }: Timing): ActivityOptions {
  return {
    startToCloseTimeout: '12h',
    heartbeatTimeout,
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 8 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
}

/** The activities of a run, by what they do; `summary` stands beside each in the Temporal UI. */
export function activitiesFor(timing: Timing) {
  const platformQueue = `${workflowInfo().taskQueue}-platform`;
  const immuta = (options: ActivityOptions) => proxyActivities<ImmutaActivities>(options);
  const platform = (options: ActivityOptions) => proxyActivities<PlatformActivities>({ ...options, taskQueue: platformQueue });
  return {
    preparePlan: own(immuta({ ...reading(timing), summary: 'Look at Immuta, fetch both scripts, make the plan' }).preparePlan),
    preflightPlatform: own(platform({ ...reading(timing), summary: 'Log in as the privileged user and look' }).preflightPlatform),
    runBootstrap: own(platform({ ...writing(timing), summary: 'Run the bootstrap script' }).runScript),
    settleBootstrap: own(platform({ ...writing(timing), summary: 'Find out that nothing of the bootstrap script still runs' }).runScript),
    runCleanup: own(platform({ ...writing(timing), summary: 'Run the cleanup script' }).runScript),
    createConnection: own(
      immuta({ ...writing(timing), summary: 'Create the connection and wait until its integration is enabled' }).createConnection,
    ),
    prepareRemoval: own(immuta({ ...reading(timing), summary: 'Find the integration, fetch its cleanup script, make the plan' }).prepareRemoval),
    deleteConnection: own(immuta({ ...writing(timing), summary: 'Delete the connection and wait until Immuta let go' }).deleteConnection),
    awaitIntegration: own(immuta({ ...writing(timing), summary: 'Wait until Immuta has finished with the integration' }).awaitIntegration),
    deleteIntegration: own(immuta({ ...writing(timing), summary: 'Remove the integration that was left' }).deleteIntegration),
    inspectRegistration: own(immuta({ ...reading(timing), summary: 'Look at what stands in Immuta' }).inspectRegistration),
    inspectPlatform: own(platform({ ...reading(timing), summary: 'Look at what stands on the platform' }).inspectPlatform),
  };
}

/** The two steps of `checkConnection`. What they give may be unreadable, and that is news too: `checkConnection` tells it. */
export function checkActivities() {
  return {
    checkImmuta: proxyActivities<ImmutaActivities>({ ...checking, summary: 'Look at Immuta' }).checkImmuta,
    checkPlatform: proxyActivities<PlatformActivities>({
      ...checking,
      taskQueue: `${workflowInfo().taskQueue}-platform`,
      summary: 'Log in as the privileged user and look',
    }).checkPlatform,
  };
}

export type Activities = ReturnType<typeof activitiesFor>;

/** The result of our own activity must be readable: without the key the workflow task waits (a plain `Error` retries it) instead of going astray. */
function own<Input extends unknown[], Result>(activity: (...input: Input) => Promise<Result>): (...input: Input) => Promise<Result> {
  return async (...input) => readable(await activity(...input));
}

export function readable<T>(payload: T): T {
  if (typeof payload === 'object' && payload !== null && 'undecodable' in payload) {
    throw new Error(`A payload of this run cannot be decoded: ${String(payload.undecodable)}. Give the worker the key and it goes on.`);
  }
  return payload;
}
