// Reads tokens from left to right for the parsers. Whatever is not expected is the vendor's syntax error with its place.
import { syntaxError } from './errors.js';
import type { SqlError } from './errors.js';
import type { Token } from './tokenizer.js';

export class TokenCursor {
  /** The text the tokens were cut from: bodies are taken from it as written. */
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #places = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.text = text;
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** True when the next tokens are these keywords or symbols; nothing is consumed. */
  sees(...expected: readonly string[]): boolean {
    return expected.every((value, index) => {
      const token = this.peek(index);
      return token !== undefined && (token.kind === 'word' || token.kind === 'symbol') && token.value === value;
    });
  }

  accept(...expected: readonly string[]): boolean {
    if (!this.sees(...expected)) return false;
    this.#at += expected.length;
    return true;
  }

  /** The first of several phrases that comes next; undefined leaves the cursor where it was. */
  acceptOneOf<T extends string>(phrases: readonly T[]): T | undefined {
    return phrases.find((phrase) => this.accept(...phrase.split(' ')));
  }

  expect(...expected: readonly string[]): void {
    for (const value of expected) if (!this.accept(value)) throw this.unexpected();
  }

  next(): Token {
    const token = this.peek();
    if (token === undefined) throw this.unexpected();
    this.#at++;
    return token;
  }

  unexpected(): SqlError {
    const token = this.peek();
    return syntaxError(this.text, token?.start ?? this.text.length, token?.text);
  }

  /** Throws unless everything was read. */
  end(): void {
    const token = this.peek();
    if (token !== undefined) throw syntaxError(this.text, token.start, token.text, `: extra input '${token.text}'`);
  }

  string(): string {
    let value = '';
    let token = this.peek();
    if (token?.kind !== 'string') throw this.unexpected();
    // [doc] adjacent literals are one: 'O''Connell' is OConnell
    for (; token?.kind === 'string'; token = this.peek()) {
      value += token.value;
      this.#at++;
    }
    return value;
  }

  number(): number {
    const token = this.peek();
    if (token?.kind !== 'number') throw this.unexpected();
    this.#at++;
    return Number(token.value);
  }

  /** The place of the parameter marker `?` that was read just now, counted from 1. */
  nextPlace(): number {
    return ++this.#places;
  }

  /** A name as written; what it names decides whether case matters. */
  identifier(): string {
    const token = this.peek();
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw this.unexpected();
    this.#at++;
    return token.kind === 'quoted' ? token.value : token.text;
  }

  /** A name of one to three parts. [doc] Unity Catalog keeps all object names in lower case, quoted or not. */
  name(): string[] {
    const parts = [this.identifier().toLowerCase()];
    while (parts.length < 3 && this.accept('.')) parts.push(this.identifier().toLowerCase());
    return parts;
  }

  /** Consumes `( ... )` with everything nested in it. */
  skipParentheses(): void {
    this.expect('(');
    for (let depth = 1; depth > 0; ) {
      const { kind, value } = this.next();
      if (kind !== 'symbol') continue;
      if (value === '(') depth++;
      if (value === ')') depth--;
    }
  }

  /** Consumes all that is left and gives it. */
  rest(): readonly Token[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }
}
