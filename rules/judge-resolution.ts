// An answer to a question of a run. One that stands for a plan (`undo` of a new one, `ran` of a script that was run elsewhere) is an approval, and
// passes the judge of approvals.
import type { AttentionChoice, Decision, ResolveMessage } from '../domain/decision.js';
import type { Attention } from '../domain/outcome.js';
import { judgeDecision } from './judge-decision.js';

export type Resolution =
  | {
      readonly accepted: true;
      readonly message: ResolveMessage;
      /** Where the answer approves the plan whose digest the question carries. */
      readonly decision?: Decision | undefined;
    }
  | { readonly accepted: false; readonly reason: string };

const hexDigits = /^[0-9a-f]{64}$/i;
const approving: ReadonlySet<AttentionChoice> = new Set(['ran', 'undo']);
const mostQueryIds = 1_000; // as many statements as the longest script we know has, by ten
const longestQueryId = 64; // both platforms give 36 characters

/** Accepts or refuses a person's answer. `message` comes from anyone and may be anything; `now` and `expiresAt` in ms since the epoch. */
export function judgeResolution(
  open: Attention | undefined,
  message: unknown,
  { now = 0, expiresAt = Infinity }: { readonly now?: number; readonly expiresAt?: number | undefined } = {},
): Resolution {
  if (typeof message !== 'object' || message === null) return refuse('An answer is an object: { "attention", "choice", "by", "comment" }.');
  const { attention, choice, by, comment, digest, queryIds, undecodable } = message as Record<string, unknown>;
  if (undecodable !== undefined) return refuse('The answer could not be decrypted here. Send it with the codec key of this namespace, or in clear.');
  if (open === undefined) return refuse('This run does not wait for an answer now. `mooring show` says where it is.');
  if (attention !== open.id) return refuse(`The question that is open is "${open.id}". Look at it (\`mooring show\`) before you answer.`);
  if (!isChoice(choice, open.choices)) return refuse(`The choices here are ${open.choices.join(', ')}.`);
  if (typeof by !== 'string' || by.trim() === '') return refuse('An answer needs "by": who answers.');
  if (typeof comment !== 'string' || comment.trim() === '') return refuse('An answer needs "comment": what was looked at and why this choice.');
  if (digest !== undefined && (typeof digest !== 'string' || !hexDigits.test(digest))) return refuse('"digest" must be all 64 hex digits.');
  if (queryIds !== undefined && !isListOfIds(queryIds))
    return refuse(`"queryIds" must be a list of texts, at most ${mostQueryIds} of at most ${longestQueryId} characters.`);
  const read: ResolveMessage = {
    attention,
    choice,
    by: by.trim(),
    comment: comment.trim(),
    ...(digest === undefined ? {} : { digest }),
    ...(queryIds === undefined ? {} : { queryIds }),
  };
  if (open.digest === undefined || !approving.has(choice)) return { accepted: true, message: read };
  if (digest === undefined) return refuse(`"${choice}" stands for a plan: send its "digest", all 64 hex digits, as shown.`);
  const judgement = judgeDecision({ digest: open.digest, expiresAt }, [], { message, verdict: 'approve', channel: 'update', now });
  if (!judgement.accepted) return judgement;
  return { accepted: true, message: read, decision: { ...judgement.decision, ...(queryIds === undefined ? {} : { queryIds }) } };
}

function isListOfIds(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) && value.length <= mostQueryIds && value.every((id) => typeof id === 'string' && id !== '' && id.length <= longestQueryId)
  );
}

function isChoice(choice: unknown, choices: readonly AttentionChoice[]): choice is AttentionChoice {
  return (choices as readonly unknown[]).includes(choice);
}

function refuse(reason: string): Resolution {
  return { accepted: false, reason };
}
