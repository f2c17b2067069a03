// What a lexer gives. Blanks and comments are no tokens: they are the gaps between two of them.
import type { Platform } from '../domain/script.js';

/**
 * - `word`: an unquoted name, keyword or variable
 * - `quoted`: a name in double quotes (Databricks: in backticks)
 * - `string`: a literal in single quotes (Databricks: in double quotes too, and raw ones with their `r`)
 * - `dollar`: a literal in dollar quotes (Databricks: with or without a tag)
 * - `stage`: a stage path, `@` included
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'dollar' | 'number' | 'stage' | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  /** Offsets in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The line it starts on, from 1. */
  readonly line: number;
  /** A word that gives a script its shape, in upper case; the character itself for a symbol; empty for everything else. */
  readonly word: string;
}

/** A token in the hands of the one who made it, and may still move it. */
export type FreshToken = { -readonly [Part in keyof Token]: Token[Part] };

/** A text with its tokens; their offsets count from the start of this text. */
export interface LexedText {
  readonly platform: Platform;
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** The token as the platform reads a bare word: in upper case. Empty for what is no word. */
export function upperWord(text: string, token: Token | undefined): string {
  if (token?.kind !== 'word') return '';
  return token.word === '' ? text.slice(token.start, token.end).toUpperCase() : token.word;
}

/** What stands between the quotes of a token, as written: nothing is unescaped. */
export function insideQuotes(text: string, token: Token): string {
  const [before, after] = quoteWidths(text, token);
  return text.slice(token.start + before, token.end - after);
}

function quoteWidths(text: string, token: Token): readonly [before: number, after: number] {
  if (token.kind === 'dollar') {
    const width = text.indexOf('$', token.start + 1) + 1 - token.start;
    return [width, width];
  }
  return isRaw(text, token) ? [2, 1] : [1, 1];
}

/** Databricks' `r'..'`. */
export function isRaw(text: string, token: Token): boolean {
  return token.kind === 'string' && (text[token.start] === 'r' || text[token.start] === 'R');
}
