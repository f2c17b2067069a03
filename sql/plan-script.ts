import type { PlannedScript, PlannedStatement } from '../domain/plan.js';
import type { Platform, Purpose } from '../domain/script.js';
import { classify } from './classify.js';
import type { Classification } from './classification.js';
import { withWholeNames } from './current-place.js';
import { sha256Hex } from './digest.js';
import { redactAll } from './redact.js';
import { splitScript } from './split.js';
import type { Statement } from './split.js';
import { holdsUnseen } from './visible-text.js';

/** A script taken apart. `planned` is for people; `statements` are the exact texts that run, secrets included. */
export interface ScriptPlan {
  readonly planned: PlannedScript;
  readonly statements: readonly string[];
  /** SHA-256 of each of `statements`, 64 hex digits. */
  readonly hashes: readonly string[];
  /** What was found out about each of `statements`; nothing in it is a secret. */
  readonly findings: readonly Finding[];
}

/** One classified statement and where it stands. */
export interface Finding extends Classification {
  readonly line: number;
}

/** Splits, classifies, redacts and fingerprints. Throws `ScriptRefused` for a script that is not certain; linear in its length. */
export function planScript(text: string, platform: Platform, purpose: Purpose): ScriptPlan {
  const statements = splitScript(text, platform);
  const shown = redactAll(statements);
  const findings = withWholeNames(statements, statements.map(find));
  return {
    planned: {
      purpose,
      sha256: sha256Hex(text),
      statements: statements.map((statement, index) => plan(statement, index, shown[index], findings[index])),
    },
    statements: statements.map((statement) => statement.text),
    hashes: statements.map((statement) => statement.sha256),
    findings,
  };
}

function find(statement: Statement): Finding {
  const found = classify(statement);
  const dangers = holdsUnseen(statement.text) ? [...found.dangers, 'holds characters that nobody sees, written out here'] : found.dangers;
  return { ...found, dangers, line: statement.line };
}

function plan(statement: Statement, index: number, text = '[redacted]', found?: Finding): PlannedStatement {
  return {
    index,
    line: statement.line,
    class: found?.class ?? 'unknown',
    text,
    sha256: statement.sha256,
    ...(found?.object === undefined ? {} : { object: found.object }),
    repeatable: found?.repeatable ?? false,
    ...(found?.plainCreate === undefined ? {} : { plainCreate: found.plainCreate }),
  };
}
