import type { RunScriptInput, ScriptRun } from '../activities/run-script.js';
import type { AttentionChoice } from '../domain/decision.js';
import type { ScriptSummary } from '../domain/outcome.js';
import type { SealedScript } from '../domain/script.js';
import { notRun, type Journal } from '../rules/journal.js';

/** Where a script goes on after a person answered about one of its statements. */
export function resumed(journal: Journal, choice: AttentionChoice, index: number, sessionLost: boolean): NonNullable<RunScriptInput['resume']> {
  if (choice === 'not-run') return { journal: notRun(journal, index) };
  if (choice !== 'ran') return { journal };
  return sessionLost ? { journal: { ...journal, sessionGivenUpThrough: index } } : { journal, ranThrough: index };
}

/** What became of a script that ran here, as the run shows it. */
export function summaryOf({ purpose, sha256 }: SealedScript, { statements, ran, skipped, journal }: ScriptRun): ScriptSummary {
  const { repeated } = journal;
  return { purpose, sha256, statements, ran, skipped, ...(repeated === undefined ? {} : { repeated }) };
}
