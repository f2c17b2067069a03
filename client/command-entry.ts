import type { BuildCommand, BuildProgram } from './shell.js';

export interface CommandEntry {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly group: 'Start' | 'Change' | 'Decide' | 'Observe' | 'Run';
  readonly load: () => Promise<{ readonly build: BuildCommand | BuildProgram }>;
}
