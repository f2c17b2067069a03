// The Temporal server of a run: activities with their attempts, timeouts and records, timers, and workflow tasks. Its rules are those of the server's
// source: a record counts only for the attempt that runs, a failure of a cancelled activity is not tried again, a timeout carries the last record.
import type { coresdk, temporal } from '@temporalio/proto';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { RunLedger, AttemptLine } from './ledger.js';
import type { Machine } from './machine.js';
import { namespace, type Command, type Job, type WorkflowHost } from './workflow-host.js';
import type { World } from './world.js';

type Payload = temporal.api.common.v1.IPayload;
type Failure = temporal.api.failure.v1.IFailure;
type Scheduled = coresdk.workflow_commands.IScheduleActivity;

export interface ActivityTask {
  readonly token: string;
  readonly activity: Activity;
  readonly attempt: number;
  readonly details: Payload | undefined;
}

export interface Activity {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly scheduled: Scheduled;
  readonly scheduledAt: number;
  attempt: number;
  state: 'waiting' | 'started' | 'closed';
  details: Payload | undefined;
  cancelRequested: boolean;
  line: AttemptLine | undefined;
  readonly fresh: boolean;
  readonly script: AttemptLine['script'];
  /** Withdraws the timers of the attempt that runs. */
  readonly timers: (() => void)[];
  resetHeartbeat: () => void;
}

export interface Workers {
  /** A process that polls; `undefined` while none does. */
  polling(): Machine | undefined;
  /** Starts the attempt in that process. */
  run(machine: Machine, task: ActivityTask): void;
}

/** What the server says to a record. */
export type RecordAnswer = 'stored' | 'cancel-requested' | 'not-found';

const deliveryMs = { least: 2, most: 40 } as const;
const nobodyPollsMs = 200;

export class TemporalServer {
  readonly #world: World;
  readonly #ledger: RunLedger;
  readonly #workers: Workers;
  readonly #activities = new Map<number, Activity>();
  readonly #timers = new Map<number, () => void>();
  #host: WorkflowHost | undefined;
  #jobs: Job[] = [];
  #taskComes = false;
  #updates = 0;
  readonly #answers = new Map<string, (accepted: boolean) => void>();
  onMemo: (fields: Readonly<Record<string, Payload>>) => void = () => undefined;
  onPhase: (phase: string) => void = () => undefined;

  constructor(world: World, ledger: RunLedger, workers: Workers) {
    this.#world = world;
    this.#ledger = ledger;
    this.#workers = workers;
  }

  start(host: WorkflowHost): void {
    this.#host = host;
    this.#wantTask();
  }

  get isClosed(): boolean {
    return this.#ledger.closed !== undefined || this.#ledger.broken !== undefined;
  }

  requestCancel(): void {
    if (this.isClosed || this.#ledger.cancelledAt !== undefined) return;
    this.#ledger.cancelledAt = this.#world.now;
    this.#tell({ cancelWorkflow: {} });
  }

  /** Resolves to whether the workflow accepted it; never if the run closes first. */
  update(name: string, payload: Payload, answered: (accepted: boolean) => void): void {
    const id = `update-${++this.#updates}`;
    this.#answers.set(id, answered);
    this.#tell({ doUpdate: { id, protocolInstanceId: id, name, input: [payload], headers: {}, runValidator: true } });
  }

  signal(signalName: string, payload: Payload): void {
    this.#tell({ signalWorkflow: { signalName, input: [payload], headers: {} } });
  }

  // ------------------------------------------------------------------------------------------------------------ what workers say

  record(token: string, details: Payload | undefined): RecordAnswer {
    const activity = this.#running(token);
    if (activity === undefined) return 'not-found';
    this.#keep(activity, details);
    activity.resetHeartbeat();
    return activity.cancelRequested ? 'cancel-requested' : 'stored';
  }

  #keep(activity: Activity, details: Payload | undefined): void {
    activity.details = details;
    const [, through] = activity.type === 'runScript' ? (/"acknowledgedThrough":(-?\d+)/.exec(textOf(details)) ?? []) : [];
    if (through !== undefined) this.#ledger.journals.push({ at: this.#world.now, activity: activity.id, acknowledgedThrough: Number(through) });
  }

  completed(token: string, result: Payload | null | undefined): void {
    const activity = this.#running(token);
    if (activity === undefined) return;
    this.#close(activity, 'completed', { completed: { result: result ?? null } });
  }

  failed(token: string, failure: Failure | null | undefined, lastDetails: Payload | undefined): void {
    const activity = this.#running(token);
    if (activity === undefined) return;
    if (lastDetails !== undefined) this.#keep(activity, lastDetails);
    const { nonRetryable = false } = failure?.applicationFailureInfo ?? { nonRetryable: false };
    const delay = failure?.applicationFailureInfo?.nextRetryDelay;
    if (nonRetryable !== true && this.#retry(activity, 'failed', delay ? msOf(delay) : undefined)) return;
    this.#close(activity, 'failed', { failed: { failure: wrapped(activity, failure ?? {}) } });
  }

  cancelled(token: string): void {
    const activity = this.#running(token);
    if (activity === undefined || !activity.cancelRequested) return;
    this.#close(activity, 'cancelled', cancelledResult(activity));
  }

  // ------------------------------------------------------------------------------------------------------------------- activities

  #schedule(scheduled: Scheduled): void {
    const activity: Activity = {
      seq: scheduled.seq ?? 0,
      id: scheduled.activityId ?? '',
      type: scheduled.activityType ?? '',
      scheduled,
      scheduledAt: this.#world.now,
      attempt: 1,
      state: 'waiting',
      details: undefined,
      cancelRequested: false,
      line: undefined,
      script:
        scheduled.activityType === 'runScript'
          ? textOf(scheduled.arguments?.[0]).includes('"purpose":"cleanup"')
            ? 'cleanup'
            : 'bootstrap'
          : undefined,
      fresh: scheduled.activityType === 'runScript' && !textOf(scheduled.arguments?.[0]).includes('"resume":'),
      timers: [],
      resetHeartbeat: () => undefined,
    };
    this.#activities.set(activity.seq, activity);
    this.#dispatch(activity, this.#delivery());
  }

  #dispatch(activity: Activity, afterMs: number): void {
    this.#world.after(afterMs, () => {
      if (activity.state !== 'waiting' || this.isClosed) return;
      const machine = this.#workers.polling();
      if (machine === undefined) this.#dispatch(activity, nobodyPollsMs);
      else this.#begin(activity, machine);
    });
  }

  #begin(activity: Activity, machine: Machine): void {
    const { scheduled, attempt } = activity;
    activity.state = 'started';
    activity.line = { activity: activity.type, id: activity.id, attempt, startedAt: this.#world.now, fresh: activity.fresh, script: activity.script };
    this.#ledger.attempts.push(activity.line);
    const startToClose = msOf(scheduled.startToCloseTimeout) || Infinity;
    const scheduleToClose = msOf(scheduled.scheduleToCloseTimeout) || Infinity;
    const limit = Math.min(startToClose, activity.scheduledAt + scheduleToClose - this.#world.now);
    if (limit < Infinity) activity.timers.push(this.#world.after(limit, () => this.#timeOut(activity, attempt, 1)));
    const heartbeatTimeout = msOf(scheduled.heartbeatTimeout);
    if (heartbeatTimeout > 0) {
      let withdraw = (): void => undefined;
      activity.resetHeartbeat = () => {
        withdraw();
        withdraw = this.#world.after(heartbeatTimeout, () => this.#timeOut(activity, attempt, 4));
      };
      activity.timers.push(() => withdraw());
      activity.resetHeartbeat();
    }
    this.#workers.run(machine, { token: tokenOf(activity), activity, attempt, details: activity.details });
  }

  #timeOut(activity: Activity, attempt: number, timeoutType: number): void {
    if (activity.state !== 'started' || activity.attempt !== attempt || this.isClosed) return;
    if (this.#retry(activity, 'timed-out', undefined)) return;
    const failure: Failure = {
      message: 'activity timeout',
      timeoutFailureInfo: { timeoutType, lastHeartbeatDetails: activity.details === undefined ? null : { payloads: [activity.details] } },
    };
    this.#close(activity, 'timed-out', { failed: { failure: wrapped(activity, failure) } });
  }

  #retry(activity: Activity, how: AttemptLine['how'], delayMs: number | undefined): boolean {
    const { retryPolicy, scheduleToCloseTimeout } = activity.scheduled;
    const most = retryPolicy?.maximumAttempts ?? 0;
    if (activity.cancelRequested || (most > 0 && activity.attempt >= most)) return false;
    const initial = msOf(retryPolicy?.initialInterval) || 1_000;
    const longest = msOf(retryPolicy?.maximumInterval) || 100 * initial;
    const wait = delayMs ?? Math.min(longest, initial * (retryPolicy?.backoffCoefficient || 2) ** (activity.attempt - 1));
    const expires = msOf(scheduleToCloseTimeout) || Infinity;
    if (this.#world.now + wait > activity.scheduledAt + expires) return false;
    this.#endAttempt(activity, how);
    activity.state = 'waiting';
    activity.attempt++;
    this.#dispatch(activity, wait + this.#delivery());
    return true;
  }

  #endAttempt(activity: Activity, how: AttemptLine['how']): void {
    for (const withdraw of activity.timers.splice(0)) withdraw();
    activity.resetHeartbeat = () => undefined;
    if (activity.line === undefined) return;
    activity.line.endedAt = this.#world.now;
    activity.line.how = how;
  }

  #close(activity: Activity, how: AttemptLine['how'], result: coresdk.activity_result.IActivityResolution): void {
    this.#endAttempt(activity, how);
    activity.state = 'closed';
    this.#tell({ resolveActivity: { seq: activity.seq, result } });
  }

  #running(token: string): Activity | undefined {
    if (this.isClosed) return undefined;
    return [...this.#activities.values()].find((activity) => activity.state === 'started' && tokenOf(activity) === token);
  }

  #delivery(): number {
    return this.#world.between(deliveryMs.least, deliveryMs.most);
  }

  // ---------------------------------------------------------------------------------------------------------------- workflow tasks

  #tell(job: Job): void {
    if (this.isClosed) return;
    this.#jobs.push(job);
    this.#wantTask();
  }

  #wantTask(): void {
    if (this.#taskComes) return;
    this.#taskComes = true;
    this.#world.after(this.#delivery(), () => void this.#world.hold(this.#task()));
  }

  async #task(): Promise<void> {
    if (this.isClosed) return;
    this.#taskComes = false;
    if (this.#workers.polling() === undefined) {
      this.#taskComes = true;
      this.#world.after(nobodyPollsMs, () => void this.#world.hold(this.#task()));
      return;
    }
    const jobs = this.#jobs;
    this.#jobs = [];
    try {
      for (const command of (await this.#host?.task(jobs)) ?? []) this.#carryOut(command);
    } catch (error) {
      this.#ledger.broken = `a workflow task failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
  }

  #carryOut(command: Command): void {
    if (command.scheduleActivity) this.#schedule(command.scheduleActivity);
    else if (command.requestCancelActivity) this.#cancelActivity(command.requestCancelActivity.seq ?? 0);
    else if (command.startTimer) {
      const { seq, startToFireTimeout } = command.startTimer;
      const timer = seq ?? 0;
      this.#timers.set(
        timer,
        this.#world.after(msOf(startToFireTimeout), () => this.#tell({ fireTimer: { seq: timer } })),
      );
    } else if (command.cancelTimer) this.#timers.get(command.cancelTimer.seq ?? 0)?.();
    else if (command.modifyWorkflowProperties) this.onMemo(command.modifyWorkflowProperties.upsertedMemo?.fields ?? {});
    else if (command.upsertWorkflowSearchAttributes) {
      const [value] = Object.values(command.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields ?? {});
      if (value?.data) this.onPhase(String(JSON.parse(Buffer.from(value.data).toString())));
    } else if (command.updateResponse) {
      const { protocolInstanceId, rejected, completed } = command.updateResponse;
      if (rejected || completed) this.#answers.get(protocolInstanceId ?? '')?.(!rejected);
    } else if (command.completeWorkflowExecution) this.#end('completed');
    else if (command.failWorkflowExecution) this.#end('failed', command.failWorkflowExecution.failure?.message ?? undefined);
    else if (command.cancelWorkflowExecution) this.#end('cancelled');
    else throw new Error(`the model knows no command ${JSON.stringify(command).slice(0, 200)}`);
  }

  #cancelActivity(seq: number): void {
    const activity = this.#activities.get(seq);
    if (activity === undefined || activity.state === 'closed') return;
    activity.cancelRequested = true;
    if (activity.state === 'waiting') this.#close(activity, activity.line === undefined ? undefined : activity.line.how, cancelledResult(activity));
  }

  #end(how: 'completed' | 'failed' | 'cancelled', failure?: string): void {
    this.#ledger.closed = { at: this.#world.now, how, failure };
  }
}

function tokenOf({ id, attempt }: Activity): string {
  return `${id}/${attempt}`;
}

/** As the server's events reach a workflow: the failure of the activity, and the cause inside. */
function wrapped({ id, type }: Activity, cause: Failure): Failure {
  return {
    message: 'activity error',
    source: 'TypeScriptSDK',
    activityFailureInfo: {
      scheduledEventId: null,
      startedEventId: null,
      identity: namespace,
      activityType: { name: type },
      activityId: id,
      retryState: 2,
    },
    cause,
  };
}

function cancelledResult(activity: Activity): coresdk.activity_result.IActivityResolution {
  return { cancelled: { failure: wrapped(activity, { message: 'cancelled', canceledFailureInfo: {} }) } };
}

function msOf(duration: Parameters<typeof optionalTsToMs>[0]): number {
  return optionalTsToMs(duration) ?? 0;
}

function textOf(payload: Payload | null | undefined): string {
  return payload?.data ? Buffer.from(payload.data).toString() : '';
}
