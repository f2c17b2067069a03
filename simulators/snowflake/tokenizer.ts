// Cuts one text into tokens, each with its place. Written from the vendor's documentation and from nothing of the product: it is the second opinion.
// Anything unterminated is a syntax error at the place where it began.
import { syntaxError } from './errors.js';

export interface Token {
  /** `word`: unquoted identifier or keyword. `quoted`: "identifier". `string`: '...' or $$...$$. `variable`: $name. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'variable' | 'symbol';
  /** As written. */
  readonly text: string;
  /** Identifiers as the catalog stores them (unquoted ones in upper case), strings without quotes and escapes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly position: number;
}

const wordPattern = /[A-Za-z_][A-Za-z0-9_$]*/y;
const numberPattern = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const variablePattern = /\$[A-Za-z_][A-Za-z0-9_]*/y;
const longSymbols = ['=>', '::', '||', '<>', '!=', '<=', '>='];
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const lineStarts = [0];
  for (let i = 0; i < text.length; i++) if (text.charAt(i) === '\n') lineStarts.push(i + 1);
  let line = 0;
  let at = 0;

  const place = (offset: number): { line: number; position: number } => {
    while ((lineStarts[line + 1] ?? Number.POSITIVE_INFINITY) <= offset) line++;
    return { line: line + 1, position: offset - (lineStarts[line] ?? 0) };
  };
  const push = (kind: Token['kind'], end: number, value: string): void => {
    tokens.push({ kind, text: text.slice(at, end), value, start: at, end, ...place(at) });
    at = end;
  };
  const unterminated = (): Error => {
    const { line: onLine, position } = place(at);
    return syntaxError(onLine, position, '<EOF>');
  };

  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at++;
    } else if (text.startsWith('--', at) || text.startsWith('//', at)) {
      // [doc] both forms comment to the end of the line
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) throw unterminated();
      at = end + 2;
    } else if (text.startsWith('$$', at)) {
      const end = text.indexOf('$$', at + 2);
      if (end < 0) throw unterminated();
      push('string', end + 2, text.slice(at + 2, end));
    } else if (char === "'") {
      const read = readString(text, at);
      if (read === undefined) throw unterminated();
      push('string', read.end, read.value);
    } else if (char === '"') {
      const read = readQuoted(text, at);
      if (read === undefined) throw unterminated();
      push('quoted', read.end, read.value);
    } else {
      const variable = match(variablePattern, text, at);
      const word = match(wordPattern, text, at);
      const number = match(numberPattern, text, at);
      if (variable !== undefined) push('variable', at + variable.length, variable.slice(1).toUpperCase());
      else if (word !== undefined) push('word', at + word.length, word.toUpperCase());
      else if (number !== undefined) push('number', at + number.length, number);
      else {
        const symbol = longSymbols.find((candidate) => text.startsWith(candidate, at)) ?? char;
        push('symbol', at + symbol.length, symbol);
      }
    }
  }
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** [doc] a quote is written twice or after a backslash; a backslash escapes. */
function readString(text: string, start: number): { end: number; value: string } | undefined {
  let value = '';
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\') {
      const escaped = text.charAt(++i);
      value += escapes[escaped] ?? escaped;
    } else if (char !== "'") {
      value += char;
    } else if (text.charAt(i + 1) === "'") {
      value += "'";
      i++;
    } else {
      return { end: i + 1, value };
    }
  }
  return undefined;
}

/** [doc] in an identifier only the doubled quote is special: a backslash stands for itself. */
function readQuoted(text: string, start: number): { end: number; value: string } | undefined {
  let value = '';
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char !== '"') {
      value += char;
    } else if (text.charAt(i + 1) === '"') {
      value += '"';
      i++;
    } else {
      return { end: i + 1, value };
    }
  }
  return undefined;
}
