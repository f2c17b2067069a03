import type { LexedText, Token } from './token.js';
import { upperWord } from './token.js';

/** Reads a statement from its front, word by word. */
export class Cursor {
  readonly #statement: LexedText;
  #at = 0;

  constructor(statement: LexedText) {
    this.#statement = statement;
  }

  get position(): number {
    return this.#at;
  }

  get token(): Token | undefined {
    return this.#statement.tokens[this.#at];
  }

  /** The bare word here in upper case, or the symbol; empty for anything else and at the end. */
  get word(): string {
    const token = this.token;
    return token?.kind === 'symbol' ? token.word : upperWord(this.#statement.text, token);
  }

  get atEnd(): boolean {
    return this.#at >= this.#statement.tokens.length;
  }

  /** The next bare words, joined by one blank. */
  words(count: number): string {
    const { text, tokens } = this.#statement;
    return tokens
      .slice(this.#at, this.#at + count)
      .map((token) => upperWord(text, token))
      .join(' ');
  }

  skip(count = 1): void {
    this.#at += count;
  }

  /** Moves past these words if they stand here, one blank between two. */
  accept(words: string): boolean {
    const count = words.split(' ').length;
    const found = count === 1 ? this.word : this.words(count);
    if (found !== words) return false;
    this.#at += count;
    return true;
  }

  /** Moves past one of these words. */
  acceptOne(words: ReadonlySet<string>): boolean {
    if (!words.has(this.word)) return false;
    this.#at++;
    return true;
  }

  /**
   * Reads a name in the platform's spelling. Where it may have several parts, a part that holds a dot or a double quote keeps its quotes, so that
   * two names never look like one. `undefined` for what only the platform can resolve: IDENTIFIER(..), variables, strings.
   */
  name(parted: 'one part' | 'several parts'): string | undefined {
    const parts: string[] = [];
    do {
      const token = this.token;
      if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted')) return undefined;
      parts.push(this.#part(token));
      this.#at++;
    } while (this.accept('.'));
    const [only] = parts;
    if (only?.startsWith('$') === true || (only === 'IDENTIFIER' && this.word === '(')) return undefined;
    if (parted === 'one part' && parts.length === 1 && only !== undefined) return unquoted(only);
    return parts.map((part) => (/["].*[."].*["]$/s.test(part) ? part : unquoted(part))).join('.');
  }

  #part(token: Token): string {
    const { text } = this.#statement;
    return token.kind === 'quoted' ? text.slice(token.start, token.end) : upperWord(text, token);
  }
}

/** The inside of a quoted name with its doubled quotes undone; every other text as it is. */
function unquoted(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}
