// Runs the product's workflow code in the SDK's own workflow runtime: the class that interprets activations and makes commands is the SDK's, so scopes,
// conditions, updates and failures mean here what they mean in a worker. Only its sandbox is left out, and the caller plays Core.
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import proto, { type coresdk } from '@temporalio/proto';
import type { WorkflowInfo } from '@temporalio/workflow';
import { setActivator } from '@temporalio/workflow/lib/global-attributes.js';
import { Activator } from '@temporalio/workflow/lib/internals.js';
import { activate, concludeActivation, initialize, tryUnblockConditions } from '@temporalio/workflow/lib/worker-interface.js';
import { settled, type World } from './world.js';

const wire = proto.coresdk.workflow_activation;

export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type Job = coresdk.workflow_activation.IWorkflowActivationJob;

export const namespace = 'default';
export const taskQueue = 'mooring';

export interface Started {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflow: (input: never) => Promise<unknown>;
  readonly input: unknown;
}

export class WorkflowHost {
  readonly #world: World;
  readonly #activator: Activator;
  readonly #input: unknown;
  #begun = false;

  constructor(world: World, { workflow, workflowType, workflowId, runId, input }: Started) {
    this.#world = world;
    this.#input = input;
    const startTime = new Date(world.now);
    const info = {
      workflowId,
      runId,
      firstExecutionRunId: runId,
      workflowType,
      namespace,
      taskQueue,
      startTime,
      runStartTime: startTime,
      attempt: 1,
      searchAttributes: {},
      historyLength: 3,
      historySize: 300,
      continueAsNewSuggested: false,
      taskTimeoutMs: 10_000,
      unsafe: { now: () => world.now, isReplaying: false, isReplayingHistoryEvents: false },
    } as unknown as WorkflowInfo;
    this.#activator = new Activator({
      info,
      now: world.now,
      randomnessSeed: [1, 2, 3],
      showStackTraceSources: false,
      sourceMap: undefined as never,
      registeredActivityNames: new Set<string>(),
      getTimeOfDay: () => BigInt(world.now) * 1_000_000n,
      stackTracesEnabled: false,
    });
    this.#activator.workflow = workflow as never;
    setActivator(this.#activator);
  }

  /** One workflow task. Rejects with what made it fail: a server would try it again and again. */
  async task(jobs: readonly Job[]): Promise<readonly Command[]> {
    this.#activator.now = this.#world.now;
    const all = jobs.map((job) => wire.WorkflowActivationJob.create(job));
    if (!this.#begun) {
      this.#begun = true;
      const started = { workflowType: this.#activator.info.workflowType, arguments: toPayloads(defaultPayloadConverter, this.#input) ?? [] };
      all.unshift(wire.WorkflowActivationJob.create({ initializeWorkflow: started }));
      initialize(wire.InitializeWorkflow.create(started));
    }
    activate(wire.WorkflowActivation.create({ jobs: ordered(all) }));
    do await settled();
    while (tryUnblockConditions() > 0);
    await settled();
    const { successful } = concludeActivation();
    this.#activator.getAndResetSinkCalls();
    return successful?.commands ?? [];
  }
}

/** Signals and updates come before everything else of one task. */
function ordered(jobs: readonly coresdk.workflow_activation.WorkflowActivationJob[]): coresdk.workflow_activation.WorkflowActivationJob[] {
  const rank = ({ variant }: Job & { variant?: string }): number =>
    variant === 'initializeWorkflow' ? 0 : variant === 'signalWorkflow' || variant === 'doUpdate' ? 1 : 2;
  return jobs.toSorted((one, other) => rank(one) - rank(other));
}
