// Cuts one text into tokens, each with its place. Written from the vendor's documentation of lexical structure and from nothing of the product: it is
// the second opinion. What is unterminated is a syntax error at the place where it began.
import { syntaxError } from './errors.js';

export interface Token {
  /** `word`: identifier or keyword. `quoted`: `` `identifier` ``. `string`: '...', "...", r'...' or $$...$$. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  /** As written. */
  readonly text: string;
  /** Words in upper case, quoted names and strings without quotes and escapes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const wordPattern = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberPattern = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const rawStringPattern = /[rR](?:'[^']*'|"[^"]*")/y;
const stringPattern = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const quotedPattern = /`(?:[^`]|``)+`/y;
const dollarPattern = /\$\$[\s\S]*?\$\$/y;
const symbolPattern = /<=>|<>|!=|<=|>=|==|\|\||::|=>|->|[\s\S]/y;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\u001a' };

/** @throws SqlError 42601 when a comment, a string or a quoted name does not end. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], written: string, value: string): void => {
    tokens.push({ kind, text: written, value, start: at, end: at + written.length });
    at += written.length;
  };
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    const skipped = commentLength(text, at);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const raw = match(rawStringPattern);
    const string = match(stringPattern);
    const quoted = match(quotedPattern);
    const dollar = match(dollarPattern);
    const word = match(wordPattern);
    const number = match(numberPattern);
    if (raw !== undefined) push('string', raw, raw.slice(2, -1));
    else if (string !== undefined) push('string', string, unescaped(string.slice(1, -1)));
    else if (quoted !== undefined) push('quoted', quoted, quoted.slice(1, -1).replaceAll('``', '`'));
    else if (dollar !== undefined) push('string', dollar, dollar.slice(2, -2));
    else if (`'"\``.includes(char)) throw syntaxError(text, at, char);
    else if (word !== undefined) push('word', word, word.toUpperCase());
    else if (number !== undefined) push('number', number, number);
    else push('symbol', match(symbolPattern) ?? char, match(symbolPattern) ?? char);
  }
  return tokens;
}

/** [doc] bracketed comments nest; a simple comment ends with its line, unless the line ends with a backslash. */
function commentLength(text: string, start: number): number {
  if (text.startsWith('--', start)) {
    for (let at = start; at < text.length; at++) if (text.charAt(at) === '\n' && text.charAt(at - 1) !== '\\') return at - start;
    return text.length - start;
  }
  if (!text.startsWith('/*', start)) return 0;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (text.startsWith('*/', at)) {
      at++;
      if (--depth === 0) return at + 1 - start;
    }
  }
  throw syntaxError(text, start, undefined);
}

function unescaped(written: string): string {
  return written.replaceAll(/\\([\s\S])/g, (_whole, char: string) => escapes[char] ?? (char === '%' || char === '_' ? `\\${char}` : char));
}
