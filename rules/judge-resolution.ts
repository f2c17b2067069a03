import type { AttentionChoice, ResolveMessage } from '../domain/decision.js';
import type { Attention } from '../domain/outcome.js';

export type Resolution = { readonly accepted: true; readonly message: ResolveMessage } | { readonly accepted: false; readonly reason: string };

const hexDigits = /^[0-9a-f]{64}$/i;

/** Accepts or refuses a person's answer to *needs attention*. `message` comes from anyone and may be anything. */
export function judgeResolution(open: Attention | undefined, message: unknown): Resolution {
  if (typeof message !== 'object' || message === null) return refuse('An answer is an object: { "attention", "choice", "by", "comment" }.');
  const { attention, choice, by, comment, digest, queryIds, undecodable } = message as Record<string, unknown>;
  if (undecodable !== undefined) return refuse('The answer could not be decrypted here. Send it with the codec key of this namespace, or in clear.');
  if (open === undefined) return refuse('This run does not wait for an answer now. `mooring show` says where it is.');
  if (attention !== open.id) return refuse(`The question that is open is "${open.id}". Look at it (\`mooring show\`) before you answer.`);
  if (!isChoice(choice, open.choices)) return refuse(`The choices here are ${open.choices.join(', ')}.`);
  if (typeof by !== 'string' || by.trim() === '') return refuse('An answer needs "by": who answers.');
  if (typeof comment !== 'string' || comment.trim() === '') return refuse('An answer needs "comment": what was looked at and why this choice.');
  if (digest !== undefined && (typeof digest !== 'string' || !hexDigits.test(digest))) return refuse('"digest" must be all 64 hex digits.');
  if (choice === 'undo' && open.digest !== undefined && (typeof digest !== 'string' || digest.toLowerCase() !== open.digest)) {
    return refuse('"undo" runs a plan: send its "digest", all 64 hex digits, as shown.');
  }
  if (queryIds !== undefined && !(Array.isArray(queryIds) && queryIds.every((id) => typeof id === 'string')))
    return refuse('"queryIds" must be a list of texts.');
  return {
    accepted: true,
    message: {
      attention,
      choice,
      by: by.trim(),
      comment: comment.trim(),
      ...(digest === undefined ? {} : { digest }),
      ...(queryIds === undefined ? {} : { queryIds }),
    },
  };
}

function isChoice(choice: unknown, choices: readonly AttentionChoice[]): choice is AttentionChoice {
  return (choices as readonly unknown[]).includes(choice);
}

function refuse(reason: string): Resolution {
  return { accepted: false, reason };
}
