// Argument types of procedures and functions: they are part of the name, because the vendor overloads [doc].
import type { TokenCursor } from '../token-cursor.js';
import type { Token } from '../tokenizer.js';

/** [doc] names for one type; the catalog keeps one of them. */
const synonyms: Readonly<Record<string, string>> = {
  STRING: 'VARCHAR',
  TEXT: 'VARCHAR',
  CHAR: 'VARCHAR',
  INT: 'NUMBER',
  INTEGER: 'NUMBER',
  BIGINT: 'NUMBER',
  DECIMAL: 'NUMBER',
  NUMERIC: 'NUMBER',
  DOUBLE: 'FLOAT',
  REAL: 'FLOAT',
};

/** Reads `( [name] type [DEFAULT x], ... )`. */
export function argumentTypes(cursor: TokenCursor): string[] {
  return splitAtCommas(cursor.parenthesised()).map(typeOf);
}

/** In DROP, GRANT and ALTER the parentheses hold types only; where they are missing the list is undefined. */
export function acceptArgumentTypes(cursor: TokenCursor): string[] | undefined {
  return cursor.sees('(') ? argumentTypes(cursor) : undefined;
}

function typeOf(tokens: readonly Token[]): string {
  const words = tokens.filter((token) => token.kind === 'word' || token.kind === 'quoted').map((token) => token.value);
  const beforeDefault = words.includes('DEFAULT') ? words.slice(0, words.indexOf('DEFAULT')) : words;
  const type = beforeDefault[beforeDefault.length > 1 ? 1 : 0] ?? '';
  return synonyms[type] ?? type;
}

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [];
  let depth = 0;
  let part: Token[] = [];
  for (const token of tokens) {
    if (token.value === '(' && token.kind === 'symbol') depth++;
    if (token.value === ')' && token.kind === 'symbol') depth--;
    if (token.kind === 'symbol' && token.value === ',' && depth === 0) {
      parts.push(part);
      part = [];
    } else {
      part.push(token);
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
