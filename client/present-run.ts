// Shows a run while it goes on: a task list on a terminal, a line for every change elsewhere, JSON lines for programs.
import type { RunName } from './connections.js';
import type { Connections } from './connections.js';
import type { Followed } from './follow.js';
import { followRun } from './follow.js';
import { LiveLines } from './live-lines.js';
import type { Output } from './output.js';
import type { Progress } from './progress.js';
import { progressOf } from './progress.js';
import type { RunState } from './run-state.js';
import type { SafeText } from './safe-text.js';
import { words } from './safe-text.js';
import { attentionLines, invitationLines } from './show-run.js';
import { TaskList } from './task-list.js';

export interface PresentOptions {
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly stay: boolean;
  readonly limitMs?: number | undefined;
  readonly operation: 'register' | 'deregister';
  /** Takes every change instead of showing it: JSON lines for programs. */
  readonly report?: ((progress: Progress) => void) | undefined;
}

/** Follows the run and shows it on stderr, or hands it to `report`. */
export async function presentRun(connections: Connections, run: RunName, options: PresentOptions): Promise<Followed> {
  const { output, operation, report } = options;
  if (report !== undefined)
    return follow(
      connections,
      run,
      options,
      onChange(({ progress }) => report(progress)),
    );
  if (!output.interactive)
    return follow(
      connections,
      run,
      options,
      onChange((change) => sayChange(output, change)),
    );

  const list = new TaskList(operation);
  let below: readonly SafeText[] = [];
  const live = new LiveLines(output, () => [...list.lines(output.width, Date.now(), output.talkStyle), ...below]);
  try {
    return await follow(connections, run, options, (state) => {
      list.update(progressOf(state, Date.now()), Date.now());
      below = invitation(state, output);
    });
  } finally {
    live.stop();
  }
}

function follow(connections: Connections, run: RunName, options: PresentOptions, onState: (state: RunState) => void): Promise<Followed> {
  const { output, signal, stay, limitMs } = options;
  return followRun(connections, run, {
    signal,
    stay,
    limitMs,
    onState,
    onSilence: () => output.say(output.talkStyle('yellow', words`Temporal does not answer; trying again for a minute. The run itself goes on.`)),
  });
}

interface Change {
  readonly state: RunState;
  readonly progress: Progress;
}

/** Leaves out what differs from the state before in nothing but time. */
function onChange(tell: (change: Change) => void): (state: RunState) => void {
  let before = '';
  return (state) => {
    const progress = progressOf(state, Date.now());
    const attempts = state.steps.map(({ activity, attempt }) => [activity, attempt]);
    const now = JSON.stringify([
      progress.phase,
      progress.statement,
      attempts.filter(([, attempt]) => attempt !== 1),
      state.gate?.attention?.id,
      state.gate?.attention?.since, // asked again: what was said was not so
      state.gate?.digest,
    ]);
    if (now === before) return;
    before = now;
    tell({ state, progress });
  };
}

function sayChange(output: Output, { state, progress }: Change): void {
  output.say(words`${new Date().toISOString()} ${progress.phase} ${progress.message}`);
  for (const line of invitation(state, output)) output.say(line);
}

/** What a person can do now, ready to paste. */
function invitation({ phase, gate, connectionKey }: RunState, output: Output): SafeText[] {
  if (phase === 'awaiting-decision') {
    const asked = gate?.attention === undefined ? [] : [words`  asked    ${gate.attention.reason}`];
    return [...asked, words`  look     mooring show ${connectionKey}`, ...invitationLines(gate, connectionKey)];
  }
  return gate?.attention === undefined
    ? []
    : attentionLines(gate.attention, connectionKey, output.interactive ? output.width : Number.POSITIVE_INFINITY, output.talkStyle);
}
