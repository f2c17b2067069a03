// Brackets and CASE expressions, which can stand in any statement of either platform, and inside which no statement ends.
import { ScriptRefused } from './script-refused.js';
import type { Token } from './token.js';

export type Expression = '(' | '[' | '{' | 'CASE expression';

/** A block or expression that is still open, as messages need it. */
export interface Opened {
  readonly kind: string;
  readonly line: number;
}

const closing: Readonly<Record<string, Expression>> = { ')': '(', ']': '[', '}': '{' };

/** What a token does to brackets and expression CASEs: opens one, closes the innermost, or nothing. Throws `ScriptRefused` where it does not fit. */
export function readExpression(tokens: readonly Token[], index: number, top: Opened | undefined): Expression | 'closes' | undefined {
  const token = tokens[index];
  const word = token?.word ?? '';
  if (token === undefined || word === '') return undefined;
  switch (word) {
    case '(':
    case '[':
    case '{':
      return word;
    case ')':
    case ']':
    case '}':
      if (top?.kind === closing[word]) return 'closes';
      return refuseShape(token.line, `"${word}" closes nothing${top === undefined ? '' : ` while ${article(top.kind)} is open`}.`);
    case ';':
      return refuseShape(token.line, `";" stands where ${article(top?.kind ?? '(')} opened on line ${top?.line ?? token.line} is still open.`);
    case 'CASE':
      return isPartOfName(tokens, index) || isCaseName(tokens[index + 1]) ? undefined : 'CASE expression';
    case 'END':
      return top?.kind === 'CASE expression' && !isPartOfName(tokens, index) ? 'closes' : undefined;
    default:
      return undefined;
  }
}

export function isExpression(kind: string): kind is Expression {
  return kind === '(' || kind === 'CASE expression' || kind === '[' || kind === '{';
}

/** A block or expression in a sentence. */
export function article(kind: string): string {
  if (kind === 'CASE expression') return 'a CASE expression';
  return isExpression(kind) ? `a "${kind}"` : `${kind === 'IF' ? 'an' : 'a'} ${kind} block`;
}

export function refuseShape(line: number, complaint: string): never {
  throw new ScriptRefused(line, complaint, 'Ask for a script without this shape. Nothing was run.');
}

/** Part of a path: after a dot, or touching a colon. */
function isPartOfName(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  return before?.word === '.' || (before?.word === ':' && before.end === tokens[index]?.start);
}

function isCaseName(after: Token | undefined): boolean {
  return after === undefined || [';', ')', ',', '.', ']', '}'].includes(after.word);
}
