import type { Attention, RunView } from '../domain/outcome.js';
import type { SafeText, Style, Styler } from './safe-text.js';
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
    lines.push(words`  ${script.purpose.padEnd(10)} ${script.ran} of ${script.statements} statements ran${skipped}`);
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
  for (const left of view.leftBehind) lines.push(words`  ${style('yellow', words`left`)}       ${left}`);
  if (view.attention !== undefined) lines.push(...attentionLines(view.attention, view.connectionKey, style));
  return lines;
}

/** What a person is asked to settle, with the command for each answer. */
export function attentionLines(attention: Attention, run: string, style: Styler): SafeText[] {
  const { reason, since, statement, left, choices, digest } = attention;
  const lines = [words`  ${style('yellow', words`needs attention`)} since ${since}: ${reason}`];
  if (statement !== undefined) {
    lines.push(words`  statement ${statement.index + 1}: ${statement.text.replaceAll(/\s+/g, ' ')}`);
    lines.push(words`  looked at  ${statement.lookedAt}; found ${statement.found}`);
  }
  for (const object of left) lines.push(words`  may be left ${object}`);
  lines.push(words`  choices    ${joined([...choices], ', ')}`);
  for (const choice of choices) {
    const plan = choice === 'undo' && digest !== undefined ? ` --digest ${digest.slice(0, 12)}` : '';
    lines.push(words`    mooring resolve ${run} ${choice}${plan} --comment "<what you looked at>"`);
  }
  return lines;
}

function colourOf({ outcome, phase }: RunView): Style {
  if (outcome === 'registered' || outcome === 'deregistered' || outcome === 'unchanged') return 'green';
  if (outcome === 'failed' || outcome === 'compensated') return 'red';
  return outcome !== undefined || phase === 'needs-attention' || phase === 'awaiting-decision' ? 'yellow' : 'cyan';
}
