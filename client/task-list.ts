// The steps of a run as a list that is redrawn in place. `TaskList` remembers how far the run came, so that a step a run left behind when it
// began to undo shows as failed and not as done.
import type { OutcomeName } from '../domain/outcome.js';
import type { Phase } from '../rules/phase.js';
import type { Progress } from './progress.js';
import { shortDuration } from './progress.js';
import type { SafeText, Styler } from './safe-text.js';
import { shortened, words } from './safe-text.js';

interface Step {
  readonly phase: Phase;
  readonly title: string;
}

const registerSteps: readonly Step[] = [
  { phase: 'preparing', title: 'Prepare the plan' },
  { phase: 'awaiting-decision', title: 'Decision' },
  { phase: 'running', title: 'Run the bootstrap script' },
  { phase: 'registering', title: 'Register in Immuta, verify' },
];
const deregisterSteps: readonly Step[] = [
  { phase: 'preparing', title: 'Prepare the plan' },
  { phase: 'awaiting-decision', title: 'Decision' },
  { phase: 'deleting', title: 'Delete in Immuta' },
  { phase: 'cleaning', title: 'Run the cleanup script, verify' },
];

/** Where a run can fail so that something has to be undone. */
const writes: ReadonlySet<Phase> = new Set(['running', 'registering', 'deleting', 'cleaning']);

type Mark = 'done' | 'current' | 'waiting' | 'failed' | 'attention';
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const barWidth = 20;
const allTheWay: ReadonlySet<string> = new Set<OutcomeName>(['registered', 'deregistered']);

export class TaskList {
  readonly #steps: readonly Step[];
  readonly #since = new Map<Phase, number>();
  #furthest = -1;
  #progress: Progress | undefined;

  constructor(operation: 'register' | 'deregister') {
    this.#steps = operation === 'register' ? registerSteps : deregisterSteps;
  }

  /** Takes note of where the run is. `now` in ms since the epoch. */
  update(progress: Progress, now: number): void {
    const at = stepOf(progress);
    if (!this.#since.has(at)) this.#since.set(at, now);
    // A fast run may end between two looks: what it ended as says that it came all the way.
    if (progress.phase === 'ended' && allTheWay.has(progress.message)) this.#furthest = this.#steps.length - 1;
    this.#furthest = Math.max(
      this.#furthest,
      this.#steps.findIndex(({ phase }) => phase === at),
    );
    this.#progress = progress;
  }

  /** The lines to show, each no wider than `width`. */
  lines(width: number, now: number, style: Styler): SafeText[] {
    const progress = this.#progress;
    if (progress === undefined) return [];
    const undoing = progress.phase === 'undoing' || this.#since.has('undoing');
    const steps: readonly Step[] = undoing ? [...this.#steps.slice(0, this.#furthest + 1), { phase: 'undoing', title: 'Undo' }] : this.#steps;
    return steps.map(({ phase, title }, index) => {
      const mark = this.#markOf(phase, index, progress, undoing);
      const room = width - title.length - 6;
      const isNow = mark === 'current' || mark === 'attention';
      const detail = isNow ? this.#detail(progress, now, room) : shortened(this.#duration(phase, index, steps), room);
      return words`${symbol(mark, now, style)} ${title}  ${style('dim', detail)}`;
    });
  }

  #markOf(phase: Phase, index: number, progress: Progress, undoing: boolean): Mark {
    if (phase === stepOf(progress)) return progress.phase === 'awaiting-decision' ? 'attention' : 'current';
    if (phase === 'undoing') return progress.phase === 'needs-attention' ? 'attention' : 'done';
    if (index < this.#furthest) return 'done';
    if (index > this.#furthest) return 'waiting';
    if (undoing) return writes.has(phase) ? 'failed' : 'done'; // what failed in a step that was over between two looks is not known
    return progress.phase === 'needs-attention' ? 'attention' : 'done';
  }

  /** Where there is little room the words give way: how long it takes is always seen. */
  #detail(progress: Progress, now: number, room: number): SafeText {
    const elapsed = `, ${shortDuration(now - (this.#since.get(stepOf(progress)) ?? now))}`;
    const bar = progress.statement === undefined || progress.of === undefined ? '' : `${progressBar(progress.statement - 1, progress.of)} `;
    return words`${shortened(`${bar}${progress.message}`, room - elapsed.length)}${elapsed}`;
  }

  #duration(phase: Phase, index: number, steps: readonly Step[]): string {
    const began = this.#since.get(phase);
    const ended = steps
      .slice(index + 1)
      .map((step) => this.#since.get(step.phase))
      .find((time) => time !== undefined);
    return began === undefined || ended === undefined ? '' : shortDuration(ended - began);
  }
}

function stepOf({ phase, step = phase }: Progress): Phase {
  return step;
}

function progressBar(done: number, of: number): string {
  const full = Math.round((done / of) * barWidth);
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]`;
}

function symbol(mark: Mark, now: number, style: Styler): SafeText {
  switch (mark) {
    case 'done':
      return style('green', words`✔`);
    case 'current':
      return style('cyan', words`${spinner[Math.floor(now / 80) % spinner.length] ?? ''}`);
    case 'waiting':
      return style('dim', words`·`);
    case 'failed':
      return style('red', words`✖`);
    case 'attention':
      return style('yellow', words`!`);
  }
}
