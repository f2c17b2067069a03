// One of the two writes in Immuta. It is sent once; when the answer is lost we wait, read back, and only then decide: a connection that is ours is
// kept, one that is not is never touched, and only certain absence allows another POST.
import type { RegistrationRequest } from '../domain/registration-request.js';
import { durationMs } from '../rules/duration.js';
import { applicationFailure, isPortError, refusal, StepCancelled } from './application-failure.js';
import { isoTime, systemClock, type Clock } from './clock.js';
import { openRecord, recorded, type HeartbeatRecord } from './awaited-heartbeat.js';
import { findIntegration, isOurs } from './inspect-registration.js';
import type { ImmutaConnection, ImmutaPort, Integration, OpenImmuta } from './ports.js';
import { readRequest } from './request.js';

export interface CreateConnectionInput {
  readonly request: RegistrationRequest;
  /** An earlier activity of this run has sent the POST: read back before anything else. */
  readonly sent?: Sent | undefined;
}

export interface CreatedConnection {
  readonly integrationId: number;
  readonly sentAt: string;
}

/** Stored before the POST leaves: a later attempt, or compensation, then knows that it may have. */
export interface Sent {
  /** ISO 8601, our clock. */
  readonly at: string;
  /** It may have left after this time; whether it did is not on record. */
  readonly perhaps?: true;
}

/** What stays true of a write when it is sent after the record was made. */
export function perhapsSent(clock: Clock): (sent: Sent | undefined) => Sent {
  return (sent) => sent ?? { at: isoTime(clock.now()), perhaps: true };
}

export function createCreateConnection({ openImmuta, clock = systemClock }: { readonly openImmuta: OpenImmuta; readonly clock?: Clock | undefined }) {
  return async function createConnection(input: CreateConnectionInput): Promise<CreatedConnection> {
    const record = openRecord<Sent | undefined>(perhapsSent(clock), clock);
    const run: Run = { clock, record, sent: undefined, request: input.request };
    try {
      run.sent = recorded(readSent) ?? input.sent;
      run.request = readRequest(input.request);
      // The write is settled whatever happens to the run: its requests are not cut by a cancellation.
      const immuta = openImmuta(run.request.immuta, new AbortController().signal);
      const stopRenewing = clock.every(durationMs(run.request.timing.heartbeatTimeout) / 3, () => void renew(run));
      try {
        await bringIntoBeing(run, immuta);
        return { integrationId: await waitUntilEnabled(run, immuta), sentAt: run.sent?.at ?? '' };
      } finally {
        stopRenewing();
      }
    } catch (error) {
      const stillCreating = error instanceof StillCreating ? { stillCreating: true, retry: false } : {}; // a person is asked, not waited for again
      throw applicationFailure(error, 'createConnection', { sent: run.sent, ...stillCreating });
    }
  };
}

interface Run {
  readonly clock: Clock;
  readonly record: HeartbeatRecord<Sent | undefined>;
  sent: Sent | undefined;
  request: RegistrationRequest;
}

/** Returns when a connection of ours stands in Immuta. Sends at most one POST: another one is another attempt, and reads back first. */
async function bringIntoBeing(run: Run, immuta: ImmutaPort): Promise<void> {
  const { connectionKey, target } = run.request;
  if (run.sent !== undefined && (await readBack(run, immuta))) return;
  if (run.sent?.perhaps === true) run.sent = undefined; // it was not
  const sentBefore = run.sent !== undefined;
  if (!sentBefore) await immuta.testConnection(connectionKey, target);
  if (run.record.cancelled()) throw new StepCancelled('The run was cancelled before the connection was created.');
  run.sent ??= { at: isoTime(run.clock.now()) };
  await run.record.store(run.sent);
  try {
    await immuta.createConnection(connectionKey, target, run.record.mayLeave);
  } catch (error) {
    const mayBeOurs = !isPortError(error) || error.ambiguous || (sentBefore && error.kind === 'conflict');
    if (mayBeOurs && (await readBack(run, immuta))) return;
    if (mayBeOurs && run.record.cancelled()) throw new StepCancelled('The run was cancelled, and the connection was certainly not created.');
    throw error;
  }
}

/** After the quiet period: true if the connection is there and ours, false if it is certainly absent. Throws if it is somebody else's. */
async function readBack(run: Run, immuta: ImmutaPort): Promise<boolean> {
  await run.clock.sleep(durationMs(run.request.timing.quietPeriod));
  const connection = await immuta.getConnection(run.request.connectionKey);
  if (connection === undefined) return false;
  if (isOurs(connection, await immuta.listIntegrations(), run.request, run.sent?.at, immuta.clockSkewMs)) return true;
  throw refusal(
    'conflict',
    `A connection "${connection.connectionKey}" stands in Immuta now that this run did not create.`,
    'Find out who registered it; this run touches nothing of it.',
  );
}

class StillCreating extends Error {
  readonly kind = 'timeout';
  readonly ambiguous = false;
  readonly next = 'Look at the integration in Immuta, then answer with `mooring resolve`: retry waits on, undo removes what this run made.';
}

/** Polls until the integration is `enabled`; gives its id. Success means that a GET shows it, not that a POST was answered. */
async function waitUntilEnabled(run: Run, immuta: ImmutaPort): Promise<number> {
  const { timing } = run.request;
  const deadline = run.clock.now() + durationMs(timing.verifyDeadline);
  for (;;) {
    const connection = await immuta.getConnection(run.request.connectionKey);
    const integration = await integrationOf(run, immuta, connection);
    if (connection !== undefined && integration?.status === 'enabled') return integration.id;
    if (integration !== undefined && hasFailed(integration.status)) throw failedIntegration(integration);
    if (run.clock.now() >= deadline)
      throw new StillCreating(`The integration is still "${integration?.status ?? 'not listed'}" ${timing.verifyDeadline} after the registration.`);
    await run.clock.sleep(durationMs(timing.pollInterval));
  }
}

/** Where Immuta took the connection back because its integration failed, the integration still tells why. */
async function integrationOf(run: Run, immuta: ImmutaPort, { integrationId }: Partial<ImmutaConnection> = {}): Promise<Integration | undefined> {
  if (integrationId !== undefined) return immuta.getIntegration(integrationId);
  return findIntegration(await immuta.listIntegrations(), run.request);
}

function hasFailed(status: string): boolean {
  return status.endsWith('Error') || status === 'disabled' || status === 'deleted';
}

function failedIntegration(integration: Integration): Error {
  const complaints = integration.complaints.length > 0 ? ` ${integration.complaints.join(' ')}` : '';
  return refusal(
    'validation-failed',
    `Immuta ended the integration ${integration.id} in the status "${integration.status}".${complaints}`,
    'Cure what Immuta complains of, then register again.',
  );
}

async function renew(run: Run): Promise<void> {
  await run.record.renew(run.sent).catch(() => undefined); // a lost attempt shows in the next awaited store
}

/** The record of an earlier attempt. */
export function readSent(details: unknown): Sent | undefined {
  const { at, perhaps } = typeof details === 'object' && details !== null ? (details as Partial<Sent>) : {};
  return typeof at === 'string' ? { at, ...(perhaps === true ? { perhaps } : {}) } : undefined;
}
