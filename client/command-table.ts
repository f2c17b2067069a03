// All commands, in the order help shows them. A command's file is loaded when it is asked for: help and completion load none of the weight.
import type { CommandEntry } from './command-entry.js';

export const commandTable: readonly CommandEntry[] = [
  entry('Start', 'init', '', 'write a manifest', () => import('./commands/init.js')),
  entry('Start', 'doctor', '[key]', 'check everything, each failure with its cure', () => import('./commands/doctor.js')),
  entry('Start', 'dev', '', 'Temporal, worker and simulators on this machine', () => import('./commands/dev.js')),
  entry('Start', 'demo', '', 'a tour on the simulators', () => import('./commands/demo.js')),
  entry('Change', 'plan', '<key>', 'show what registering, or deregistering, would run', () => import('./commands/plan.js')),
  entry('Change', 'register', '<key>', 'register a connection in Immuta', () => import('./commands/register.js')),
  entry('Change', 'deregister', '<key>', 'take a connection out of Immuta', () => import('./commands/deregister.js')),
  entry('Change', 'cancel', '<run>', 'stop a run, and undo what it did', () => import('./commands/cancel.js')),
  entry('Decide', 'pending', '', 'what waits for people', () => import('./commands/pending.js')),
  entry('Decide', 'show', '<run>', 'the plan of a run', () => import('./commands/show.js')),
  entry('Decide', 'approve', '<run>', 'approve a plan by its digest', () => import('./commands/approve.js')),
  entry('Decide', 'reject', '<run>', 'reject a plan; nothing runs', () => import('./commands/reject.js')),
  entry('Decide', 'resolve', '<run> <choice>', 'settle what a run cannot know', () => import('./commands/resolve.js')),
  entry('Observe', 'list', '', 'runs, newest first', () => import('./commands/list.js')),
  entry('Observe', 'status', '<run>', 'where a run is, or what it ended as', () => import('./commands/status.js')),
  entry('Observe', 'watch', '<run>', 'follow a run', () => import('./commands/watch.js')),
  entry('Run', 'worker', '', 'carry out runs', () => import('./commands/worker.js')),
  entry('Run', 'simulate', '', 'simulators of Immuta and the platforms', () => import('./commands/simulate.js')),
  entry('Run', 'completion', '<shell>', 'completion for bash, zsh or fish', async () => ({
    build: (await import('./commands/completion.js')).buildFor(commandTable),
  })),
];

function entry(group: CommandEntry['group'], name: string, usage: string, summary: string, load: CommandEntry['load']): CommandEntry {
  return { group, name, usage, summary, load };
}
