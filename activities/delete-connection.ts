// The other write in Immuta, under the discipline of the first (create-connection.ts): the time of sending is stored by the server before the DELETE
// leaves, and what the answer was counts for nothing until a GET shows the connection gone. A 404 after our own DELETE is the wanted end; before
// it there is nothing to delete. It returns when Immuta let go of the integration too: only then may the platform be cleaned.
import { activityInfo } from '@temporalio/activity';
import { ActivityCancelledError } from '@temporalio/client/lib/errors.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import { durationMs } from '../rules/duration.js';
import { applicationFailure, isPortError, refusal, StepCancelled } from './application-failure.js';
import { isoTime, systemClock, type Clock } from './clock.js';
import { openRecord, recorded, type HeartbeatRecord } from './awaited-heartbeat.js';
import { perhapsSent, readSent, type Sent } from './create-connection.js';
import type { ImmutaConnection, ImmutaPort, OpenImmuta } from './ports.js';
import { readConnectionRequest } from './request.js';

export interface DeleteConnectionInput {
  readonly request: ConnectionRequest;
  readonly integrationId: number;
  /** More data objects than a person was shown void the decision; null: whatever there is goes. */
  readonly childCeiling: number | null;
  /** When the connection that was decided on was made. */
  readonly createdAt?: string | undefined;
  /** An earlier activity of this run may have sent the DELETE: read back before anything else. */
  readonly sent?: Sent | undefined;
}

export interface DeletedConnection {
  /** As Immuta counted them; absent when its answer was lost. */
  readonly childCount?: number | undefined;
  readonly sentAt: string;
}

/** A DELETE that was answered and changed nothing is sent so often; then a person has to look. */
const mostSends = 3;

export function createDeleteConnection({ openImmuta, clock = systemClock }: { readonly openImmuta: OpenImmuta; readonly clock?: Clock | undefined }) {
  return async function deleteConnection(input: DeleteConnectionInput): Promise<DeletedConnection> {
    const record = openRecord<Sent | undefined>(perhapsSent(clock), clock);
    const run: Run = { clock, input, record, sent: sentEarlier(input, clock), request: input.request };
    try {
      run.request = readConnectionRequest(input.request);
      // The write is settled whatever happens to the run: its requests are not cut by a cancellation.
      const immuta = openImmuta(run.request.immuta, new AbortController().signal);
      const stopRenewing = clock.every(durationMs(run.request.timing.heartbeatTimeout) / 3, () => void renew(run));
      try {
        if (run.sent !== undefined) await store(run, run.sent);
        const childCount = await bringToAbsence(run, immuta);
        await waitUntilReleased(run, immuta);
        return { ...(childCount === undefined ? {} : { childCount }), sentAt: run.sent?.at ?? '' };
      } finally {
        stopRenewing();
      }
    } catch (error) {
      throw applicationFailure(error, activityInfo().activityType, { sent: run.sent, ...(error instanceof GivenUp ? { retry: false } : {}) });
    }
  };
}

/** A record that cannot be read may say that the DELETE was sent: then the failure says so too. */
function sentEarlier(input: DeleteConnectionInput, clock: Clock): Sent | undefined {
  try {
    return recorded(readSent) ?? input.sent;
  } catch (error) {
    throw applicationFailure(error, activityInfo().activityType, { sent: input.sent ?? { at: isoTime(clock.now()) } });
  }
}

interface Run {
  readonly clock: Clock;
  readonly input: DeleteConnectionInput;
  readonly record: HeartbeatRecord<Sent | undefined>;
  sent: Sent | undefined;
  request: ConnectionRequest;
}

/** It has been waited for as long as was agreed: another attempt would only wait again. */
class GivenUp extends Error {
  readonly kind = 'timeout';
  readonly ambiguous = true;
  readonly next = 'Look at the connection and its integration in Immuta, then answer with `mooring resolve`: retry looks again.';
}

/** Returns when the connection is gone after a DELETE of ours, with the count of what went along where Immuta's answer arrived. */
async function bringToAbsence(run: Run, immuta: ImmutaPort): Promise<number | undefined> {
  if (run.sent !== undefined && (await isGone(run, immuta))) return undefined;
  if (run.sent?.perhaps === true) run.sent = undefined; // it was not, and what stands is looked at as before a first one
  for (let sends = 1; ; sends++) {
    if (run.sent === undefined) await refuseChanged(run, immuta);
    const childCount = await sendWhenFree(run, immuta);
    if (await isGone(run, immuta)) return childCount;
    if (sends === mostSends) throw new GivenUp(`Immuta took ${mostSends} DELETEs of the connection, and it still stands.`);
  }
}

/** Before anything is sent: what stands is still what was decided on. */
async function refuseChanged({ input, request }: Run, immuta: ImmutaPort): Promise<void> {
  const { connectionKey } = request;
  const connection = await immuta.getConnection(connectionKey);
  if (connection === undefined)
    throw refusal(
      'not-found',
      `The connection "${connectionKey}" is gone: somebody deleted it after the plan was made. There is nothing to delete.`,
      'Start again: the next run looks at what is left.',
    );
  refuseAnother(connection, input);
  if (input.childCeiling === null) return;
  const children = await immuta.countChildren(connectionKey);
  if (children !== undefined && children.count > input.childCeiling)
    throw refusal(
      'conflict',
      `${children.count} data objects lie under the connection "${connectionKey}" now, and ${input.childCeiling} were shown when it was decided. The decision is void; nothing was deleted.`,
      'Start again, and decide on the plan that shows them all.',
    );
}

function refuseAnother({ connectionKey, createdAt }: ImmutaConnection, planned: DeleteConnectionInput): void {
  if (planned.createdAt === undefined || createdAt === planned.createdAt) return;
  throw refusal(
    'conflict',
    `The connection "${connectionKey}" was registered anew after the plan was made: it is another one, and is not deleted.`,
    'Find out who registered it; then start again, and decide on what stands there now.',
  );
}

/** Sends one DELETE, as soon as Immuta is not busy with the integration. Throws only when it was certainly not carried out. */
async function sendWhenFree(run: Run, immuta: ImmutaPort): Promise<number | undefined> {
  const { timing, connectionKey } = run.request;
  const deadline = run.clock.now() + durationMs(timing.verifyDeadline);
  for (;;) {
    const sentBefore = run.sent;
    const sent = sentBefore ?? { at: isoTime(run.clock.now()) };
    await store(run, sent);
    if (sentBefore === undefined && run.record.cancelled()) throw new StepCancelled('The run was cancelled before the connection was deleted.');
    run.sent = sent;
    try {
      return (await immuta.deleteConnection(connectionKey, run.record.mayLeave)).childCount;
    } catch (error) {
      if (!isPortError(error) || error.ambiguous || error.kind === 'not-found') return undefined; // the next GET decides
      run.sent = sentBefore; // this one was certainly refused
      await store(run, run.sent);
      if (error.kind !== 'throttled') throw error;
      if (run.clock.now() >= deadline) throw new GivenUp(`Immuta was busy with the integration for ${timing.verifyDeadline}. ${error.message}`);
      await run.clock.sleep(Math.max(durationMs(timing.pollInterval), error.retryAfterMs ?? 0));
    }
  }
}

/** Looks until the connection is gone, at most for the quiet period: after it nothing that was sent can still take effect. */
async function isGone({ clock, input, request }: Run, immuta: ImmutaPort): Promise<boolean> {
  const { timing, connectionKey } = request;
  const quietAt = clock.now() + durationMs(timing.quietPeriod);
  for (;;) {
    const connection = await immuta.getConnection(connectionKey);
    if (connection === undefined) return true;
    refuseAnother(connection, input);
    if (clock.now() >= quietAt) return false;
    await clock.sleep(Math.min(durationMs(timing.pollInterval), Math.max(quietAt - clock.now(), 1)));
  }
}

/** `disabled` is over as well: Immuta did nothing on the platform, and the cleanup script is still to come. */
async function waitUntilReleased({ clock, input, request: { timing } }: Run, immuta: ImmutaPort): Promise<void> {
  const deadline = clock.now() + durationMs(timing.verifyDeadline);
  for (;;) {
    const status = (await immuta.getIntegration(input.integrationId))?.status;
    if (status === undefined || status === 'deleted' || status === 'disabled') return;
    if (status === 'deleteError')
      throw refusal(
        'validation-failed',
        `The connection is deleted, but Immuta ended its integration ${input.integrationId} in the status "deleteError".`,
        'Look at the integration in Immuta and remove it there, then answer with `mooring resolve`: retry looks again.',
      );
    if (clock.now() >= deadline)
      throw new GivenUp(`The connection is deleted, but its integration ${input.integrationId} is still "${status}" after ${timing.verifyDeadline}.`);
    await clock.sleep(durationMs(timing.pollInterval));
  }
}

/** News of a cancellation does not undo the storing: what it means is decided where nothing has been sent yet. */
async function store(run: Run, sent: Sent | undefined): Promise<void> {
  try {
    await run.record.store(sent);
  } catch (error) {
    if (!(error instanceof ActivityCancelledError)) throw error;
  }
}

async function renew(run: Run): Promise<void> {
  await run.record.renew(run.sent).catch(() => undefined); // a lost attempt shows in the next awaited store
}
