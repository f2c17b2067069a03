import type { Plan, PlannedScript } from '../domain/plan.js';
import { platformFacts } from '../rules/platform-facts.js';
import type { SafeText, Style, Styler } from './safe-text.js';
import { paragraph, words } from './safe-text.js';
import { hanging } from './wrapped.js';

/** What `plan` and `show` print with --json: redacted text, no statement hashes. */
export function planJson({ digest, planSha256, summary, target, privilegedUser, dangers, classes, scripts }: Plan): object {
  return {
    ...(digest === undefined ? {} : { digest }),
    planSha256,
    summary,
    target,
    privilegedUser,
    dangers,
    classes,
    scripts: scripts.map(({ purpose, sha256, statements }) => ({
      purpose,
      sha256,
      statements: statements.map(({ index, line, class: statementClass, text }) => ({ index, line, class: statementClass, text })),
    })),
  };
}

/**
 * The plan as a person reads it before deciding: what, where, what is dangerous, then every statement. A statement keeps its line breaks: joined into
 * one line, what follows a `--` comment would look like a part of it.
 */
export function planLines(plan: Plan, width: number, style: Styler): SafeText[] {
  const counts = Object.entries(plan.classes).map(([name, count]) => `${count} ${name}`);
  return [
    ...hanging(words``, 0, plan.summary, width),
    ...hanging(words`${style('dim', words`target`)}   `, 9, targetOf(plan), width),
    ...hanging(words`${style('dim', words`runs as`)}  `, 9, plan.privilegedUser, width),
    ...hanging(words`${style('dim', words`classes`)}  `, 9, counts.join(', '), width),
    ...plan.dangers.flatMap((danger) => hanging(words`danger   `, 9, danger, width)).map((line) => style('yellow', line)),
    ...plan.scripts.flatMap((script) => scriptTable(script, width, style)),
    words``,
    plan.digest === undefined
      ? words`${style('dim', words`content`)}  ${plan.planSha256}`
      : words`${style('dim', words`digest`)}   ${style('bold', words`${plan.digest.slice(0, 12)}`)}${plan.digest.slice(12)}`,
  ];
}

function targetOf({ target: { platform, host, database } }: Plan): string {
  return `${platform} ${host}, ${platformFacts[platform].databaseKind} ${database}`;
}

/** The redacted text of both scripts, statement by statement. */
export function scriptLines(plan: Plan, style: Styler): SafeText[] {
  return plan.scripts.flatMap(({ purpose, statements }) => [
    style('bold', words`-- ${purpose} script`),
    ...statements.flatMap(({ index, class: statementClass, text }) => [
      style('dim', words`-- ${index + 1} ${statementClass}`),
      ...paragraph(text.endsWith(';') ? text : `${text};`),
    ]),
  ]);
}

function scriptTable({ purpose, statements }: PlannedScript, width: number, style: Styler): SafeText[] {
  const numberWidth = String(statements.length).length;
  const classWidth = Math.max(0, ...statements.map((statement) => statement.class.length));
  return [
    words``,
    style('bold', words`${purpose} script, ${statements.length} ${statements.length === 1 ? 'statement' : 'statements'}`),
    ...statements.flatMap(({ index, class: statementClass, text }) => {
      const number = style('dim', words`${String(index + 1).padStart(numberWidth)}`);
      const named = style(classStyle(statementClass), words`${statementClass.padEnd(classWidth)}`);
      return hanging(words`  ${number}  ${named}  `, numberWidth + classWidth + 6, text, width);
    }),
  ];
}

function classStyle(statementClass: string): Style {
  if (['drop', 'replace', 'opaque', 'unknown', 'data', 'transaction'].includes(statementClass)) return 'red';
  return ['elevated', 'grant', 'revoke', 'alter'].includes(statementClass) ? 'yellow' : 'dim';
}
