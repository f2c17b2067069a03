// Secrets in text whose language we do not read: bodies in dollar quotes, SQL inside strings, comments. No quote there can be trusted to open what
// it seems to open (`// don't`), so nothing is paired from the front. From the first quote behind a name that announces a secret the rest of the
// line is hidden, and more lines as long as a quote stays open or an expression goes on. That hides too much rather than too little; which alarming
// words stand in the body is said elsewhere.
import { secretWordsIn } from './secret-words.js';

/** Offsets to hide. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * In `prose` (strings, comments) everything behind `password=` or `password:` is a value; in `code` it may be an expression, so a bare value counts
 * only if it is all the line holds. Linear in the text.
 */
export function secretSpans(text: string, reading: 'prose' | 'code'): readonly Span[] {
  const spans: Span[] = [];
  const opener = reading === 'prose' ? /['"`]|[=:]\s*[^\s=:]/ : /['"`]/;
  let settledUntil = 0; // hidden, or known to hold no opener
  let bareUntil = 0;
  let lineEnd = -1;
  for (const match of secretWordsIn(text)) {
    const after = match.index + match[0].length;
    if (after <= settledUntil) continue;
    if (after > lineEnd) lineEnd = endOfLine(text, after);
    const end = endOfWay(text, after, lineEnd);
    const found = after <= bareUntil ? -1 : text.slice(after, end).search(opener);
    if (found < 0) bareUntil = end;
    const start = found >= 0 ? found : bareValue(text.slice(after, Math.min(end, after + longestBareValue)), after + longestBareValue < end);
    if (start < 0) continue;
    settledUntil = endOfLiteral(text, after + start, end);
    spans.push({ start: after + start, end: settledUntil });
  }
  return spans;
}

/** The end of the line the value starts on: this one, unless nothing stands on it but the way to a value (`password :=`). */
function endOfWay(text: string, from: number, lineEnd: number): number {
  for (let at = from; at < text.length; at++) {
    if (!' \t\r\n=:>(+|\\'.includes(text.charAt(at))) return at < lineEnd ? lineEnd : endOfLine(text, at);
  }
  return text.length;
}

/** So much is looked at for a bare value, at every name that announces one. */
const longestBareValue = 200;

/** `password: hunter2` and nothing more on the line. */
function bareValue(rest: string, goesOn: boolean): number {
  return !goesOn && /^\w*\s*[=:]\s*[^\s'"`;,()[\]{}]+\s*$/.test(rest) ? rest.search(/[=:]/) + 1 : -1;
}

const quotes = ["'", '"', '`'] as const;

function endOfLiteral(text: string, start: number, lineEnd: number): number {
  let end = lineEnd;
  let counted = start;
  const open = { "'": false, '"': false, '`': false };
  for (;;) {
    for (; counted < end; counted++) {
      const character = text.charAt(counted);
      if (character === '\\') counted++;
      else if (character === "'" || character === '"' || character === '`') open[character] = !open[character];
    }
    const last =
      text
        .slice(Math.max(start, end - 8), end)
        .trimEnd()
        .at(-1) ?? '';
    if (end >= text.length || !(quotes.some((quote) => open[quote]) || '+|\\(,'.includes(last))) return end;
    end = endOfLine(text, end + 1);
  }
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}
