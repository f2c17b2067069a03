// A run as Temporal describes it, put into our words. Everything here comes from Describe and List: no Query, so it needs no worker.
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { decodeArrayFromPayloads, decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import type { RunView } from '../domain/outcome.js';
import type { Plan } from '../domain/plan.js';
import type { Purpose } from '../domain/script.js';
import type { Journal } from '../rules/journal.js';
import { readJournal } from '../rules/journal.js';
import type { Phase } from '../rules/phase.js';
import { phases } from '../rules/phase.js';
import { searchAttributes } from '../temporal/search-attributes.js';
import type { PendingDecision } from '../workflows/messages.js';

/** What the run is doing now: the activity that is under way. */
export interface RunStep {
  readonly activity: string;
  readonly attempt: number;
  /** Of the script that runs. */
  readonly journal: Journal | undefined;
  /** The POST or DELETE of this step may have left. */
  readonly sent: boolean;
  /** Why the attempt before failed, where one did. */
  readonly lastFailure: string | undefined;
}

export interface RunState {
  readonly workflowId: string;
  readonly runId: string;
  readonly operation: 'register' | 'deregister';
  readonly connectionKey: string;
  /** Temporal's word for how the execution stands. */
  readonly status: WorkflowExecutionInfo['status']['name'];
  readonly phase: Phase | undefined;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  readonly requester: string | undefined;
  readonly requestSha256: string | undefined;
  /** What a person is asked now. */
  readonly gate: PendingDecision | undefined;
  /** Of the plan that was or is to be decided on. */
  readonly digest: string | undefined;
  /** Where somebody has read it from the history. */
  readonly plan?: Plan | undefined;
  readonly outcome: RunView | undefined;
  /** True when a part of the memo is encrypted with a key that this process does not have. */
  readonly unreadable: boolean;
  readonly steps: readonly RunStep[];
}

export function isOpen({ status }: RunState): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}

/** The state of one run, with what is under way. */
export async function stateOfDescription(client: Client, description: WorkflowExecutionDescription): Promise<RunState> {
  const converter = client.options.loadedDataConverter;
  const pending = description.raw.pendingActivities ?? [];
  const steps = pending.map(async (activity): Promise<RunStep> => {
    const details = await decodeArrayFromPayloads(converter, activity.heartbeatDetails?.payloads);
    const failure = await decodeOptionalFailureToOptionalError(converter, activity.lastFailure);
    return {
      activity: activity.activityType?.name ?? '',
      attempt: activity.attempt ?? 1,
      journal: readJournal(details[0]),
      sent: shaped<{ readonly at: string }>(details[0], 'at') !== undefined,
      lastFailure: failure?.message,
    };
  });
  const state = stateOfInfo(description);
  const underWay = await Promise.all(steps);
  // The attribute changes only where people filter by it; the activity under way tells the rest.
  return { ...state, phase: phaseUnderWay(state.phase, underWay), steps: underWay };
}

function phaseUnderWay(phase: Phase | undefined, steps: readonly RunStep[]): Phase | undefined {
  const doing = (name: string): boolean => steps.some(({ activity }) => activity === name);
  if (phase === 'running' && doing('createConnection')) return 'registering';
  if (phase === 'deleting' && (doing('runScript') || doing('inspectPlatform'))) return 'cleaning';
  return phase;
}

/** The state of one run as a list shows it. */
export function stateOfInfo(info: Omit<WorkflowExecutionInfo, 'raw'>): RunState {
  const memo = info.memo ?? {};
  const attributes = info.typedSearchAttributes;
  const phase = phases.find((name) => name === attributes.get(searchAttributes.phase));
  const asked = shaped<PendingDecision>(memo['gate'], 'kind'); // stands there until the end: whether it is open, the phase says
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    operation: attributes.get(searchAttributes.operation) === 'deregister' ? 'deregister' : 'register',
    connectionKey: attributes.get(searchAttributes.connectionKey) ?? info.workflowId.split('/').at(-1) ?? info.workflowId,
    status: info.status.name,
    phase,
    startedAt: info.startTime.toISOString(),
    endedAt: info.closeTime?.toISOString(),
    requester: textOf(memo['requester']),
    requestSha256: textOf(memo['requestSha256']),
    gate: asked && (phase === 'awaiting-decision' || phase === 'needs-attention') ? asked : undefined,
    digest: asked?.kind === 'decision' ? asked.digest : undefined,
    outcome: shaped<RunView>(memo['outcome'], 'outcome'),
    unreadable: Object.values(memo).some((value) => shaped(value, 'undecodable') !== undefined),
    steps: [],
  };
}

/** What commands print of a run: the outcome it wrote itself, or what can be seen from outside. */
export function viewOf(state: RunState): RunView {
  if (state.outcome !== undefined) return { ...state.outcome, endedAt: state.outcome.endedAt ?? state.endedAt };
  return {
    v: 1,
    phase: isOpen(state) ? state.phase : 'ended',
    operation: state.operation,
    connectionKey: state.connectionKey,
    workflowId: state.workflowId,
    runId: state.runId,
    digest: state.digest ?? state.plan?.digest,
    scripts: scriptsOf(state),
    decisions: [],
    leftBehind: [],
    attention: state.gate?.attention,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
  };
}

/** How far each script came, of those of which that is known from outside. */
function scriptsOf({ gate, phase, plan, steps }: RunState): RunView['scripts'] {
  if (gate?.scripts !== undefined) return gate.scripts;
  const journal = steps.find((step) => step.journal !== undefined)?.journal;
  return (plan?.scripts ?? []).flatMap(({ purpose, sha256, statements: { length: statements } }) => {
    const reached = reachedIn(purpose, phase, statements, journal);
    return reached === undefined ? [] : [{ purpose, sha256, statements, ...reached }];
  });
}

function reachedIn(purpose: Purpose, phase: Phase | undefined, statements: number, journal: Journal | undefined): Reached | undefined {
  const none = { ran: 0, skipped: 0 };
  const asRecorded = journal === undefined ? none : { ran: journal.acknowledgedThrough + 1 - journal.skipped, skipped: journal.skipped };
  switch (phase) {
    case 'preparing':
    case 'awaiting-decision':
    case 'deleting':
      return none;
    case 'running':
      return purpose === 'bootstrap' ? asRecorded : none;
    case 'registering':
      return purpose === 'bootstrap' ? { ran: statements, skipped: 0 } : none;
    case 'undoing':
    case 'cleaning':
      return purpose === 'cleanup' ? asRecorded : undefined;
    case 'needs-attention':
    case 'ended':
    case undefined:
      return undefined;
  }
}

type Reached = Pick<RunView['scripts'][number], 'ran' | 'skipped'>;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A memo is written by our workflows; anything else that stands in its place is as good as absent. */
function shaped<T>(value: unknown, mark: keyof T & string): T | undefined {
  return typeof value === 'object' && value !== null && mark in value ? (value as T) : undefined;
}
