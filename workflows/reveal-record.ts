// The record of who opened the sealed script: the command that opens it sends this first, and opens nothing that was not recorded. It proves no more
// than that: whoever holds the key of the workers and can read the history could open it without asking.
import { ApplicationFailure } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import { judgeReveal } from '../rules/judge-reveal.js';
import { revealed, type Answer } from './messages.js';
import type { ProgressBoard } from './progress-board.js';

export function recordReveals(board: ProgressBoard): void {
  setHandler(
    revealed,
    (message): Answer => {
      const judgement = judgeReveal(message, Date.now());
      if (!judgement.accepted) return { accepted: false, reason: judgement.reason };
      board.noteReveal(judgement.reveal);
      return { accepted: true };
    },
    {
      description: 'Recorded before somebody opens a sealed script with the key of the workers. Payload: { "by": "<who>", "purpose": "bootstrap" }',
      validator: (message) => {
        const judgement = judgeReveal(message, Date.now());
        if (!judgement.accepted) throw ApplicationFailure.nonRetryable(judgement.reason, 'reveal-refused');
      },
    },
  );
}
