import type { Attention, RunView } from '../domain/outcome.js';
import type { SafeText, Style, Styler } from './safe-text.js';
import type { PendingDecision } from '../workflows/messages.js';
import { joined, words } from './safe-text.js';

/** A run for a person: what became of it, or where it is, and what to do next. */
export function runLines(view: RunView, style: Styler): SafeText[] {
  const where = view.outcome === undefined ? words`${view.phase ?? 'unknown'}` : words`${view.outcome}`;
  const lines = [
    words`${view.connectionKey}  ${style(colourOf(view), where)}  (${view.operation})`,
    words`  run        ${view.workflowId}  ${view.runId}`,
    words`  started    ${view.startedAt}`,
  ];
  if (view.endedAt !== undefined) lines.push(words`  ended      ${view.endedAt}`);
  if (view.integrationId !== undefined) lines.push(words`  integration ${view.integrationId}`);
  if (view.digest !== undefined) lines.push(words`  digest     ${view.digest}`);
  for (const script of view.scripts) {
    const skipped = script.skipped > 0 ? words`, ${script.skipped} skipped` : words``;
    const { repeated = 0 } = script;
    const twice = repeated > 0 ? words`, ${repeated} perhaps twice (harmless; the query history could not be read)` : words``;
    lines.push(words`  ${script.purpose.padEnd(10)} ${script.ran} of ${script.statements} statements ran${skipped}${twice}`);
  }
  for (const { verdict, by, at, channel, comment } of view.decisions) {
    lines.push(
      words`  ${verdict === 'approve' ? 'approved' : 'rejected'}   by ${by} at ${at} (${channel})${comment === undefined ? '' : `: ${comment}`}`,
    );
  }
  if (view.failure !== undefined) {
    const { kind, message, next, step } = view.failure;
    lines.push(words`  ${style('red', words`failure`)}    ${kind} in ${step}: ${message}`, words`  next       ${next}`);
  }
  for (const { by, purpose, at } of view.reveals ?? []) lines.push(words`  revealed   the ${purpose} script to ${by} at ${at}`);
  for (const left of view.leftBehind) lines.push(words`  ${style('yellow', words`left`)}       ${left}`);
  if (view.attention !== undefined) lines.push(...attentionLines(view.attention, view.connectionKey, style));
  return lines;
}

/** What a person is asked to settle, with the command for each answer. */
export function attentionLines(attention: Attention, run: string, style: Styler): SafeText[] {
  const { reason, since, statement, left, choices, digest } = attention;
  const what = isElsewhere(attention) ? 'run elsewhere' : 'needs attention';
  const lines = [words`  ${style('yellow', words`${what}`)} since ${since}: ${reason}`];
  if (statement !== undefined) {
    lines.push(words`  statement ${statement.index + 1}: ${statement.text.replaceAll(/\s+/g, ' ')}`);
    lines.push(words`  looked at  ${statement.lookedAt}; found ${statement.found}`);
  }
  for (const object of left) lines.push(words`  may be left ${object}`);
  lines.push(words`  choices    ${joined([...choices], ', ')}`);
  for (const choice of choices) {
    const plan = (choice === 'undo' || choice === 'ran') && digest !== undefined ? ` --digest ${digest.slice(0, 12)}` : '';
    const ids = choice === 'ran' && isElsewhere(attention) ? ' --query-id <id>' : '';
    lines.push(words`    mooring resolve ${run} ${choice}${plan}${ids} --comment "<what you looked at>"`);
  }
  return lines;
}

/** Whether a person is to run a script elsewhere. */
export function isElsewhere({ id }: Attention): boolean {
  return id.startsWith('external-');
}

/** What a person can do at an open gate, ready to paste. */
export function invitationLines(gate: PendingDecision | undefined, run: string): SafeText[] {
  const { attention, kind, digest: full } = gate ?? {};
  if (full === undefined) return [];
  const digest = full.slice(0, 12);
  const elsewhere = attention !== undefined && isElsewhere(attention);
  return [
    ...(elsewhere
      ? [
          words`  script   mooring show ${run} --script --reveal > ${attention.id === 'external-cleanup' ? 'cleanup' : 'bootstrap'}.sql`,
          words`  ran      mooring resolve ${run} ran --digest ${digest} --query-id <id> --comment "<where you ran it>"`,
        ]
      : kind === 'decision'
        ? [words`  approve  mooring approve ${run} --digest ${digest}`]
        : []),
    ...(kind === 'decision' ? [words`  reject   mooring reject ${run} --digest ${digest} --comment "<why>"`] : []),
  ];
}

function colourOf({ outcome, phase }: RunView): Style {
  if (outcome === 'registered' || outcome === 'deregistered' || outcome === 'unchanged') return 'green';
  if (outcome === 'failed' || outcome === 'compensated') return 'red';
  return outcome !== undefined || phase === 'needs-attention' || phase === 'awaiting-decision' ? 'yellow' : 'cyan';
}
