// Questions that only a person can answer. One that is asked here never ends by itself, and cancellation has no effect; one that is posed belongs to
// whoever posed it, who waits for the answer and may withdraw it.
import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import type { Decision, ResolveMessage } from '../domain/decision.js';
import type { Attention } from '../domain/outcome.js';
import { judgeResolution, type Resolution } from '../rules/judge-resolution.js';
import { resolve, type Answer } from './messages.js';
import { attentionDetails, type ProgressBoard } from './progress-board.js';

export type Question = Pick<Attention, 'reason' | 'choices' | 'left'> & Partial<Pick<Attention, 'statement' | 'digest'>>;

/** An answer, with the decision that it is where it stands for a plan. */
export type Answered = ResolveMessage & { readonly decision?: Decision | undefined };

/** The question whether a cleanup script was run elsewhere. Its id is the same however often it is asked: it is the same question. */
export const ranCleanup = 'external-cleanup';

export class AttentionGate {
  readonly #board: ProgressBoard;
  readonly #requester: string;
  #open: Attention | undefined;
  #expiresAt: number | undefined;
  #answer: Answered | undefined;
  #asked = 0;

  constructor(board: ProgressBoard, requester: string) {
    this.#board = board;
    this.#requester = requester;
    setHandler(resolve, (message): Answer => this.#take(message), {
      description:
        'Answer what needs attention. Payload: { "attention": "<id>", "choice": "<one of those shown>", "by": "<who>", "comment": "<what you looked at>" }',
      validator: (message) => {
        const resolution = this.#judge(message);
        if (!resolution.accepted) throw ApplicationFailure.nonRetryable(resolution.reason, 'answer-refused');
      },
    });
  }

  /** Asks, and waits as long as it takes. `name` says what kind of question it is; the id counts them, so that an old answer meets no new question. */
  async ask(name: string, question: Question): Promise<Answered> {
    return CancellationScope.nonCancellable(async () => {
      const since = new Date().toISOString();
      const elsewhere = name === ranCleanup;
      const attention: Attention = { id: elsewhere ? name : `${name}-${++this.#asked}`, since, ...question };
      this.pose(attention);
      this.#board.enter(elsewhere ? 'awaiting-decision' : 'needs-attention', attentionDetails(attention));
      this.#board.showGate({
        kind: 'attention',
        requestedBy: this.#requester,
        requestedAt: since,
        summary: attention.reason,
        classes: {},
        digest: attention.digest,
        attention,
      });
      await condition(() => this.#answer !== undefined);
      const answer = this.answer;
      if (answer === undefined) throw new Error('unreachable: the condition has just held');
      this.#board.clearAttention();
      return answer;
    });
  }

  /** Takes answers to this question from now on, until one comes or `expiresAt` (ms since the epoch) is over. Showing it is the caller's. */
  pose(attention: Attention, expiresAt?: number): void {
    this.#open = attention;
    this.#expiresAt = expiresAt;
    this.#answer = undefined;
  }

  get answer(): Answered | undefined {
    return this.#answer;
  }

  withdraw(): void {
    this.#open = undefined;
    this.#answer = undefined;
  }

  #judge(message: unknown): Resolution {
    return judgeResolution(this.#open, message, { now: Date.now(), expiresAt: this.#expiresAt });
  }

  #take(message: unknown): Answer {
    const resolution = this.#judge(message);
    if (!resolution.accepted) return { accepted: false, reason: resolution.reason };
    this.#open = undefined;
    this.#answer = { ...resolution.message, decision: resolution.decision };
    return { accepted: true };
  }
}
