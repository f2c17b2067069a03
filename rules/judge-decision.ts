// One judge for every way a decision can arrive: the Signals `approve` and `reject`, and the Update `decide`.
import type { Channel, Decision, DecisionMessage, Verdict } from '../domain/decision.js';

/** What is asked while a gate is open. */
export interface OpenGate {
  /** 64 hex digits. */
  readonly digest: string;
  /** Milliseconds since the epoch, the server's time; a decision at or after it comes too late. */
  readonly expiresAt: number;
  /** The script waits to be run elsewhere: people can say no; the yes is the answer `ran`. */
  readonly elsewhere?: boolean | undefined;
}

export type Judgement = { readonly accepted: true; readonly decision: Decision } | { readonly accepted: false; readonly reason: string };

const hexDigits = /^[0-9a-f]{64}$/i;
const maxCommentLength = 1_024;
const maxNameLength = 256;

/** Accepts or refuses one message. `message` comes from anyone and may be anything. */
export function judgeDecision(
  gate: OpenGate | undefined,
  soFar: readonly Decision[],
  { message, verdict, channel, now }: { message: unknown; verdict: Verdict; channel: Channel; now: number },
): Judgement {
  const read = readMessage(message);
  if (typeof read === 'string') return refuse(read);
  if (gate === undefined) return refuse('This run is not waiting for a decision now. `mooring show` says where it is.');
  if (gate.elsewhere === true && verdict === 'approve') {
    return refuse(
      'This script is run elsewhere: "approve" has no effect. Run it, then answer "ran" with the digest (`mooring resolve <run> ran --digest ...`).',
    );
  }
  if (now >= gate.expiresAt) return refuse('The time to decide is over: expiry means no.');
  if (read.digest.toLowerCase() !== gate.digest) {
    return refuse('The digest is not the one of the plan that waits here. Look at the plan again (`mooring show`) and decide on what it shows.');
  }
  if (verdict === 'reject' && read.comment === undefined) return refuse('A rejection needs a comment: say why, for those who come after.');
  if (soFar.some((decision) => decision.by === read.by)) return refuse(`${read.by} has decided already; the first decision of a person counts.`);
  const comment = read.comment === undefined ? {} : { comment: read.comment };
  return { accepted: true, decision: { by: read.by, verdict, channel, at: new Date(now).toISOString(), ...comment } };
}

function readMessage(message: unknown): DecisionMessage | string {
  if (typeof message !== 'object' || message === null)
    return 'A decision is an object: { "digest": "<64 hex digits>", "by": "<who>", "comment": "<text>" }.';
  const { digest, by, comment, undecodable } = message as Record<string, unknown>;
  if (undecodable !== undefined) return 'The decision could not be decrypted here. Send it with the codec key of this namespace, or in clear.';
  if (typeof digest !== 'string' || !hexDigits.test(digest)) return 'A decision needs "digest": all 64 hex digits of the plan it is about.';
  if (typeof by !== 'string' || by.trim() === '' || by.length > maxNameLength)
    return `A decision needs "by": who decides, at most ${maxNameLength} characters.`;
  if (comment !== undefined && (typeof comment !== 'string' || comment.length > maxCommentLength)) {
    return `"comment" must be text of at most ${maxCommentLength} characters.`;
  }
  const said = comment?.trim();
  return { digest, by: by.trim(), ...(said ? { comment: said } : {}) };
}

function refuse(reason: string): Judgement {
  return { accepted: false, reason };
}
