// The policy `external`: a person takes the bootstrap script, runs it elsewhere, and says so with the digest of the plan. Nobody is taken at their word:
// before anything is registered, a login looks for what the script makes. What is not there, or stood there before, is asked for again.
import { condition } from '@temporalio/workflow';
import type { ObjectState } from '../activities/ports.js';
import type { Attention } from '../domain/outcome.js';
import type { PlannedScript, PreparedPlan } from '../domain/plan.js';
import type { RegistrationRequest } from '../domain/registration-request.js';
import { durationMs } from '../rules/duration.js';
import { asMarkdown } from '../rules/markdown.js';
import { contradictions, marksOf } from '../rules/run-elsewhere.js';
import type { Activities } from './activity-options.js';
import type { Answered, AttentionGate } from './attention-gate.js';
import { planDetails, type DecisionGate } from './decision-gate.js';
import { failureOf } from './failure-of.js';
import { attentionDetails, type ProgressBoard } from './progress-board.js';

export interface Handover {
  readonly request: RegistrationRequest;
  readonly prepared: PreparedPlan & { readonly kind: 'plan' };
  /** What stood on the platform before anybody could take the script. */
  readonly before: readonly ObjectState[];
}

export interface Gates {
  readonly gate: DecisionGate;
  readonly attention: AttentionGate;
  readonly board: ProgressBoard;
}

/** What the platform shows of what the script makes. Reads only. */
export async function lookForMarks(activities: Activities, { request, prepared }: Omit<Handover, 'before'>): Promise<readonly ObjectState[]> {
  return activities.inspectPlatform({ request, objects: marksOf(bootstrapOf(prepared), request.target) });
}

/** Waits until the script was run elsewhere and what it makes was seen, or people say no, or nobody says anything. Can be cancelled. */
export async function runElsewhere(activities: Activities, gates: Gates, handover: Handover): Promise<'ran' | 'rejected' | 'expired'> {
  const expiresAt = Date.now() + durationMs(handover.request.script.expiresAfter);
  for (let doubt: string | undefined; ; ) {
    const answer = await ask(gates, handover, expiresAt, doubt);
    if (typeof answer === 'string') return answer;
    gates.board.say('awaiting-decision', `${asMarkdown(answer.by)} says that the bootstrap script ran; looking for what it makes`);
    doubt = await whyNot(activities, handover, answer.by);
    if (doubt !== undefined) continue;
    if (answer.decision !== undefined) gates.board.decisions.push(answer.decision);
    return 'ran';
  }
}

/** The bootstrap script of a plan that holds one. */
export function bootstrapOf({ plan }: Handover['prepared']): PlannedScript {
  const script = plan.scripts.find(({ purpose }) => purpose === 'bootstrap');
  if (script === undefined) throw new Error('unreachable: a registration is planned with its bootstrap script');
  return script;
}

async function ask(
  { gate, attention, board }: Gates,
  { request, prepared: { plan } }: Handover,
  expiresAt: number,
  doubt: string | undefined,
): Promise<Answered | 'rejected' | 'expired'> {
  const digest = plan.digest ?? '';
  const now = new Date();
  const question: Attention = {
    id: 'external-bootstrap',
    reason: doubt ?? 'The bootstrap script waits to be run elsewhere. When all of it ran, answer "ran" with the digest.',
    since: now.toISOString(),
    choices: ['ran'],
    digest,
    left: [],
  };
  const until = new Date(expiresAt).toISOString();
  gate.openForNo(digest, expiresAt);
  attention.pose(question, expiresAt);
  board.note({ digest });
  board.enter('awaiting-decision', `until ${until}\n\n${planDetails(plan)}\n${attentionDetails(question)}\n\n${instead}`);
  board.showGate({
    kind: 'decision',
    digest,
    requestedBy: request.requester,
    requestedAt: now.toISOString(),
    expiresAt: until,
    summary: plan.summary,
    classes: plan.classes,
    attention: question,
  });
  try {
    await condition(() => attention.answer !== undefined || gate.rejected, Math.max(1, expiresAt - now.getTime()), {
      summary: 'time to run the script',
    });
    if (gate.rejected) return 'rejected';
    return attention.answer ?? 'expired';
  } finally {
    gate.close();
    attention.withdraw();
    board.clearAttention();
  }
}

const instead =
  'The Signal `approve` has no effect here. To give up, send the Signal `reject` with a `comment`. ' +
  'The script: `mooring show <connectionKey> --script --reveal > bootstrap.sql`.';

/** Why what was said is not believed; `undefined` when everything that the script makes is there. */
async function whyNot(activities: Activities, handover: Handover, by: string): Promise<string | undefined> {
  const { request, prepared, before } = handover;
  try {
    const now = await lookForMarks(activities, handover);
    const against = contradictions(bootstrapOf(prepared), request.target, before, now);
    if (against.length === 0) return undefined;
    return `${by} said that the bootstrap script ran, but ${against.join(', ')}, as far as ${prepared.plan.privilegedUser} may see. Nothing was registered. Run all of the script, then answer "ran" again.`;
  } catch (error) {
    const { failure, cancelled } = failureOf(error);
    if (cancelled) throw error;
    return `${by} said that the bootstrap script ran, but what it makes could not be looked at: ${failure.message} ${failure.next} Then answer "ran" again.`;
  }
}
