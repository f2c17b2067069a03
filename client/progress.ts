// Where a run is, in words. Pure: one description of Temporal gives one progress, and the renderers only choose how to show it.
import type { Phase } from '../rules/phase.js';
import type { RunState } from './run-state.js';
import { isOpen } from './run-state.js';
import { shortened } from './safe-text.js';

export interface Progress {
  readonly phase: Phase;
  /** The step that it belongs to, where that is not the phase's own: a script that waits to be run elsewhere. */
  readonly step?: Phase | undefined;
  /** The statement under way or next, from 1. */
  readonly statement?: number | undefined;
  readonly of?: number | undefined;
  readonly message: string;
}

/** Progress of a run. `now` is in ms since the epoch, for the time that is left to decide. */
export function progressOf(state: RunState, now: number): Progress {
  const phase = isOpen(state) ? (state.phase ?? 'preparing') : 'ended';
  const running = phase === 'running' || phase === 'undoing' || phase === 'cleaning' ? statementOf(state, phase) : undefined;
  const message = running === undefined ? messageOf(state, phase, now) : `statement ${running.statement} of ${running.of}: ${running.text}`;
  const step = phase === 'awaiting-decision' ? stepElsewhere(state) : undefined;
  return { phase, ...(step === undefined ? {} : { step }), statement: running?.statement, of: running?.of, message: message + retryOf(state) };
}

/** The cleanup script is asked for when the decision lies long behind. */
function stepElsewhere({ gate, operation }: RunState): Phase | undefined {
  if (gate?.attention?.id !== 'external-cleanup') return undefined;
  return operation === 'register' ? 'undoing' : 'cleaning';
}

function statementOf(state: RunState, phase: Phase): { statement: number; of: number; text: string } | undefined {
  const script = state.plan?.scripts.find(({ purpose }) => purpose === (phase === 'running' ? 'bootstrap' : 'cleanup'));
  const journal = state.steps.find((step) => step.journal !== undefined)?.journal;
  if (script === undefined || journal === undefined || script.statements.length === 0) return undefined;
  const of = script.statements.length;
  const statement = Math.min(journal.acknowledgedThrough + 2, of);
  return { statement, of, text: firstWords(script.statements[statement - 1]?.text ?? '') };
}

function messageOf(state: RunState, phase: Phase, now: number): string {
  switch (phase) {
    case 'preparing':
      return 'reads Immuta and the platform, and prepares the plan';
    case 'awaiting-decision':
      return `${awaited(state)}${digestOf(state)}${timeLeft(state, now)}`;
    case 'running':
      return 'runs the bootstrap script';
    case 'registering':
      return 'registers the connection in Immuta and waits until its integration is enabled';
    case 'undoing':
      return 'looks at what was left and removes it';
    case 'deleting':
      return 'deletes the connection in Immuta and waits until Immuta let go';
    case 'cleaning':
      return 'runs the cleanup script and looks that everything is gone';
    case 'needs-attention':
      return `needs a person: ${state.gate?.attention?.reason ?? 'see "mooring show"'}`;
    case 'ended':
      return state.outcome?.outcome ?? endedFromOutside(state);
  }
}

function awaited({ gate, steps }: RunState): string {
  const asked = gate?.attention?.id;
  if (asked === undefined) return 'waits for a decision';
  if (steps.some(({ activity }) => activity === 'inspectPlatform')) return 'looks for what the script makes';
  return `waits until somebody ran the ${asked === 'external-cleanup' ? 'cleanup' : 'bootstrap'} script elsewhere`;
}

/** How an execution ended that wrote no outcome: somebody ended it in Temporal. */
export function endedFromOutside({ status }: RunState): string {
  return `ended from outside (${status.toLowerCase().replaceAll('_', ' ')})`;
}

function digestOf({ gate }: RunState): string {
  return gate?.digest === undefined ? '' : ` on the plan with digest ${gate.digest.slice(0, 12)}`;
}

function timeLeft({ gate }: RunState, now: number): string {
  const end = Date.parse(gate?.expiresAt ?? '');
  return Number.isNaN(end) ? '' : `, ${shortDuration(Math.max(0, end - now))} left`;
}

function retryOf({ steps }: RunState): string {
  const again = steps.find(({ attempt }) => attempt > 1);
  if (again === undefined) return '';
  return ` (attempt ${again.attempt}${again.lastFailure === undefined ? '' : `; the one before: ${again.lastFailure}`})`;
}

/** What a statement begins with, on one line. */
export function firstWords(text: string): string {
  return shortened(text.replaceAll(/\s+/g, ' ').trim(), 60).toString();
}

/** The two largest units of a time: `2 d 4 h`, `3 m 10 s`, `0 s`. */
export function shortDuration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
