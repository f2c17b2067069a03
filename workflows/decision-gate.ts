// A gate that people open. Messages may come before it, or long after: they are judged by one pure function, and only an open gate takes them.
import { ApplicationFailure } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';
import type { Channel, Decision, Verdict } from '../domain/decision.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { DecidablePlan, Plan } from '../domain/plan.js';
import { durationMs } from '../rules/duration.js';
import { asMarkdown } from '../rules/markdown.js';
import { judgeDecision, type Judgement, type OpenGate } from '../rules/judge-decision.js';
import { approve, decide, reject, type Answer } from './messages.js';
import type { ProgressBoard } from './progress-board.js';

export class DecisionGate {
  readonly #board: ProgressBoard;
  #gate: OpenGate | undefined;

  /** Sets the handlers; construct it before the first await, so that no message is lost. */
  constructor(board: ProgressBoard) {
    this.#board = board;
    const description = 'Payload: { "digest": "<64 hex digits of the plan>", "by": "<who>", "comment": "<text>" }';
    setHandler(approve, (message) => void this.#take(message, 'approve', 'signal'), { description: `Approve the plan. ${description}` });
    setHandler(reject, (message) => void this.#take(message, 'reject', 'signal'), {
      description: `Reject the plan; the comment is required. ${description}`,
    });
    setHandler(decide, (message): Answer => ({ accepted: this.#take(message, message.verdict, 'update').accepted }), {
      description: `Decide, and hear at once whether it counts. ${description} and "verdict": "approve" or "reject"`,
      validator: (message) => {
        const judgement = this.#judge(message, verdictOf(message), 'update');
        if (!judgement.accepted) throw ApplicationFailure.nonRetryable(judgement.reason, 'decision-refused');
      },
    });
  }

  /** Lets the plan pass by the worker's policy, or waits until people decide on it or the time to decide is over. */
  async pass({ plan, policy }: DecidablePlan, request: ConnectionRequest): Promise<'approved' | 'rejected' | 'expired'> {
    this.#board.note({ digest: plan.digest });
    if (policy.effective === 'automatic') {
      this.#board.decisions.push({ by: 'policy', verdict: 'approve', channel: 'policy', at: new Date().toISOString(), comment: policy.because });
      return 'approved';
    }
    const waitMs = durationMs(request.script.expiresAfter);
    const now = Date.now();
    const digest = plan.digest ?? '';
    const expiresAt = new Date(now + waitMs).toISOString();
    this.#gate = { digest, expiresAt: now + waitMs };
    this.#board.enter('awaiting-decision', gateDetails(plan.summary, plan.dangers, digest, expiresAt));
    this.#board.showGate({
      kind: 'decision',
      digest,
      requestedBy: request.requester,
      requestedAt: new Date(now).toISOString(),
      expiresAt,
      summary: plan.summary,
      classes: plan.classes,
    });
    await condition(() => this.#board.decisions.length > 0, waitMs, { summary: 'time to decide' });
    this.#gate = undefined;
    const verdict = this.#board.decisions[0]?.verdict;
    return verdict === undefined ? 'expired' : verdict === 'approve' ? 'approved' : 'rejected';
  }

  /** While the script waits to be run elsewhere people can only say no here: the yes is the answer `ran`. */
  openForNo(digest: string, expiresAt: number): void {
    this.#gate = { digest, expiresAt, elsewhere: true };
  }

  close(): void {
    this.#gate = undefined;
  }

  get rejected(): boolean {
    return this.#board.decisions.some(({ verdict }) => verdict === 'reject');
  }

  #judge(message: unknown, verdict: Verdict, channel: Channel): Judgement {
    return judgeDecision(this.#gate, this.#board.decisions, { message, verdict, channel, now: Date.now() });
  }

  #take(message: unknown, verdict: Verdict, channel: Channel): Judgement {
    const judgement = this.#judge(message, verdict, channel);
    if (!judgement.accepted) return judgement;
    this.#gate = undefined; // one decision is enough: another in the same moment comes after it
    this.#board.decisions.push(judgement.decision satisfies Decision);
    return judgement;
  }
}

function verdictOf(message: unknown): Verdict {
  const verdict = typeof message === 'object' && message !== null ? (message as { verdict?: unknown }).verdict : undefined;
  if (verdict === 'approve' || verdict === 'reject') return verdict;
  throw ApplicationFailure.nonRetryable('A decision needs "verdict": "approve" or "reject".', 'decision-refused');
}

function gateDetails(summary: string, dangers: readonly string[], digest: string, expiresAt: string): string {
  const payload = JSON.stringify({ digest, by: 'you@example.com' }, null, 2); // on one line the UI cuts it off
  return `until ${expiresAt}\n\n${planDetails({ summary, dangers })}\nTo approve, send the Signal \`approve\` (to reject, \`reject\` with a \`comment\`) with:\n\n\`\`\`\n${payload}\n\`\`\``;
}

/** What a plan does and what is dangerous about it, as Markdown. Names in it come from a script: no link, image or heading may come of them. */
export function planDetails({ summary, dangers }: Pick<Plan, 'summary' | 'dangers'>): string {
  return `${asMarkdown(summary)}\n\n${dangers.map((danger) => `- ${asMarkdown(danger)}\n`).join('')}`;
}
