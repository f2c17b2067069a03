// The run waits for a person to settle what it cannot know. It never ends by itself from here, and cancellation has no effect.
import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import type { ResolveMessage } from '../domain/decision.js';
import type { Attention } from '../domain/outcome.js';
import { judgeResolution } from '../rules/judge-resolution.js';
import { resolve, revealed, type Answer } from './messages.js';
import { attentionDetails, type ProgressBoard } from './progress-board.js';

export class AttentionGate {
  readonly #board: ProgressBoard;
  readonly #requester: string;
  #open: Attention | undefined;
  #answer: ResolveMessage | undefined;
  #asked = 0;

  constructor(board: ProgressBoard, requester: string) {
    this.#board = board;
    this.#requester = requester;
    setHandler(resolve, (message): Answer => this.#take(message), {
      description:
        'Answer what needs attention. Payload: { "attention": "<id>", "choice": "<one of those shown>", "by": "<who>", "comment": "<what you looked at>" }',
      validator: (message) => {
        const resolution = judgeResolution(this.#open, message);
        if (!resolution.accepted) throw ApplicationFailure.nonRetryable(resolution.reason, 'answer-refused');
      },
    });
    setHandler(revealed, (): Answer => ({ accepted: true }), {
      description: 'Recorded when somebody opens the sealed script with the key of the workers.',
    });
  }

  /** Asks, and waits as long as it takes. `name` says what kind of question it is; the id counts them, so that an old answer meets no new question. */
  async ask(
    name: string,
    question: Pick<Attention, 'reason' | 'choices' | 'left'> & Partial<Pick<Attention, 'statement' | 'digest'>>,
  ): Promise<ResolveMessage> {
    return CancellationScope.nonCancellable(async () => {
      const since = new Date().toISOString();
      const attention: Attention = { id: `${name}-${++this.#asked}`, since, ...question };
      this.#open = attention;
      this.#answer = undefined;
      this.#board.enter('needs-attention', attentionDetails(attention));
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
      const answer = this.#answer as ResolveMessage | undefined;
      if (answer === undefined) throw new Error('unreachable: the condition has just held');
      this.#board.clearAttention();
      return answer;
    });
  }

  #take(message: unknown): Answer {
    const resolution = judgeResolution(this.#open, message);
    if (!resolution.accepted) return { accepted: false, reason: resolution.reason };
    this.#open = undefined;
    this.#answer = resolution.message;
    return { accepted: true };
  }
}
