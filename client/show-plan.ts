import type { Plan, PlannedScript } from '../domain/plan.js';
import { platformFacts } from '../rules/platform-facts.js';
import type { SafeText, Style, Styler } from './safe-text.js';
import { joined, paragraph, words } from './safe-text.js';

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

/** The plan as a person reads it before deciding: what, where, what is dangerous, then every statement on one line. */
export function planLines(plan: Plan, style: Styler): SafeText[] {
  const counts = Object.entries(plan.classes).map(([name, count]) => `${count} ${name}`);
  return [
    ...paragraph(plan.summary),
    words`${style('dim', words`target`)}   ${plan.target.platform} ${plan.target.host}, ${platformFacts[plan.target.platform].databaseKind} ${plan.target.database}`,
    words`${style('dim', words`runs as`)}  ${plan.privilegedUser}`,
    words`${style('dim', words`classes`)}  ${joined(counts, ', ')}`,
    ...plan.dangers.map((danger) => style('yellow', words`danger   ${danger}`)),
    ...plan.scripts.flatMap((script) => scriptTable(script, style)),
    words``,
    plan.digest === undefined
      ? words`${style('dim', words`content`)}  ${plan.planSha256}`
      : words`${style('dim', words`digest`)}   ${style('bold', words`${plan.digest.slice(0, 12)}`)}${plan.digest.slice(12)}`,
  ];
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

function scriptTable({ purpose, statements }: PlannedScript, style: Styler): SafeText[] {
  const numberWidth = String(statements.length).length;
  const classWidth = Math.max(0, ...statements.map((statement) => statement.class.length));
  return [
    words``,
    style('bold', words`${purpose} script, ${statements.length} statements`),
    ...statements.map(({ index, class: statementClass, text }) => {
      const number = String(index + 1).padStart(numberWidth);
      return words`  ${style('dim', words`${number}`)}  ${style(classStyle(statementClass), words`${statementClass.padEnd(classWidth)}`)}  ${text.replaceAll(/\s+/g, ' ')}`;
    }),
  ];
}

function classStyle(statementClass: string): Style {
  if (['drop', 'replace', 'opaque', 'unknown', 'data', 'transaction'].includes(statementClass)) return 'red';
  return ['elevated', 'grant', 'revoke', 'alter'].includes(statementClass) ? 'yellow' : 'dim';
}
