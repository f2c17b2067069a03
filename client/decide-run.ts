// approve and reject are one act with two words. The digest a person types ties the decision to the plan they read; the run gets all 64 digits.
import type { Verdict } from '../domain/decision.js';
import { readActor } from './actor.js';
import type { Connections } from './connections.js';
import type { ExitCode } from './exit-code.js';
import { exitCodes } from './exit-code.js';
import { findRun } from './find-run.js';
import type { Output } from './output.js';
import type { RunState } from './run-state.js';
import { isOpen } from './run-state.js';
import { words } from './safe-text.js';

export interface DecideOptions {
  readonly digest: string;
  readonly comment?: string | undefined;
  readonly as?: string | undefined;
}

export async function decideRun(
  connections: Connections,
  output: Output,
  { verdict, named, options, environment }: { verdict: Verdict; named: string; options: DecideOptions; environment: NodeJS.ProcessEnv },
): Promise<ExitCode> {
  const by = readActor(options.as, environment);
  const state = await findRun(connections, named);
  const digest = decidable(state, options.digest);
  if (typeof digest === 'object') return refuse(output, digest.reason);

  const run = { workflowId: state.workflowId, runId: state.runId };
  const message = { digest: digest, by, ...(options.comment === undefined ? {} : { comment: options.comment }) };
  const answer = await connections.decide(run, { ...message, verdict });
  if (answer.accepted === 'unanswered') {
    await connections.signalDecision(run, verdict, message);
    const reason = 'No worker answered, so it was sent as a Signal: the run judges it when a worker is back. Look with "mooring status".';
    output.result({ v: 1, accepted: true, reason }, [words`sent     ${reason}`]);
    return exitCodes.done;
  }
  if (!answer.accepted) return refuse(output, answer.reason ?? 'The run gave no reason.');
  const said = verdict === 'approve' ? 'approved' : 'rejected';
  output.result({ v: 1, accepted: true }, [words`${said} ${state.connectionKey} (plan ${digest.slice(0, 12)}) as ${by}`]);
  output.say(words`next     mooring watch ${named}`);
  return exitCodes.done;
}

/** All digits of the digest that is decided on, or why there is nothing to decide. */
export function decidable(state: RunState, typed: string): string | { readonly reason: string } {
  const { gate, phase } = state;
  if (!isOpen(state))
    return { reason: `The run ended${state.outcome?.outcome === undefined ? '' : ` as ${state.outcome.outcome}`}; there is nothing to decide.` };
  if (gate?.kind === 'attention')
    return { reason: 'The run needs attention and not a decision. Answer it with "mooring resolve"; see "mooring show".' };
  if (gate?.digest === undefined) {
    if (state.unreadable) return { reason: 'What it asks is encrypted with a key that MOORING_CODEC_KEYS does not hold.' };
    return { reason: `The run is not waiting for a decision now; its phase is ${phase ?? 'unknown'}.` };
  }
  if (!gate.digest.startsWith(typed.toLowerCase())) {
    return {
      reason: `The plan that waits has the digest ${gate.digest.slice(0, 12)}, not ${typed.slice(0, 12)}. Look at it again with "mooring show".`,
    };
  }
  return gate.digest;
}

function refuse(output: Output, reason: string): ExitCode {
  output.result({ v: 1, accepted: false, reason }, [words`refused  ${reason}`]);
  return exitCodes.refused;
}
