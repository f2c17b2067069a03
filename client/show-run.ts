import type { Attention, RunView } from '../domain/outcome.js';
import type { SafeText, Style, Styler } from './safe-text.js';
import type { PendingDecision } from '../workflows/messages.js';
import { joined, words } from './safe-text.js';
import { hanging } from './wrapped.js';

/** A run for a person: what became of it, or where it is, and what to do next. */
export function runLines(view: RunView, width: number, style: Styler): SafeText[] {
  const where = view.outcome === undefined ? words`${view.phase ?? 'unknown'}` : words`${view.outcome}`;
  const lines = [
    words`${view.connectionKey}  ${style(colourOf(view), where)}  (${view.operation})`,
    words`  run        ${view.workflowId}  ${view.runId}`,
    words`  started    ${view.startedAt}`,
  ];
  if (view.endedAt !== undefined) lines.push(words`  ended      ${view.endedAt}`);
  if (view.integrationId !== undefined) lines.push(words`  Immuta     integration ${view.integrationId}`);
  if (view.digest !== undefined) lines.push(words`  digest     ${view.digest}`);
  for (const script of view.scripts) {
    const skipped = script.skipped > 0 ? words`, ${script.skipped} skipped` : words``;
    const { repeated = 0 } = script;
    const twice = repeated > 0 ? words`, ${repeated} perhaps twice (harmless; the query history could not be read)` : words``;
    lines.push(words`  ${script.purpose.padEnd(10)} ${script.ran} of ${script.statements} statements ran${skipped}${twice}`);
  }
  const told = (label: SafeText, text: string): void => void lines.push(...hanging(words`  ${label}`, labelWidth, text, width));
  for (const { verdict, by, at, channel, comment } of view.decisions) {
    const why = comment === undefined ? '' : `: ${comment}`;
    told(words`${verdict === 'approve' ? 'approved' : 'rejected'}   `, `by ${by} at ${at} (${channel})${why}`);
  }
  if (view.failure !== undefined) {
    const { kind, message, next, step } = view.failure;
    told(words`${style('red', words`failure`)}    `, `${kind} in ${step}: ${message}`);
    told(words`next       `, next);
  }
  for (const { by, purpose, at } of view.reveals ?? []) told(words`revealed   `, `the ${purpose} script to ${by} at ${at}`);
  for (const left of view.leftBehind) told(words`${style('yellow', words`left`)}       `, left);
  if (view.attention !== undefined) lines.push(...attentionLines(view.attention, view.connectionKey, width, style));
  return lines;
}

/** What a person is asked to settle, with the command for each answer. */
export function attentionLines(attention: Attention, run: string, width: number, style: Styler): SafeText[] {
  const { reason, since, statement, left, choices, digest } = attention;
  const what = isElsewhere(attention) ? 'run elsewhere' : 'needs attention';
  const lines = [...hanging(words`  ${style('yellow', words`${what}`)} `, what.length + 3, `since ${since}: ${reason}`, width)];
  if (statement !== undefined) {
    const { index, text, lookedAt, found } = statement;
    lines.push(...hanging(words`  statement  `, labelWidth, `${index + 1}: ${text}`, width));
    lines.push(...hanging(words`  looked at  `, labelWidth, `${lookedAt}; found ${found}`, width));
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

/** `  approved   `: what stands before everything that is told of a run. What has several lines hangs there: none of them can pass for one of ours. */
const labelWidth = 13;

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
