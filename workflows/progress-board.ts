// What a run shows of itself: the Query `progress`, the details in the Temporal UI, the phase attribute and the memo. One object holds it all, so
// that they cannot disagree.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, setHandler, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Decision } from '../domain/decision.js';
import type { ConnectionRequest } from '../domain/deregistration-request.js';
import type { Attention, OutcomeName, Reveal, RunView, ScriptSummary } from '../domain/outcome.js';
import { asMarkdown, asParagraphs } from '../rules/markdown.js';
import type { Phase } from '../rules/phase.js';
import { searchAttributeNames } from '../rules/search-attributes.js';
import { progress, type PendingDecision, type RunMemo } from './messages.js';

const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, SearchAttributeType.KEYWORD);

/** They stand in the memo, and a memo comes with every list of runs. */
const mostReveals = 50;

type Changes = Partial<Pick<RunView, 'integrationId' | 'digest' | 'failure' | 'leftBehind'>>;

export class ProgressBoard {
  readonly decisions: Decision[] = [];
  readonly #reveals: Reveal[] = [];
  #view: RunView;
  readonly #scripts = new Map<string, ScriptSummary>();
  #gateShown = false;

  constructor(operation: RunView['operation'], { connectionKey }: ConnectionRequest) {
    const { workflowId, runId, startTime } = workflowInfo();
    this.#view = {
      v: 1,
      phase: 'preparing',
      operation,
      connectionKey,
      workflowId,
      runId,
      scripts: [],
      decisions: [],
      leftBehind: [],
      startedAt: startTime.toISOString(),
    };
    setHandler(progress, () => this.view, { description: 'Where the run is, as `mooring status --json` prints it.' });
    setCurrentDetails(`**preparing**: looking at Immuta and the platform`);
  }

  get view(): RunView {
    const reveals = this.#reveals.length === 0 ? {} : { reveals: [...this.#reveals] };
    return { ...this.#view, decisions: [...this.decisions], ...reveals, scripts: [...this.#scripts.values()] };
  }

  /** Moves on. A phase nobody filters by costs no event: `say` shows it in the details alone. */
  enter(phase: Phase, details: string): void {
    this.say(phase, details);
    upsertSearchAttributes([{ key: phaseKey, value: phase }]);
  }

  say(phase: Phase, details: string): void {
    this.#view = { ...this.#view, phase };
    setCurrentDetails(`**${phase}**: ${details}`);
  }

  note(changes: Changes): void {
    this.#view = { ...this.#view, ...changes };
  }

  /** Of many, the newest: the history has all. */
  noteReveal(reveal: Reveal): void {
    this.#reveals.push(reveal);
    this.#reveals.splice(0, this.#reveals.length - mostReveals);
  }

  noteScript(summary: ScriptSummary): void {
    this.#scripts.set(summary.purpose, summary);
  }

  /** What a person is asked: `pending` lists it from the memo. */
  showGate(gate: PendingDecision): void {
    this.#gateShown = true;
    this.#view = { ...this.#view, ...(gate.attention === undefined ? {} : { attention: gate.attention }) };
    const scripts = [...this.#scripts.values()];
    upsertMemo({ gate: scripts.length === 0 ? gate : { ...gate, scripts } } satisfies RunMemo);
  }

  clearAttention(): void {
    const { attention: _answered, ...rest } = this.#view;
    this.#view = rest;
  }

  /** Writes the outcome where commands read it, before the run ends in whatever way. One event each for memo and attribute. */
  end(outcome: OutcomeName, changes: Changes = {}): RunView {
    this.clearAttention();
    this.note(changes);
    const { phase: _last, ...rest } = this.view;
    const view: RunView = { ...rest, outcome, endedAt: new Date().toISOString() };
    this.#view = view;
    setCurrentDetails(
      `**${outcome}**${view.failure === undefined ? '' : `: ${asParagraphs(view.failure.message)}\n\n${asParagraphs(view.failure.next)}`}`,
    );
    upsertMemo((this.#gateShown ? { outcome: view, gate: null } : { outcome: view }) satisfies RunMemo);
    upsertSearchAttributes([{ key: phaseKey, value: 'ended' satisfies Phase }]);
    return view;
  }
}

export function attentionDetails(attention: Attention): string {
  const left = attention.left.length === 0 ? '' : `\n\nLeft:\n${attention.left.map((item) => `- ${asMarkdown(item)}`).join('\n')}`;
  const { id, choices, digest } = attention;
  const payload = JSON.stringify({ attention: id, choice: choices[0], by: 'you@example.com', comment: 'what you looked at', digest }, null, 2);
  return `${asParagraphs(attention.reason)}${left}\n\nSend the Update \`resolve\` (choices: ${attention.choices.join(', ')}):\n\n\`\`\`\n${payload}\n\`\`\``;
}
