// What a lexer gives. Blanks and comments are no tokens: they are the gaps between two of them.

/**
 * - `word`: an unquoted name, keyword or variable
 * - `quoted`: a name in double quotes
 * - `string`: a literal in single quotes
 * - `dollar`: a literal in dollar quotes
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
  const width = token.kind === 'dollar' ? 2 : 1;
  return text.slice(token.start + width, token.end - width);
}
