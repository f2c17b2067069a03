// What a worker process does with an activity: the SDK's own class runs it, and the rules of Core are played here: its heartbeats are throttled and not
// awaited, a failure takes the last of them along, and its own timer ends an attempt that it has not told the server about.
import {
  ActivityCancellationDetails,
  defaultFailureConverter,
  defaultPayloadConverter,
  fromPayloadsAtIndex,
  noopMetricMeter,
  toPayloads,
} from '@temporalio/common';
import { ActivityCancelledError, ActivityCompletionError, ActivityNotFoundError, type Client } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { Activity as SdkActivity } from '@temporalio/worker/lib/activity.js';
import type { Fates } from './fates.js';
import type { Machine } from './machine.js';
import type { ActivityTask, RecordAnswer, TemporalServer } from './temporal-server.js';
import { namespace, taskQueue } from './workflow-host.js';

type Payload = temporal.api.common.v1.IPayload;
type Work = (...input: never[]) => Promise<unknown>;

/** Above a lease, and by Core's own allowance: so that it never races with the server. */
const localTimeoutBufferMs = 5_000;
/** gRPC gives up a call whose connection broke. One that was given up is not held back any longer: it would overtake nothing that is sent after it. */
const callGivenUpMs = 10_000;

export interface ActivityWorkerOptions {
  readonly machine: Machine;
  readonly server: TemporalServer;
  readonly fates: Fates;
  readonly runId: string;
  readonly workflowId: string;
  readonly workflowType: string;
  readonly activities: Readonly<Record<string, Work | undefined>>;
}

export function runActivity(options: ActivityWorkerOptions, task: ActivityTask): void {
  const { machine, fates } = options;
  machine.after(1, () => {
    fates.comes('task');
    machine.deliver(() => new Attempt(options, task).begin());
  });
}

class Attempt {
  readonly #options: ActivityWorkerOptions;
  readonly #task: ActivityTask;
  readonly #heartbeatTimeoutMs: number;
  readonly #activity: SdkActivity;
  #over = false;
  /** What the SDK was told last: a failure takes it along. */
  #told: Payload | undefined;
  #waiting: Payload | undefined;
  #throttled = false;
  #withdrawLocalTimer = (): void => undefined;

  constructor(options: ActivityWorkerOptions, task: ActivityTask) {
    this.#options = options;
    this.#task = task;
    const { machine, runId, workflowId, workflowType } = options;
    const { scheduled, type, id } = task.activity;
    this.#heartbeatTimeoutMs = msOf(scheduled.heartbeatTimeout);
    const token = Buffer.from(task.token);
    const info = {
      taskToken: token,
      base64TaskToken: token.toString('base64'),
      activityId: id,
      activityType: type,
      attempt: task.attempt,
      isLocal: false,
      taskQueue: scheduled.taskQueue ?? taskQueue,
      workflowType,
      workflowNamespace: namespace,
      activityNamespace: namespace,
      workflowExecution: { workflowId, runId },
      scheduledTimestampMs: task.activity.scheduledAt,
      currentAttemptScheduledTimestampMs: machine.world.now,
      startToCloseTimeoutMs: msOf(scheduled.startToCloseTimeout),
      scheduleToCloseTimeoutMs: msOf(scheduled.scheduleToCloseTimeout),
      heartbeatTimeoutMs: this.#heartbeatTimeoutMs || undefined,
      heartbeatDetails: task.details === undefined ? undefined : decoded(task.details),
    };
    const context = { type: 'activity', namespace, activityId: id, workflowId, isLocal: false } as const;
    const converter = { payloadConverter: defaultPayloadConverter, payloadCodecs: [], failureConverter: defaultFailureConverter };
    const work = options.activities[type];
    this.#activity = new SdkActivity(
      info as never,
      work as never,
      converter as never,
      context,
      undefined,
      (details) => this.#tell(details),
      this.#client(),
      silent as never,
      noopMetricMeter,
      [],
    );
  }

  begin(): void {
    const { machine } = this.#options;
    this.#setLocalTimer();
    const args = (this.#task.activity.scheduled.arguments ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
    void this.#activity.run({ args, headers: {} }).then((result) => machine.deliver(() => this.#report(result)));
  }

  #report(result: Awaited<ReturnType<SdkActivity['run']>>): void {
    const { machine, server, fates } = this.#options;
    this.#over = true;
    this.#withdrawLocalTimer();
    fates.comes('result');
    if (fates.resultIsLost()) return;
    machine.deliver(() => {
      const told = this.#told;
      machine.world.after(machine.world.between(1, 30), () => {
        const { token } = this.#task;
        if (result.completed) server.completed(token, result.completed.result);
        else if (result.cancelled) server.cancelled(token);
        else server.failed(token, result.failed?.failure, told);
      });
    });
  }

  // ---------------------------------------------------------------------------------------------------- heartbeats of the SDK

  #tell(details: unknown): void {
    const payload = encoded(details);
    this.#told = payload;
    if (this.#over) return;
    if (this.#throttled) this.#waiting = payload;
    else this.#send(payload);
  }

  #send(payload: Payload | undefined): void {
    const { machine, server } = this.#options;
    this.#throttled = true;
    this.#waiting = undefined;
    const sentAt = machine.world.now;
    // Over a connection that nobody waits for: it may come after records that left later.
    machine.world.after(machine.world.between(1, 400), () => {
      const answer = server.record(this.#task.token, payload);
      machine.after(machine.world.between(1, 100), () => this.#heard(answer, sentAt));
    });
  }

  #heard(answer: RecordAnswer, sentAt: number): void {
    const { machine } = this.#options;
    if (this.#over) return;
    if (answer !== 'stored') this.#cancel(answer);
    if (answer !== 'not-found') this.#setLocalTimer();
    machine.after(Math.max(0, sentAt + 0.8 * this.#heartbeatTimeoutMs - machine.world.now), () => {
      this.#throttled = false;
      if (this.#waiting !== undefined && !this.#over) this.#send(this.#waiting);
    });
  }

  #setLocalTimer(): void {
    this.#withdrawLocalTimer();
    if (this.#heartbeatTimeoutMs === 0) return;
    this.#withdrawLocalTimer = this.#options.machine.after(this.#heartbeatTimeoutMs + localTimeoutBufferMs, () => {
      if (!this.#over) this.#activity.cancel('TIMED_OUT', new ActivityCancellationDetails({ timedOut: true }));
    });
  }

  #cancel(why: RecordAnswer): void {
    if (this.#activity.abortController.signal.aborted) return;
    if (why === 'not-found') this.#activity.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true }));
    else this.#activity.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
  }

  // -------------------------------------------------------------------------------------------------------- the awaited record

  #client(): Client {
    const heartbeat = (token: Uint8Array, details: unknown): Promise<void> =>
      new Promise((resolve, reject) =>
        this.#options.machine.deliver(() => this.#record(Buffer.from(token).toString(), encoded(details), resolve, reject)),
      );
    return { activity: { heartbeat }, withAbortSignal: (_signal: AbortSignal, call: () => unknown) => call() } as unknown as Client;
  }

  #record(token: string, payload: Payload | undefined, resolve: () => void, reject: (error: Error) => void): void {
    const { machine, server, fates } = this.#options;
    const { world } = machine;
    fates.comes('record');
    const fate = fates.record();
    machine.deliver(() => {
      const withdraw = machine.after(callGivenUpMs, () => reject(new ActivityCompletionError('deadline exceeded')));
      const way = fate === 'late' ? world.between(500, 9_000) : world.between(1, 8);
      if (fate !== 'lost')
        world.after(way, () => {
          const answer = server.record(token, payload);
          fates.comes('stored');
          if (fate === 'answer-lost') return;
          machine.after(world.between(1, 8), () => {
            withdraw();
            if (answer === 'stored') resolve();
            else if (answer === 'cancel-requested') reject(new ActivityCancelledError('cancelled'));
            else reject(new ActivityNotFoundError('Not found'));
          });
        });
    });
  }
}

function encoded(details: unknown): Payload | undefined {
  return details === undefined ? undefined : toPayloads(defaultPayloadConverter, details)?.[0];
}

function decoded(payload: Payload): unknown {
  return fromPayloadsAtIndex(defaultPayloadConverter, 0, [payload as never]);
}

const silent = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

function msOf(duration: Parameters<typeof optionalTsToMs>[0]): number {
  return optionalTsToMs(duration) ?? 0;
}
