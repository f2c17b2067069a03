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

  /** True if a name stands here that has more than one part. */
  get dotFollows(): boolean {
    return this.#statement.tokens[this.#at + 1]?.word === '.';
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

  /** True if this word stands somewhere from here on, outside brackets. */
  holdsAhead(word: string): boolean {
    const { text, tokens } = this.#statement;
    let depth = 0;
    for (let index = this.#at; index < tokens.length; index++) {
      const token = tokens[index];
      if (token?.word === '(') depth++;
      else if (token?.word === ')') depth--;
      else if (depth === 0 && upperWord(text, token) === word) return true;
    }
    return false;
  }

  /**
   * Reads a name in the platform's spelling: bare Snowflake names in upper case, all Databricks names in lower case, as Unity Catalog keeps them.
   * Where it may have several parts, a part that holds a dot or a quote keeps its quotes, so that two names never look like one. `undefined` for
   * what only the platform can resolve: IDENTIFIER(..), variables, strings.
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
    if (only?.startsWith('$') === true || (only?.toUpperCase() === 'IDENTIFIER' && this.word === '(')) return undefined;
    const quote = this.#statement.platform === 'Snowflake' ? '"' : '`';
    if (parted === 'one part' && parts.length === 1 && only !== undefined) return unquoted(only, quote);
    return parts.map((part) => (needsQuotes(part, quote) ? part : unquoted(part, quote))).join('.');
  }

  /** Reads the name of a user, group or service principal, which keep their letter case. */
  principal(): string | undefined {
    const token = this.token;
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return undefined;
    this.#at++;
    if (this.word === '.' || this.word === '(' || this.word === '@') return undefined;
    return unquoted(this.#statement.text.slice(token.start, token.end), '`');
  }

  #part(token: Token): string {
    const { platform, text } = this.#statement;
    if (platform === 'Databricks') return text.slice(token.start, token.end).toLowerCase();
    return token.kind === 'quoted' ? text.slice(token.start, token.end) : upperWord(text, token);
  }
}

function needsQuotes(part: string, quote: string): boolean {
  return part.startsWith(quote) && (part.includes('.') || part.slice(1, -1).includes(quote));
}

/** The inside of a quoted name with its doubled quotes undone; every other text as it is. */
function unquoted(part: string, quote: string): string {
  return part.startsWith(quote) ? part.slice(1, -1).replaceAll(quote + quote, quote) : part;
}
