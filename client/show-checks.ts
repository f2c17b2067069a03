// Checks as a person reads them: what was looked at, what was found, and under a failure its cure, with the text to paste on a line of its own.
import type { Check } from '../rules/check.js';
import type { SafeText, Style, Styler } from './safe-text.js';
import { words } from './safe-text.js';
import { wrapped } from './wrapped.js';

export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** What `doctor --json` prints of a check. */
export function checksJson(groups: readonly CheckGroup[]): readonly Pick<Check, 'name' | 'status' | 'message' | 'cure'>[] {
  return groups.flatMap(({ checks }) => checks.map(({ name, status, message, cure }) => ({ name, status, message, cure })));
}

/** Wrapped at `width`, but for what is to be pasted: a terminal folds it, and it stays one line. */
export function checkLines(groups: readonly CheckGroup[], width: number, style: Styler): readonly SafeText[] {
  const named = groups.flatMap(({ checks }) => checks.map(({ name }) => name.length));
  const indent = Math.max(0, ...named) + 5; // two blanks, the mark, a blank, the name, two blanks, less one
  return groups.flatMap(({ title, checks }) => [
    style('bold', words`${title}`),
    ...checks.flatMap((check) => linesOf(check, indent + 1, width, style)),
    words``,
  ]);
}

/** `12 passed, 1 failed, 2 warnings, 3 skipped`. */
export function tally(checks: readonly Check[]): string {
  const count = (wanted: Check['status']): number => checks.filter(({ status }) => status === wanted).length;
  const [warnings, skips] = [count('warning'), count('skipped')];
  return [
    `${count('passed')} passed`,
    `${count('failed')} failed`,
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
    ...(skips === 0 ? [] : [`${skips} skipped`]),
  ].join(', ');
}

const marks: Readonly<Record<Check['status'], { readonly mark: string; readonly style: Style }>> = {
  passed: { mark: '✔', style: 'green' },
  failed: { mark: '✖', style: 'red' },
  warning: { mark: '!', style: 'yellow' },
  skipped: { mark: '·', style: 'dim' },
};

function linesOf({ name, status, message, cure }: Check, indent: number, width: number, style: Styler): readonly SafeText[] {
  const { mark, style: tone } = marks[status];
  const room = Math.max(24, width - indent);
  const [first = '', ...rest] = wrapped(message, room);
  const blank = ' '.repeat(indent);
  const told = (line: string): SafeText => (status === 'passed' || status === 'skipped' ? style('dim', words`${line}`) : words`${line}`);
  const title = name.padEnd(indent - 4);
  return [
    words`  ${style(tone, words`${mark}`)} ${status === 'failed' ? style('bold', words`${title}`) : title}${told(first)}`,
    ...rest.map((line) => words`${blank}${told(line)}`),
    ...(status === 'passed' || cure === '' ? [] : cureLines(cure, blank, room, style)),
  ];
}

function cureLines(cure: string, blank: string, room: number, style: Styler): readonly SafeText[] {
  return partsOf(cure).flatMap(({ text, paste }) =>
    paste ? [words`    ${style('cyan', words`${text}`)}`] : wrapped(`${text}`, room).map((line) => words`${blank}${style('yellow', words`${line}`)}`),
  );
}

const command = /^(temporal|mooring|export|unset|chmod|chown) /;
const statement = /^(.*?: )?((?:GRANT|REVOKE|ALTER|CREATE|DROP) .*;)$/;

/** What a cure says, and what is to be pasted: a command on a line of its own, or SQL at the end of a line. */
function partsOf(cure: string): readonly { readonly text: string; readonly paste: boolean }[] {
  return cure.split('\n').flatMap((line) => {
    if (command.test(line)) return [{ text: line, paste: true }];
    const [, lead = '', sql] = statement.exec(line) ?? [];
    if (sql === undefined) return [{ text: line, paste: false }];
    return [...(lead === '' ? [] : [{ text: lead.trimEnd(), paste: false }]), { text: sql, paste: true }];
  });
}
